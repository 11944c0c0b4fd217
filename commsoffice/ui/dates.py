"""Dates as the trade writes them, in the current language and the office's time zone.

The format strings are translatable: «jueves 15 de octubre, 11:00 h» in Spanish.
"""

from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateformat import time_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

# Beyond them there is no day before or after to lead to, and nothing of ours.
POSSIBLE_DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31)))
# Further away than this, a weekday and a day no longer say which month is meant.
NEAR = timedelta(days=15)

# Django's Mexican catalogue writes «mie» and «sab»; naming them here puts them into ours, which has the last word.
ACCENTED = (gettext_noop("Wed"), gettext_noop("Sat"))

_Moment = TypeVar("_Moment", bound=date)


def local(value: _Moment) -> _Moment:
    """The moment in the office's time zone. A plain date keeps its day everywhere."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)  # type: ignore[return-value]  # a datetime in, a datetime out
    return value


def _write(value: date, pattern: str) -> str:
    """The date in that pattern. Spanish writes days and months without capitals."""
    text = format_date(value, pattern)
    return text.lower() if (get_language() or "").startswith("es") else text


def long_date(value: date, *, year: bool = False) -> str:
    """«miércoles 14 de octubre», with «de 2026» when asked."""
    return _write(local(value), _("l j F Y") if year else _("l j F"))


def long_datetime(value: datetime, *, year: bool = False) -> str:
    """«miércoles 14 de octubre, 11:00 h»."""
    return f"{long_date(value, year=year)}, {clock(value)}"


def short_date(value: date) -> str:
    """«lun 12» near today, «lun 12 oct» further away, «12 oct 2025» in another year."""
    moment = local(value)
    day = moment.date() if isinstance(moment, datetime) else moment
    today = timezone.localdate()
    if abs(day - today) <= NEAR:
        pattern = _("D j")
    elif day.year == today.year:
        pattern = _("D j b")
    else:
        pattern = _("j b Y")
    return _write(day, pattern)


def short_datetime(value: datetime) -> str:
    """«lun 12, 17:22»."""
    return f"{short_date(value)}, {format_date(local(value), 'H:i')}"


def clock(value: datetime | time) -> str:
    """«11:00 h»."""
    pattern = _("H:i")
    if isinstance(value, datetime):
        return format_date(local(value), pattern)
    return time_format(value, pattern)
