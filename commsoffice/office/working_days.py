"""Deadlines: days and hours that run only on working days, in the office's time zone.

A working day is Monday to Friday and not in the list of non-working days. It has all its hours: what an
office's opening hours are is not known here.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from commsoffice.office.models import NonWorkingDay
from commsoffice.office.queries import office_zone

_SATURDAY = 5
_DAY = timedelta(days=1)
# Days off are read for a stretch of the calendar at once.
_STRETCH = timedelta(days=92)


def is_working_day(day: date) -> bool:
    """Whether deadlines run on that day."""
    return day.weekday() < _SATURDAY and not NonWorkingDay.objects.filter(day=day).exists()


def add_working_days(start: datetime, days: int) -> datetime:
    """The same hour, ``days`` working days later; the day of ``start`` itself doesn't count. ``days`` ≥ 0."""
    zone = office_zone()
    local = start.astimezone(zone)
    day = local.date()
    following = _working_days(day + _DAY)
    for _ in range(days):
        day = next(following)
    # Built from the wall clock, so that a change of the clocks in between moves nothing.
    return datetime.combine(day, local.time(), tzinfo=zone)


def add_working_hours(start: datetime, hours: float) -> datetime:
    """``hours`` later, counting only hours of working days. ``hours`` ≥ 0."""
    zone = office_zone()
    moment = start.astimezone(UTC)
    left = timedelta(hours=hours)
    for day in _working_days(start.astimezone(zone).date()):
        opens = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        closes = datetime.combine(day + _DAY, time(), tzinfo=zone).astimezone(UTC)
        begins = max(moment, opens)
        if left <= closes - begins:
            return (begins + left).astimezone(zone)
        left -= closes - begins
    raise AssertionError("There is always another working day.")


def _working_days(first: date) -> Iterator[date]:
    """Working days from ``first`` on, without end; one query for a quarter of a year."""
    day = first
    while True:
        until = day + _STRETCH
        off = set(NonWorkingDay.objects.filter(day__gte=day, day__lt=until).values_list("day", flat=True))
        while day < until:
            if day.weekday() < _SATURDAY and day not in off:
                yield day
            day += _DAY
