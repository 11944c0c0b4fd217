"""One life of the database server: from a start to a crash.

What is written down without waiting for the disk is lost when the server itself crashes, the last of it and nothing
in the middle. Then a row may say «claimed» of a delivery whose call had been written down as begun. An UNLOGGED
table tells: Postgres empties it whenever it recovers from a crash, and only then. See docs/decisions/0009.
"""

from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

# A server that is told to take commits lightly keeps this one all the same; one that is told to do more does more.
_PROMISE = """
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
"""
_BEGIN = "INSERT INTO outbox_life DEFAULT VALUES ON CONFLICT DO NOTHING"


def keep_promise(cursor: CursorWrapper) -> None:
    """Have this transaction on the disk when its commit returns."""
    cursor.execute(_PROMISE)


def begin_life(cursor: CursorWrapper) -> None:
    """Name the life that has just begun; nothing if it has a name."""
    cursor.execute(_BEGIN)


def this_life() -> UUID | None:
    """The present life of the server; None when nothing was claimed in it yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT life FROM outbox_life")
        row = cursor.fetchone()
    return row[0] if row else None
