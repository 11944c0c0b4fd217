"""Who is still at work: a lock that the worker's own session holds, and that Postgres lets go of with the session.

A lease is an hour of the day, and somebody may set the clock. While a call is out, however late it is said to be,
nobody can prove that it led to nothing. See docs/decisions/0014.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from zlib import crc32

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.expressions import RawSQL

from commsoffice.outbox.models import Delivery

# The upper 16 bits of the lock's number: what the lower 48 name.
_DELIVERY, _CHANNEL = 0x6F62, 0x6F63
_LOCK = "SELECT pg_advisory_lock_shared(%s)"
_UNLOCK = "SELECT pg_advisory_unlock_shared(%s)"
_HELD = """
    SELECT (classid::bigint << 32 | objid::bigint) & ((1::bigint << 48) - 1) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = %s
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def at_call(delivery: Delivery) -> AbstractContextManager[None]:
    """Let everybody see that the call is being made, from before it is written down until its end is."""
    return _held(_DELIVERY << 48 | delivery.pk)


def at_calls() -> RawSQL:
    """The deliveries that somebody is making a call for."""
    return RawSQL(_HELD, [_DELIVERY])  # noqa: S611  no word of anybody's is in it


def is_at_call(delivery: Delivery) -> bool:
    """Say whether somebody is making a call for it."""
    return Delivery.objects.filter(pk=delivery.pk, pk__in=at_calls()).exists()


def at_work(alias: str) -> AbstractContextManager[None]:
    """Let everybody see that a batch of this channel is leaving."""
    return _held(_CHANNEL << 48 | crc32(alias.encode()))


def at_rest() -> list[str]:
    """The channels by which nothing is leaving at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [_CHANNEL])
        busy = {number for (number,) in cursor.fetchall()}
    return [alias for alias in settings.OUTBOX_CHANNELS if crc32(alias.encode()) not in busy]


@contextmanager
def _held(number: int) -> Iterator[None]:
    lock = [number]
    with connection.cursor() as cursor:
        # Shared: it never waits for another sender, whatever a person decided meanwhile.
        cursor.execute(_LOCK, lock)
    try:
        yield
    finally:
        # A connection that is gone took the lock with it.
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute(_UNLOCK, lock)
