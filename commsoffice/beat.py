"""The pace at which the worker is woken, counted by a clock that nobody sets.

Celery counts from the hour of the last round to the hour it is now: set back by an hour, it would wake nobody for that
hour.
"""

import time
from datetime import UTC, datetime, timedelta

from celery.schedules import schedule

_BEGAN, _AT = datetime.now(UTC), time.monotonic()


def steady() -> datetime:
    """The hour at which this process began, carried on; only differences mean something."""
    return _BEGAN + timedelta(seconds=time.monotonic() - _AT)


class Every(schedule):
    """Each so many seconds. Its arguments are the library's, which makes it anew from what it kept."""

    def remaining_estimate(self, last_run_at: datetime) -> timedelta:
        """At once when the last round, of an earlier process, lies in what is the future by now."""
        if self.maybe_make_aware(last_run_at) > self.now():
            return timedelta(0)
        remaining: timedelta = super().remaining_estimate(last_run_at)
        return remaining


def every(seconds: float) -> Every:
    """Name a pace."""
    return Every(timedelta(seconds=seconds), nowfun=steady)
