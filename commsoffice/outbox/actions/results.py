"""Making a call, what it led to, and writing that down."""

import logging
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
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
from commsoffice.outbox.actions.patience import patiently
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
from commsoffice.outbox.enums import SETTLED, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.signals import announce

logger = logging.getLogger(__name__)

_LEFT = (DeliveryState.SCHEDULED, DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)

# What a channel answered: the thing itself, or what it raised.
Result = Sent | Scheduled | Exception


def called(way: Channel, delivery: Delivery) -> Result:
    """Make the call. No transaction is open here, and the database isn't touched: it may be a thread's."""
    try:
        return way.send(delivery)
    except Exception as error:  # noqa: BLE001  ``outcome_of`` says what each means
        return error


def outcome_of(result: Result, way: Channel, delivery: Delivery, clock: Clock) -> Outcome:  # noqa: PLR0911  one for each meaning
    """What an answer means for the delivery, and for its account."""
    match result:
        case Sent() | Scheduled():
            return _sent(result)
        case Refused():
            reason = result.answer or _("The other side refused it.")
            return Outcome(DeliveryState.REJECTED, answer=result.answer, reason=reason)
        case Throttled():
            now = clock.now()
            until = stop_throttled(delivery, result, now)
            # The account waits, not this delivery: it was not tried in vain.
            return Outcome(
                DeliveryState.HELD,
                answer=result.answer,
                reason=throttled_words(until, of_all=result.of_all),
                wait=until - now,
            )
        case Unavailable():
            return _not_now(delivery, result)
        case CredentialsExpired():
            stop_expired(delivery, result, clock.now())
            return Outcome(DeliveryState.HELD, answer=result.answer, reason=expired_words(), wait=policy.GATE_WAIT)
        case OutcomeUnknown():
            return _unknown(result.answer)
    logger.error("The channel %s failed on delivery %s", way.alias, delivery.pk, exc_info=result)
    return _unknown(f"{type(result).__name__}: {result}")


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


def finish_patiently(delivery: Delivery, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """``finish``, also when the database is just restarting."""
    patiently(partial(_finish_once, delivery, attempt, outcome, now))


def _finish_once(delivery: Delivery, attempt: Attempt, outcome: Outcome, now: datetime, *, again: bool) -> None:
    if not (again and tell_written([attempt.pk], now)):
        finish(delivery, attempt, outcome, now)


def tell_written(attempts: list[int], now: datetime) -> set[int]:
    """Of attempts whose end was being written down when the connection broke: tell of those that were, return them."""
    written = Attempt.objects.filter(pk__in=attempts, finished_at=now)
    found = set()
    for pk, delivery_id, outcome in written.values_list("pk", "delivery_id", "outcome"):
        found.add(pk)
        if outcome in SETTLED or outcome == DeliveryState.UNKNOWN:
            announce(delivery_id, DeliveryState(outcome))
    return found
