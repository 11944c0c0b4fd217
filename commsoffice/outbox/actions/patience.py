"""Writing down what has already happened outside, though the database is just restarting."""

import logging
import time
from typing import Protocol

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

# Seconds. A server that restarts is back within these; after them the lease tells that nobody knows.
_PATIENCE = 60.0
_PAUSE = 0.5


class Write(Protocol):
    """Writes something down. ``again``: the last try may or may not have been committed."""

    def __call__(self, *, again: bool) -> None: ...


def patiently(write: Write) -> None:
    """Write, and again when the connection is lost, until the server is back."""
    end = time.monotonic() + _PATIENCE
    again = False
    while True:
        try:
            write(again=again)
            return
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > end:
                raise
            logger.warning("The database is away; what left is written down when it is back", exc_info=True)
            again = True
            connection.close()
            time.sleep(_PAUSE)
