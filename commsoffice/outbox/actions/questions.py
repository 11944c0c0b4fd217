"""What asking about an unknown and tending a scheduled one share: the rounds, one question, what an error answers."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby

from commsoffice.outbox.actions.moves import Clock
from commsoffice.outbox.actions.stops import put_back_if_stopped, stop_expired, stop_throttled
from commsoffice.outbox.channels.base import (
    Channel,
    ChannelError,
    CredentialsExpired,
    Reconciled,
    Throttled,
    Undecided,
)
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import AttemptKind
from commsoffice.outbox.models import Attempt, Delivery

logger = logging.getLogger(__name__)

# A delivery that was claimed for a question, and the attempt that says so.
Question = tuple[Delivery, Attempt]


def opened(row: Delivery, kind: AttemptKind, *, asks_made: int, now: datetime) -> Question:
    """Take a locked row over for a question, and write down that it is asked."""
    row.fence += 1
    row.asks_made = asks_made
    row.lease_until = channel(row.channel).lease_from(now)
    row.save(update_fields=["fence", "asks_made", "lease_until"])
    return row, Attempt.objects.create(delivery=row, kind=kind, fence=row.fence, started_at=now)


def ask_each(
    questions: Iterable[Question], clock: Clock, ask: Callable[[Channel, Delivery, Attempt, Clock], None]
) -> None:
    """Ask, one session a channel; one whose account was stopped by the question before it is put back."""
    by_channel = sorted(questions, key=lambda question: question[0].channel)
    for alias, batch in groupby(by_channel, lambda question: question[0].channel):
        try:
            way = channel(alias)
            with way.session():
                for delivery, attempt in batch:
                    if not put_back_if_stopped(delivery, attempt, clock.now()):
                        ask(way, delivery, attempt, clock)
        except Exception:
            # One way that is out of order must not stop the sweep. What was claimed is asked about after its lease.
            logger.exception("The channel %s is out of order", alias)


def answer_of(call: Callable[[Delivery], Reconciled], delivery: Delivery, clock: Clock) -> Reconciled:
    """Make a call that changes nothing that could be doubled; an error proves nothing, and may stop the account."""
    try:
        return call(delivery)
    except Throttled as error:
        stop_throttled(delivery, error, clock.now())
        return Undecided(error.answer)
    except CredentialsExpired as error:
        stop_expired(delivery, error, clock.now())
        return Undecided(error.answer)
    except ChannelError as error:
        return Undecided(error.answer)
    except Exception as error:
        logger.exception("The channel %s could not answer about delivery %s", delivery.channel, delivery.pk)
        return Undecided(f"{type(error).__name__}: {error}")
