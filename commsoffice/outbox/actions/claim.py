"""Taking deliveries over: one statement, so that no two workers ever hold the same row."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, prefetch_related_objects

from commsoffice.outbox.actions.life import begin_life, keep_promise
from commsoffice.outbox.actions.moves import Clock
from commsoffice.outbox.channels.base import Channel
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery

# From the claim to the call. Each call takes a lease of its own length, see ``begin``.
CLAIM_LEASE = timedelta(minutes=5)

# MATERIALIZED: a planner that runs the inner SELECT twice would claim more than it was asked for.
# With a channel named, the head of the queue is looked at, and of that only this channel is taken.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id, channel FROM outbox_delivery
        WHERE state = 'queued' AND not_before <= %(now)s AND (%(id)s IS NULL OR id = %(id)s)
            AND (%(slow)s IS NULL OR is_slow = %(slow)s)
        ORDER BY not_before, id
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox_delivery AS delivery
    SET state = 'sending', fence = fence + 1, lease_until = %(lease)s,
        claimed_in = (SELECT life FROM outbox_life)
    FROM due WHERE delivery.id = due.id AND (%(channel)s IS NULL OR due.channel = %(channel)s)
    RETURNING delivery.*
"""


def claim(
    now: datetime, *, limit: int, delivery_id: int | None = None, channel: str | None = None, slow: bool | None = None
) -> list[Delivery]:
    """Take over what is due, first come first; committed, and on the disk, when it returns.

    ``slow``: only what takes long to upload, or only what doesn't.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            keep_promise(cursor)
            begin_life(cursor)
        claimed = list(
            Delivery.objects.raw(
                _CLAIM,
                {
                    "now": now,
                    "id": delivery_id,
                    "limit": limit,
                    "lease": now + CLAIM_LEASE,
                    "channel": channel,
                    "slow": slow,
                },
            )
        )
    prefetch_related_objects(claimed, "message")
    return sorted(claimed, key=lambda delivery: (delivery.not_before, delivery.pk))


def claim_more(clock: Clock, channel: str, limit: int) -> list[Delivery]:
    """Of the next ``limit`` in the queue, those of one channel."""
    return claim(clock.now(), limit=limit, channel=channel)


def begin(delivery: Delivery, way: Channel, clock: Clock) -> Attempt | None:
    """Write down, and commit, that the call begins now. None when it is no longer ours, or was cancelled: no call."""
    now = clock.now()
    with transaction.atomic(durable=True):
        lease_until = way.lease_from(now)
        ours = Delivery.objects.filter(
            pk=delivery.pk, fence=delivery.fence, state=DeliveryState.SENDING, cancel_reason=""
        ).update(attempts_made=F("attempts_made") + 1, lease_until=lease_until)
        if not ours:
            return None
        delivery.attempts_made += 1
        delivery.lease_until = lease_until
        return Attempt.objects.create(delivery=delivery, kind=AttemptKind.SEND, fence=delivery.fence, started_at=now)
