"""The deliveries of one thing, grouped: what its page shows of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min

from commsoffice.accounts.models import User
from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import CameBack, DeliveryState, Purpose, counted, ending
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.permissions import may_see_person
from commsoffice.outbox.queries.ledger import IS_RETURNED, MUST_BE_CONNECTED, STATES, known_until

# A panel looks again by itself only while something is about to move.
_SOON = timedelta(minutes=2)


def summary(subject_type: str, subject_id: int) -> dict[DeliveryState, int]:
    """How many deliveries of one thing are in each state; states without any are left out. One query."""
    counted = Delivery.objects.of(subject_type, subject_id).order_by().values_list("state").annotate(count=Count("pk"))
    found = {DeliveryState(state): count for state, count in counted}
    return {state: found[state] for state in DeliveryState if state in found}


@dataclass(frozen=True, slots=True)
class Group:
    """Deliveries of one thing that went the same way and ended the same: one row."""

    purpose: str
    channel: str
    account: str
    state: DeliveryState | CameBack
    count: int
    first_id: int
    last_id: int
    name: str
    reason: str
    remote_url: str
    at: datetime | None
    due_at: datetime
    # Until when the first of them is held, where that is known.
    held_until: datetime | None
    expires_at: datetime | None
    # Why, where it is the same of all; of an only one else what the other side last said.
    said: str

    @property
    def channel_label(self) -> str:
        """What people call the way."""
        return label_of(self.channel)

    @property
    def purpose_label(self) -> str:
        """Why it leaves."""
        return str(Purpose(self.purpose).label)


@dataclass(frozen=True, slots=True)
class Panel:
    """All deliveries of one thing, by channel, account and state."""

    subject_type: str
    subject_id: int
    groups: list[Group]
    is_live: bool

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(group.count for group in self.groups)

    @property
    def last_id(self) -> int | None:
        """The newest of them; by the thing's index, where «the newest first» would walk the ledger backwards."""
        return max((group.last_id for group in self.groups), default=None)

    @property
    def has_purposes(self) -> bool:
        """Whether a row must say why it left: a release beside its correction."""
        return len({group.purpose for group in self.groups}) > 1

    @property
    def left(self) -> int:
        """How many the other side has."""
        return sum(group.count for group in self.groups if group.state in {"accepted", "confirmed"})

    @property
    def figures(self) -> list[tuple[DeliveryState | CameBack, int, str]]:
        """Each state that occurs, how many, and the word for so many."""
        counts: dict[DeliveryState | CameBack, int] = {}
        for group in self.groups:
            counts[group.state] = counts.get(group.state, 0) + group.count
        return [(state, counts[state], counted(state, counts[state])) for state in STATES if state in counts]


def panel(subject_type: str, subject_id: int, *, user: User, now: datetime) -> Panel:
    """The deliveries of one thing as this person may see them, grouped; two queries."""
    rows = list(
        Delivery.objects.of(subject_type, subject_id)
        .order_by()
        .values("purpose", "channel", "account", "state", came_back=ExpressionWrapper(IS_RETURNED, BooleanField()))
        .annotate(
            count=Count("pk"),
            first_id=Min("pk"),
            last_id=Max("pk"),
            name=Min("recipient_name"),
            # Before the one that takes the field's name.
            other_reason=Min("reason"),
            reason=Max("reason"),
            remote_url=Max("remote_url"),
            at=Max("settled_at"),
            due_at=Min("not_before"),
            expires_at=Min("expires_at"),
            must_be_connected=BoolOr(MUST_BE_CONNECTED),
        )
    )
    answers = dict(
        Attempt.objects.filter(delivery__in=[row["first_id"] for row in rows])
        .order_by("delivery_id", "-started_at", "-pk")
        .distinct("delivery_id")
        .values_list("delivery_id", "answer")
    )
    groups = [_group(row, answers.get(row["first_id"], ""), user, now) for row in rows]
    groups.sort(key=lambda group: (group.channel, group.account, group.purpose, STATES.index(group.state)))
    is_live = any(
        group.state == DeliveryState.SENDING or (group.state == DeliveryState.QUEUED and group.due_at <= now + _SOON)
        for group in groups
    )
    return Panel(subject_type, subject_id, groups, is_live)


def _group(row: Mapping[str, Any], answer: str, user: User, now: datetime) -> Group:
    shown = dict(row)
    # What one of many was told is not told of all.
    said = row["reason"] if row["reason"] == shown.pop("other_reason") else ""
    if not said and row["count"] == 1:
        said = answer
    state = ending(row["state"], came_back=shown.pop("came_back"))
    until = known_until(row["due_at"], now, must_be_connected=shown.pop("must_be_connected"))
    shown |= {
        "state": state,
        "said": " ".join(said.split()),
        "held_until": until if row["state"] == DeliveryState.HELD else None,
    }
    if row["purpose"] == Purpose.REQUEST and not may_see_person(user):
        # A person's note may name the citizen, and which name to look for is unknown here.
        shown.update(name="", reason="", said="")
    return Group(**shown)
