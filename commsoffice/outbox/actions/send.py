"""What the worker does: claim, ask the gates, call, write the outcome."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import groupby

from commsoffice.outbox.actions.claim import begin, claim, claim_more
from commsoffice.outbox.actions.judge import obey, verdict_on
from commsoffice.outbox.actions.many import More, send_many
from commsoffice.outbox.actions.moves import Clock
from commsoffice.outbox.actions.presence import at_call, at_work
from commsoffice.outbox.actions.results import called, finish_patiently, outcome_of
from commsoffice.outbox.channels.base import Channel
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go

logger = logging.getLogger(__name__)

_AT_ONCE = 20


def send_due(now: datetime, limit: int | None = None, *, slow: bool | None = None) -> int:
    """Send what is due, ``limit`` at most; answer with how many were taken.

    Without a limit, what stands in the queue behind many of one kind is taken along until something of another kind
    stands among them.
    ``slow``: only what takes long to upload, or only what doesn't.
    """
    clock = Clock(now)
    # Of what takes long one at a time: the next may be taken by another worker meanwhile.
    claimed = claim(now, limit=1 if slow else limit or _AT_ONCE, slow=slow)
    taken = len(claimed)
    # One session a channel, the channels in the order of the queue: a release's page comes before its mails.
    turn = {alias: number for number, alias in enumerate(dict.fromkeys(delivery.channel for delivery in claimed))}
    for alias, batch in groupby(sorted(claimed, key=lambda delivery: turn[delivery.channel]), lambda d: d.channel):
        goes_on = limit is None and len(turn) == 1 and taken == _AT_ONCE
        taken += _send_batch(alias, list(batch), clock, partial(claim_more, clock, alias) if goes_on else _nothing)
    return taken


def send_one(delivery_id: int, now: datetime) -> bool:
    """Send this one if it is due; answer whether it was ours to send."""
    clock = Clock(now)
    claimed = claim(now, limit=1, delivery_id=delivery_id)
    for delivery in claimed:
        _send_batch(delivery.channel, [delivery], clock, _nothing)
    return bool(claimed)


def _nothing(limit: int) -> list[Delivery]:
    return []


def _send_batch(alias: str, batch: list[Delivery], clock: Clock, more: More) -> int:
    """Send a batch of one channel; return how many were taken along."""
    try:
        way = channel(alias)
        with at_work(alias), way.session():
            if way.hands(len(batch)):
                return send_many(way, batch, clock, more)
            _send_each(way, batch, clock)
    except Exception:
        # One way that is out of order must not stop the others. What was claimed comes back with its lease.
        logger.exception("The channel %s is out of order", alias)
    return 0


def _send_each(way: Channel, batch: Iterable[Delivery], clock: Clock) -> None:
    for delivery in batch:
        verdict = verdict_on(delivery, clock.now())
        if isinstance(verdict, Go):
            verdict = way.not_yet(delivery, clock.now()) or verdict
        if not isinstance(verdict, Go):
            obey(delivery, verdict, clock.now())
            continue
        with at_call(delivery):
            attempt = begin(delivery, way, clock)
            if attempt is not None:
                outcome = outcome_of(called(way, delivery), way, delivery, clock)
                finish_patiently(delivery, attempt, outcome, clock.now())
