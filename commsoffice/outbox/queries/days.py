"""What leaves on a day: by channel and state, and by the hour."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import TruncHour
from django.utils import timezone

from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import CameBack, DeliveryState, Purpose, ending
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.queries.ledger import IS_RETURNED, STATES

# In two parts, each with its own small index.
_MOVES_BY_ITSELF = Q(state=DeliveryState.QUEUED) | Q(
    state__in=[DeliveryState.HELD, DeliveryState.SCHEDULED, DeliveryState.UNKNOWN]
)


@dataclass(frozen=True, slots=True)
class Line:
    """What leaves in one hour about one thing by one way."""

    at: datetime
    channel: str
    account: str
    purpose: str
    # Empty for letters to citizens: there are many, and each speaks of another matter.
    subject_type: str
    subject_id: int
    label: str
    state: DeliveryState | CameBack
    count: int

    @property
    def channel_label(self) -> str:
        """What people call the way."""
        return label_of(self.channel)

    @property
    def purpose_label(self) -> str:
        """Why it leaves."""
        return str(Purpose(self.purpose).label)


@dataclass(frozen=True, slots=True)
class Row:
    """One channel in the table of the day: how many in each state of the table's head."""

    channel: str
    label: str
    counts: list[tuple[DeliveryState | CameBack, int]]
    total: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the ledger."""

    day: date
    states: list[DeliveryState | CameBack]
    rows: list[Row]
    hours: list[tuple[datetime, list[Line]]]
    # Meant for an earlier or later day, and moving on this one: put off, tried again, to be asked about.
    put_off: list[Line]
    previous: date | None
    following: date | None

    @property
    def total(self) -> int:
        """How many were meant for this day."""
        return sum(row.total for row in self.rows)


def bounds(day: date) -> tuple[datetime, datetime]:
    """When the day begins and ends at the office."""
    zone = timezone.get_current_timezone()
    return (
        datetime.combine(day, time(), tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time(), tzinfo=zone),
    )


def day_of(day: date) -> Day:
    """What was meant to leave on a day and what of the rest moves on it; four queries."""
    start, end = bounds(day)
    meant = Delivery.objects.filter(planned_for__gte=start, planned_for__lt=end)
    lines = _lines(meant, "planned_for")
    moving = Delivery.objects.filter(_MOVES_BY_ITSELF, not_before__gte=start, not_before__lt=end).exclude(
        planned_for__gte=start, planned_for__lt=end
    )
    hours: dict[datetime, list[Line]] = {}
    for line in lines:
        hours.setdefault(line.at, []).append(line)
    before = Delivery.objects.filter(planned_for__lt=start).order_by("-planned_for").values_list("planned_for")[:1]
    after = Delivery.objects.filter(planned_for__gte=end).order_by("planned_for").values_list("planned_for")[:1]
    states, rows = _table(lines)
    return Day(
        day=day,
        states=states,
        rows=rows,
        hours=list(hours.items()),
        put_off=_lines(moving, "not_before"),
        previous=_day(before),
        following=_day(after),
    )


def _day(found: Iterable[tuple[datetime]]) -> date | None:
    return next((timezone.localdate(moment) for (moment,) in found), None)


def _lines(deliveries: QuerySet[Delivery], by: str) -> list[Line]:
    is_letter = When(purpose=Purpose.REQUEST, then=Value(""))
    found = (
        deliveries.order_by()
        .values("channel", "account", "purpose", "state", at=TruncHour(by))
        .annotate(
            came_back=ExpressionWrapper(IS_RETURNED, BooleanField()),
            about=Case(is_letter, default=F("subject_type"), output_field=CharField()),
            number=Case(
                When(purpose=Purpose.REQUEST, then=Value(0)), default=F("subject_id"), output_field=BigIntegerField()
            ),
            label=Case(is_letter, default=F("subject_label"), output_field=CharField()),
            count=Count("pk"),
        )
        .order_by("at", "label", "channel", "account", "state")
    )
    return [
        Line(
            at=row["at"],
            channel=row["channel"],
            account=row["account"],
            purpose=row["purpose"],
            subject_type=row["about"],
            subject_id=row["number"],
            label=row["label"],
            state=ending(row["state"], came_back=row["came_back"]),
            count=row["count"],
        )
        for row in found
    ]


def _table(lines: list[Line]) -> tuple[list[DeliveryState | CameBack], list[Row]]:
    counts: Counter[tuple[str, DeliveryState | CameBack]] = Counter()
    for line in lines:
        counts[line.channel, line.state] += line.count
    states = [state for state in STATES if any(found == state for _channel, found in counts)]
    ways = sorted({channel for channel, _state in counts}, key=label_of)
    rows = [
        Row(
            channel=way,
            label=label_of(way),
            counts=[(state, counts[way, state]) for state in states],
            total=sum(counts[way, state] for state in states),
        )
        for way in ways
    ]
    return states, rows
