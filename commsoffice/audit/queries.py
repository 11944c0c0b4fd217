"""Reading the record."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import BadRequest
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from commsoffice.audit.models import Entry

_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page; ``more`` is the query string of the next one, empty at the end."""

    rows: list[Entry]
    more: str
    is_first: bool


def entries_about(target: Model) -> QuerySet[Entry]:
    """Return what was done to one thing, newest first."""
    return Entry.objects.filter(
        target_type=target._meta.label_lower,  # noqa: SLF001  Django's public name for it
        target_id=str(target.pk),
    )


def page_of(entries: QuerySet[Entry], query: QueryDict) -> Page:
    """The page that ``?desde=`` asks for; the hundredth costs what the first costs. One query.

    Raises ``BadRequest`` for a torn cursor.
    """
    cursor = query.get("desde", "")
    if cursor:
        text, _bar, key = cursor.rpartition("|")
        try:
            at, pk = datetime.fromisoformat(text), int(key)
        except ValueError as error:
            raise BadRequest(_("This page of the list does not exist.")) from error
        entries = entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    found = list(entries.order_by("-at", "-pk")[: _SIZE + 1])
    rows, more = found[:_SIZE], ""
    if len(found) > _SIZE:
        following = query.copy()
        following["desde"] = f"{rows[-1].at.isoformat()}|{rows[-1].pk}"
        more = following.urlencode()
    return Page(rows, more, is_first=not cursor)
