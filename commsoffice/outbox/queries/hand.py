"""What people have to do by hand: calls, messages and papers, grouped by what they speak of."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Min, QuerySet

from commsoffice.accounts.models import User
from commsoffice.outbox import policy
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery, Pause
from commsoffice.outbox.queries.ledger import attempts_of, visible_to

# More than these nobody works through on one page; the next ones come up as these are done.
SHOWN = 100
_ON_PAPER = (DeliveryState.TO_DO, DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.REJECTED)


@dataclass(frozen=True, slots=True)
class Work:
    """What one thing asks people to do one way."""

    subject_type: str
    subject_id: int
    label: str
    deliveries: list[Delivery] = field(default_factory=list)
    due_at: datetime | None = None
    # Under embargo: nobody is told before.
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandList:
    """One way's work, and how much of it is shown."""

    works: list[Work]
    total: int

    @property
    def shown(self) -> int:
        """How many rows there are."""
        return sum(len(work.deliveries) for work in self.works)


def counts_by_hand(user: User) -> dict[str, tuple[int, datetime | None]]:
    """How much this person has to do each manual way, and until when the first of it; one query."""
    return _counted(user, Delivery.objects.filter(state=DeliveryState.TO_DO))


def makeable_by_hand(user: User, now: datetime) -> dict[str, tuple[int, datetime | None]]:
    """The same without what waits for its hour or for the end of a pause, or is too late; two queries."""
    waiting = Delivery.objects.filter(state=DeliveryState.TO_DO)
    found = waiting.filter(not_before__lte=now).exclude(expires_at__lte=now)
    if (pause := Pause.objects.current()) is not None:
        found = found.exclude(pk__in=waiting.paused_by(pause))
    return _counted(user, found)


def hand_list(channel: str, user: User, now: datetime, subject: tuple[str, int] | None = None) -> HandList:
    """What is to be done one way, the most pressing first; three queries.

    Whoever may not read citizens' data gets no letters to citizens: without a number there is nobody to call.
    """
    found = visible_to(user, Delivery.objects.filter(channel=channel, state=DeliveryState.TO_DO))
    if subject is not None:
        found = found.filter(subject_type=subject[0], subject_id=subject[1])
    rows = found.select_related("message").order_by(
        F("expires_at").asc(nulls_last=True), "subject_type", "subject_id", "recipient_name", "pk"
    )
    kept = list(rows[: SHOWN + 1])
    total = len(kept) if len(kept) <= SHOWN else found.count()
    return HandList(works=_grouped(_with_calls(kept[:SHOWN]), now), total=total)


def on_paper(subject_type: str, subject_id: int) -> QuerySet[Delivery]:
    """All that one thing sends on paper, delivered or not."""
    return (
        Delivery.objects.of(subject_type, subject_id)
        .filter(channel="print", state__in=_ON_PAPER)
        .prefetch_related("attempts")
        .order_by("recipient_name", "pk")
    )


def with_calls(delivery: Delivery) -> Delivery:
    """The delivery with its ``calls``: when a person tried in vain; one query."""
    return _with_calls([delivery])[0]


def undoable(delivery: Delivery, now: datetime) -> Attempt | None:
    """What may be taken back: recorded by hand, the last thing that happened, and not long ago.

    One query, or none where `attempts` are prefetched.
    """
    last = next(iter(attempts_of(delivery)), None)
    if last is None or last.kind != AttemptKind.HAND or last.outcome != delivery.state:
        return None
    is_erased = not (delivery.recipient or delivery.recipient_name)
    # By itself, or because it left again to a corrected number.
    is_put_aside_since = delivery.seen_at not in {None, last.started_at}
    is_over = now - last.started_at > policy.UNDO_LASTS
    return None if is_erased or is_put_aside_since or is_over else last


def calls_of(delivery: Delivery) -> list[datetime]:
    """When a person tried in vain, oldest first; of a delivery that came from here."""
    found: list[datetime] = getattr(delivery, "calls", [])
    return found


def _counted(user: User, deliveries: QuerySet[Delivery]) -> dict[str, tuple[int, datetime | None]]:
    rows = (
        visible_to(user, deliveries)
        .order_by()
        .values_list("channel")
        .annotate(count=Count("pk"), until=Min("expires_at"))
    )
    return {channel: (count, until) for channel, count, until in rows}


def _with_calls(deliveries: Sequence[Delivery]) -> list[Delivery]:
    made: dict[int, list[Attempt]] = defaultdict(list)
    by_hand = (AttemptKind.HAND, AttemptKind.UNDO)
    attempts = Attempt.objects.filter(delivery__in=[row.pk for row in deliveries], kind__in=by_hand)
    for attempt in attempts.order_by("started_at", "pk"):
        if attempt.kind == AttemptKind.HAND:
            made[attempt.delivery_id].append(attempt)
        else:
            made[attempt.delivery_id].pop()
    for row in deliveries:
        # A refused one that was put back begins anew, and what was tried before counts no more.
        last = made[row.pk][-row.attempts_made :] if row.attempts_made else []
        row.calls = [each.started_at for each in last if each.outcome == DeliveryState.TO_DO]  # type: ignore[attr-defined]  # read by calls_of
    return list(deliveries)


def _grouped(deliveries: Iterable[Delivery], now: datetime) -> list[Work]:
    works: dict[tuple[str, int], Work] = {}
    for row in deliveries:
        about = (row.subject_type, row.subject_id)
        if about not in works:
            not_before = row.not_before if row.not_before > now else None
            works[about] = Work(*about, label=row.subject_label, due_at=row.expires_at, not_before=not_before)
        works[about].deliveries.append(row)
    return list(works.values())
