"""What the worker does: claim, ask the gates, call, write the outcome."""

import logging
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.claim import begin, claim
from commsoffice.outbox.actions.judge import obey, verdict_on
from commsoffice.outbox.actions.moves import (
    Clock,
    Outcome,
    close,
    given_up,
    locked,
    move,
    scheduled_outcome,
    tried_in_vain,
)
from commsoffice.outbox.actions.stops import expired_words, stop_expired, stop_throttled, throttled_words
from commsoffice.outbox.channels.base import (
    Channel,
    CredentialsExpired,
    OutcomeUnknown,
    Refused,
    Scheduled,
    Sent,
    Throttled,
    Unavailable,
)
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.verdicts import Go

logger = logging.getLogger(__name__)

_LEFT = (DeliveryState.SCHEDULED, DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)


def send_due(now: datetime, limit: int = 20) -> int:
    """Send up to ``limit`` of what is due; answer with how many were taken."""
    clock = Clock(now)
    claimed = claim(now, limit=limit)
    # One connection a channel, the channels in the order of the queue: a release's page comes before its mails.
    turn = {alias: number for number, alias in enumerate(dict.fromkeys(delivery.channel for delivery in claimed))}
    for alias, batch in groupby(sorted(claimed, key=lambda delivery: turn[delivery.channel]), lambda d: d.channel):
        _send_batch(alias, batch, clock)
    return len(claimed)


def send_one(delivery_id: int, now: datetime) -> bool:
    """Send this one if it is due; answer whether it was ours to send."""
    clock = Clock(now)
    claimed = claim(now, limit=1, delivery_id=delivery_id)
    for delivery in claimed:
        _send_batch(delivery.channel, [delivery], clock)
    return bool(claimed)


def _send_batch(alias: str, batch: Iterable[Delivery], clock: Clock) -> None:
    try:
        way = channel(alias)
        with way.session():
            for delivery in batch:
                _send(way, delivery, clock)
    except Exception:
        # One way that is out of order must not stop the others. What was claimed comes back with its lease.
        logger.exception("The channel %s is out of order", alias)


def _send(way: Channel, delivery: Delivery, clock: Clock) -> None:
    verdict = verdict_on(delivery, clock.now())
    if not isinstance(verdict, Go):
        obey(delivery, verdict, clock.now())
        return
    attempt = begin(delivery, way, clock)
    if attempt is not None:
        finish(delivery, attempt, _call(way, delivery, clock), clock.now())


def _call(way: Channel, delivery: Delivery, clock: Clock) -> Outcome:  # noqa: PLR0911  one for each meaning
    """Make the call and say what it led to. No transaction is open here."""
    try:
        sent = way.send(delivery)
    except Refused as error:
        return Outcome(
            DeliveryState.REJECTED, answer=error.answer, reason=error.answer or _("The other side refused it.")
        )
    except Throttled as error:
        now = clock.now()
        until = stop_throttled(delivery, error, now)
        # The account waits, not this delivery: it was not tried in vain.
        return Outcome(DeliveryState.HELD, answer=error.answer, reason=throttled_words(until), wait=until - now)
    except Unavailable as error:
        return _not_now(delivery, error)
    except CredentialsExpired as error:
        stop_expired(delivery, error, clock.now())
        return Outcome(DeliveryState.HELD, answer=error.answer, reason=expired_words(), wait=policy.GATE_WAIT)
    except OutcomeUnknown as error:
        return _unknown(error.answer)
    except Exception as error:
        logger.exception("The channel %s failed on delivery %s", way.alias, delivery.pk)
        return _unknown(f"{type(error).__name__}: {error}")
    return _sent(sent)


def _sent(sent: Sent | Scheduled) -> Outcome:
    if isinstance(sent, Scheduled):
        return scheduled_outcome(sent)
    return Outcome(
        DeliveryState.CONFIRMED if sent.confirmed else DeliveryState.ACCEPTED,
        answer=sent.answer,
        remote_id=sent.remote_id,
        remote_url=sent.remote_url,
    )


def _not_now(delivery: Delivery, error: Unavailable) -> Outcome:
    tries = tried_in_vain(delivery) + 1
    if tries >= policy.SEND_LIMIT:
        return given_up(tries, error.answer)
    return Outcome(
        DeliveryState.QUEUED,
        answer=error.answer,
        reason=error.answer or _("The other side is not available just now."),
        wait=policy.retry_wait(tries, error.retry_after),
    )


def _unknown(answer: str) -> Outcome:
    return Outcome(
        DeliveryState.UNKNOWN,
        answer=answer,
        reason=_("The connection broke and nobody knows whether it left: %(answer)s") % {"answer": answer},
        wait=policy.ask_wait(0),
    )


def finish(delivery: Delivery, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """Write the outcome, if the row is still as we hold it.

    An outdated worker's answer stays as an attempt and changes nothing that somebody else decided. Only one
    thing it may still do: prove that what nobody knew did leave.
    """
    with transaction.atomic():
        row = locked(delivery.pk)
        close(attempt, outcome, now)
        is_unknown = row.state == DeliveryState.UNKNOWN
        is_ours = row.fence == delivery.fence and (is_unknown or row.state == DeliveryState.SENDING)
        if not is_ours and not (is_unknown and outcome.state in _LEFT):
            return
        if is_unknown and outcome.state == DeliveryState.HELD:
            # Nothing left; the next call will say again what is missing.
            outcome = Outcome(DeliveryState.QUEUED, outcome.answer, outcome.reason, outcome.wait)
        move(row, outcome, now)
