"""Long lists, newest first, that cost the same on page one and page one thousand.

A keyset instead of an offset: the next page begins after the last row seen, so the database
never counts or skips, and a row that arrives in between moves nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

_Row = TypeVar("_Row", bound=Model)

PARAMETER = "desde"


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """The rows of one page; `more` is the query string of the next one, empty at the end."""

    rows: list[_Row]
    more: str
    is_first: bool


def newest_first(
    queryset: QuerySet[_Row], request: HttpRequest, *, by: str = "created_at", size: int = 50
) -> Page[_Row]:
    """The page that `?desde=` asks for, ordered by (-by, -pk); one query.

    `by` is a date or datetime field without nulls. Raises BadRequest for a torn cursor.
    """
    cursor = request.GET.get(PARAMETER, "")
    if cursor:
        is_moment = isinstance(queryset.model._meta.get_field(by), DateTimeField)  # noqa: SLF001  Django's public name for it
        value, key = _read(cursor, is_moment=is_moment)
        queryset = queryset.filter(Q((f"{by}__lt", value)) | Q((by, value), ("pk__lt", key)))
    found = list(queryset.order_by(f"-{by}", "-pk")[: size + 1])
    rows = found[:size]
    more = ""
    if len(found) > size:
        query = request.GET.copy()
        last: date | datetime = getattr(rows[-1], by)
        query[PARAMETER] = f"{last.isoformat()}|{rows[-1].pk}"
        more = query.urlencode()
    return Page(rows=rows, more=more, is_first=not cursor)


def _read(cursor: str, *, is_moment: bool) -> tuple[date | datetime, int]:
    text, _bar, key = cursor.rpartition("|")
    try:
        value = datetime.fromisoformat(text) if is_moment else date.fromisoformat(text)
        number = int(key)
    except ValueError as error:
        raise BadRequest(_("This page of the list does not exist.")) from error
    if isinstance(value, datetime) and timezone.is_naive(value):
        raise BadRequest(_("This page of the list does not exist."))
    return value, number
