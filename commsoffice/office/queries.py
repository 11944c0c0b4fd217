"""Reads about the office itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from commsoffice.office.models import Office

# None outside a request; inside one, the profile once it was read.
_memory: ContextVar[list[Office] | None] = ContextVar("office", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Read the profile at most once inside; the next request reads it anew."""
    token = _memory.set([])
    try:
        yield
    finally:
        _memory.reset(token)


def office() -> Office:
    """Return the one office; `migrate` sees to it that there is one."""
    memory = _memory.get()
    if memory:
        return memory[0]
    found = Office.objects.get(pk=1)
    if memory is not None:
        memory.append(found)
    return found


def office_zone() -> ZoneInfo:
    """Return the office's time zone."""
    return ZoneInfo(office().time_zone)


def local_day(now: datetime) -> date:
    """Return which day it is at the office."""
    return now.astimezone(office_zone()).date()
