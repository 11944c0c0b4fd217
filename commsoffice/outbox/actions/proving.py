"""What a network took and has yet to work on: asked what became of it, until it is seen or has come to nothing.

A film is accepted with its last byte, and refused minutes later: it can't be played, or is somebody else's.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from commsoffice.outbox import policy
from commsoffice.outbox.actions.moves import Clock, Outcome, close, close_silent, locked, move
from commsoffice.outbox.actions.questions import Question, answer_of, ask_each, opened
from commsoffice.outbox.actions.stops import stopped
from commsoffice.outbox.channels.base import Absent, Channel, Found, Reconciled
from commsoffice.outbox.channels.registry import channels
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery


def prove_accepted(now: datetime, limit: int = 20) -> int:
    """Ask what became of up to ``limit`` accepted ones whose turn it is; answer with how many."""
    claimed = _claim(now, limit)
    ask_each(claimed, Clock(now), _ask)
    return len(claimed)


def _claim(now: datetime, limit: int) -> list[Question]:
    ways = [way.alias for way in channels() if way.proves]
    with transaction.atomic(durable=True):
        rows = list(
            Delivery.objects.filter(state=DeliveryState.ACCEPTED, is_slow=True, not_before__lte=now, channel__in=ways)
            .filter(Q(lease_until=None) | Q(lease_until__lte=now), asks_made__lt=policy.PROOF_LIMIT)
            .exclude(stopped(now))
            .select_related("message")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("not_before", "pk")[:limit]
        )
        close_silent(rows, now)
        return [opened(row, AttemptKind.RECONCILE, asks_made=row.asks_made + 1, now=now) for row in rows]


def _ask(way: Channel, delivery: Delivery, attempt: Attempt, clock: Clock) -> None:
    outcome = _outcome(delivery, answer_of(way.prove, delivery, clock))
    _finish(delivery, attempt, outcome, clock.now())


def _outcome(delivery: Delivery, said: Reconciled) -> Outcome:
    match said:
        case Found(remote_id, remote_url, answer):
            return Outcome(DeliveryState.CONFIRMED, answer=answer, remote_id=remote_id, remote_url=remote_url)
        case Absent(answer):
            return Outcome(DeliveryState.REJECTED, answer=answer, reason=answer)
    wait = policy.proof_wait(delivery.asks_made)
    return Outcome(DeliveryState.ACCEPTED, answer=said.answer, reason=delivery.reason, wait=wait)


def _finish(delivery: Delivery, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    with transaction.atomic():
        row = locked(delivery.pk)
        close(attempt, outcome, now)
        if row.state != DeliveryState.ACCEPTED or row.fence != delivery.fence:
            return
        settled_at = row.settled_at
        move(row, outcome, now)
        if outcome.state == DeliveryState.ACCEPTED:
            # It left when it left.
            Delivery.objects.filter(pk=row.pk).update(settled_at=settled_at)
