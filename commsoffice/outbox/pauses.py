"""What a pause holds."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Min, Q, QuerySet

from commsoffice.outbox import policy
from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import AttemptKind, DeliveryState, Purpose
from commsoffice.outbox.models import Delivery, DeliveryQuerySet, Pause

# Each with an index of its own, which «one of them» would not use whatever the size of the ledger.
_QUEUED, _HELD = Q(state=DeliveryState.QUEUED), Q(state=DeliveryState.HELD)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of one thing by one channel."""

    subject_type: str
    subject_id: int
    channel: str
    label: str
    count: int
    stale: int
    planned_for: datetime

    @property
    def channel_label(self) -> str:
        """What people call the way."""
        return label_of(self.channel)


def waiting_in(pause: Pause, now: datetime) -> DeliveryQuerySet:
    """What would have left by now, were it not for the pause."""
    return Delivery.objects.filter(_HELD | _QUEUED, planned_for__lte=now).paused_by(pause)


def stale_at(now: datetime) -> Q:
    """Keep what is too old to leave by itself."""
    return Q(planned_for__lt=now - policy.FRESH) | Q(expires_at__lte=now)


def unwanted() -> Q:
    """Keep the scheduled ones that may not become public: cancelled, or held back by the pause."""
    wanted_back = ~Q(cancel_reason="")
    if (pause := Pause.objects.current()) is not None:
        wanted_back |= ~Q(area__in=pause.allowed_areas)
    return wanted_back


def held_by(pause: Pause, now: datetime) -> list[Waiting]:
    """What would have left by now, and how much of it is stale; one query."""
    return _grouped(waiting_in(pause, now), stale_at(now))


def asking_for_a_word() -> list[Waiting]:
    """What grew stale in a pause that is over; one query."""
    return _grouped(Delivery.objects.filter(state=DeliveryState.HELD, asks_word=True), Q(asks_word=True))


def on_networks() -> list[Delivery]:
    """What networks still hold for its hour and have to give back."""
    return list(Delivery.objects.filter(unwanted(), state=DeliveryState.SCHEDULED).order_by("publish_at", "pk")[:100])


def pulled_back(pause: Pause) -> list[Delivery]:
    """What was taken back from the networks, and what was public already."""
    rows = Delivery.objects.filter(
        attempts__kind=AttemptKind.PULL,
        attempts__started_at__gte=pause.started_at,
        attempts__outcome__in=(DeliveryState.HELD, DeliveryState.CONFIRMED),
    )
    return list(rows.distinct().order_by("publish_at", "pk")[:100])


def to_be_held() -> dict[str, int]:
    """How many deliveries a pause would hold now: those that wait here, and those that wait on the networks."""
    here = _QUEUED | _HELD | Q(state=DeliveryState.SENDING)
    there = Q(state=DeliveryState.SCHEDULED)
    waiting = Delivery.objects.filter(here | there).exclude(purpose=Purpose.NOTICE)
    return waiting.aggregate(here=Count("pk", filter=here), there=Count("pk", filter=there))


def _grouped(deliveries: QuerySet[Delivery], stale: Q) -> list[Waiting]:
    rows = (
        deliveries.order_by()
        .values("subject_type", "subject_id", "channel")
        .annotate(
            label=Max(F("subject_label")),
            count=Count("pk"),
            stale=Count("pk", filter=stale),
            planned_for=Min("planned_for"),
        )
        .order_by("planned_for", "subject_type", "subject_id", "channel")
    )
    return [Waiting(**row) for row in rows[:200]]
