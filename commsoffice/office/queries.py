"""Reads about the office itself."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from commsoffice.office.models import Office


def office() -> Office:
    """Return the one office. A fresh database has an unnamed one, made by a migration."""
    return Office.objects.get(pk=1)


def office_zone() -> ZoneInfo:
    """Return the office's time zone."""
    return ZoneInfo(office().time_zone)


def local_day(now: datetime) -> date:
    """Return which day it is at the office."""
    return now.astimezone(office_zone()).date()
