"""Asking the other side about what nobody knows. Only a proven absence sends again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.moves import (
    Clock,
    Outcome,
    close,
    close_silent,
    given_up,
    locked,
    move,
    scheduled_outcome,
    tried_in_vain,
)
from commsoffice.outbox.actions.presence import at_calls
from commsoffice.outbox.actions.questions import Question, answer_of, ask_each, opened
from commsoffice.outbox.actions.stops import stopped
from commsoffice.outbox.channels.base import Absent, Channel, Found, Reconciled, Scheduled, Undecided
from commsoffice.outbox.channels.registry import channels
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery


def ask_due(now: datetime, limit: int = 20) -> int:
    """Ask about up to ``limit`` unknowns whose turn it is; answer with how many."""
    claimed = _claim(now, limit)
    ask_each(claimed, Clock(now), _ask)
    return len(claimed)


def _claim(now: datetime, limit: int) -> list[Question]:
    turn = Q(pk__in=[])
    for way in channels():
        if not way.is_manual:
            # One whose asker died was not answered: it is asked again, the last one too.
            turn |= Q(channel=way.alias) & (Q(asks_made__lt=way.ask_limit) | Q(lease_until__lte=now))
    with transaction.atomic(durable=True):
        rows = list(
            Delivery.objects.filter(turn, state=DeliveryState.UNKNOWN, not_before__lte=now)
            # While an account is stopped no call is made from it, a question neither.
            .exclude(stopped(now))
            # Whoever is at the call knows more than anybody who asks.
            .exclude(pk__in=at_calls())
            .filter(Q(lease_until=None) | Q(lease_until__lte=now))
            .select_related("message")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:limit]
        )
        close_silent(rows, now)
        return [
            opened(row, AttemptKind.RECONCILE, asks_made=row.asks_made + (row.lease_until is None), now=now)
            for row in rows
        ]


def _ask(way: Channel, delivery: Delivery, attempt: Attempt, clock: Clock) -> None:
    said = answer_of(way.reconcile, delivery, clock)
    _finish(delivery, attempt, said, clock.now())


def _finish(delivery: Delivery, attempt: Attempt, said: Reconciled, now: datetime) -> None:
    outcome = _outcome(delivery, said)
    with transaction.atomic():
        row = locked(delivery.pk)
        close(attempt, outcome, now)
        if row.state != DeliveryState.UNKNOWN or row.fence != delivery.fence:
            return
        if outcome.state == DeliveryState.QUEUED:
            row.asks_made = 0
        move(row, outcome, now)


def _outcome(delivery: Delivery, said: Reconciled) -> Outcome:
    match said:
        case Found(remote_id, remote_url, answer):
            return Outcome(
                DeliveryState.ACCEPTED,
                answer=answer or _("It is there."),
                remote_id=remote_id,
                remote_url=remote_url,
            )
        case Scheduled():
            return scheduled_outcome(said)
        case Absent(answer):
            tries = tried_in_vain(delivery) + 1
            if tries >= policy.SEND_LIMIT:
                return given_up(tries, answer or _("It is not there."))
            return Outcome(
                DeliveryState.QUEUED,
                answer=answer or _("It is not there."),
                reason=_("The other side does not have it: it is sent again."),
                wait=policy.AT_ONCE,
            )
        case Undecided(answer):
            return Outcome(
                DeliveryState.UNKNOWN,
                answer=answer,
                # Why nobody knows stays true; what asking added stands in the attempts.
                reason=delivery.reason,
                wait=policy.ask_wait(delivery.asks_made),
            )
