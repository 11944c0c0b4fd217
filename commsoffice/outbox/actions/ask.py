"""Asking the other side about what nobody knows. Only a proven absence sends again."""

import logging
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q
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
from commsoffice.outbox.actions.stops import put_back_if_stopped, stop_expired, stop_throttled, stopped
from commsoffice.outbox.channels.base import (
    Absent,
    Channel,
    ChannelError,
    CredentialsExpired,
    Found,
    Reconciled,
    Scheduled,
    Throttled,
    Undecided,
)
from commsoffice.outbox.channels.registry import channel, channels
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery

logger = logging.getLogger(__name__)


def ask_due(now: datetime, limit: int = 20) -> int:
    """Ask about up to ``limit`` unknowns whose turn it is; answer with how many."""
    clock = Clock(now)
    claimed = _claim(now, limit)
    for alias, batch in groupby(claimed, lambda pair: pair[0].channel):
        _ask_batch(alias, batch, clock)
    return len(claimed)


def _ask_batch(alias: str, batch: Iterable[tuple[Delivery, Attempt]], clock: Clock) -> None:
    try:
        way = channel(alias)
        with way.session():
            for delivery, attempt in batch:
                if not put_back_if_stopped(delivery, attempt, clock.now()):
                    _finish(delivery, attempt, _question(way, delivery, clock), clock.now())
    except Exception:
        # One way that is out of order must not stop the sweep. What was claimed is asked about after its lease.
        logger.exception("The channel %s is out of order", alias)


def _claim(now: datetime, limit: int) -> list[tuple[Delivery, Attempt]]:
    turn = Q(pk__in=[])
    leases = {}
    for way in channels():
        if not way.is_manual:
            # One whose asker died was not answered: it is asked again, the last one too.
            turn |= Q(channel=way.alias) & (Q(asks_made__lt=way.ask_limit) | Q(lease_until__lte=now))
            leases[way.alias] = way.lease_from(now)
    with transaction.atomic(durable=True):
        rows = list(
            Delivery.objects.filter(turn, state=DeliveryState.UNKNOWN, not_before__lte=now)
            # While an account is stopped no call is made from it, a question neither.
            .exclude(stopped(now))
            .filter(Q(lease_until=None) | Q(lease_until__lte=now))
            .select_related("message")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:limit]
        )
        close_silent(rows, now)
        for row in rows:
            row.asks_made += row.lease_until is None
            row.fence += 1
            Delivery.objects.filter(pk=row.pk).update(
                fence=F("fence") + 1, asks_made=row.asks_made, lease_until=leases[row.channel]
            )
        attempts = [
            Attempt.objects.create(delivery=row, kind=AttemptKind.RECONCILE, fence=row.fence, started_at=now)
            for row in rows
        ]
    return sorted(zip(rows, attempts, strict=True), key=lambda pair: pair[0].channel)


def _question(way: Channel, delivery: Delivery, clock: Clock) -> Reconciled:
    try:
        return way.reconcile(delivery)
    except Throttled as error:
        stop_throttled(delivery, error, clock.now())
        return Undecided(error.answer)
    except CredentialsExpired as error:
        stop_expired(delivery, error, clock.now())
        return Undecided(error.answer)
    except ChannelError as error:
        return Undecided(error.answer)
    except Exception as error:
        logger.exception("The channel %s could not ask about delivery %s", way.alias, delivery.pk)
        return Undecided(f"{type(error).__name__}: {error}")


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
                wait=policy.FIRST_WAIT * 0,
            )
        case Undecided(answer):
            return Outcome(
                DeliveryState.UNKNOWN,
                answer=answer,
                # Why nobody knows stays true; what asking added stands in the attempts.
                reason=delivery.reason,
                wait=policy.ask_wait(delivery.asks_made),
            )
