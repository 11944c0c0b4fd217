"""Reads of coverage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

from agenda.models import Event
from agenda.permissions import has_own_area_only
from agenda.queries import between
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.accounts.roles import PERMISSIONS
from commsoffice.files.enums import AssetState, MediaKind
from commsoffice.files.queries import with_renditions
from coverage.models import CoverageFile, CoverageOrder


@dataclass(frozen=True, slots=True)
class CameBack:
    """What came back from one event."""

    photos: int
    videos: int
    last_at: datetime
    last_by: User


def files_of(event: Event) -> QuerySet[CoverageFile]:
    """Return what came back from an event with its copies, in the order in which it came: two queries."""
    rows = CoverageFile.objects.filter(event=event).select_related("asset", "added_by").order_by("id")
    return with_renditions(rows, "asset")


def came_back(events: Iterable[Event]) -> dict[int, CameBack]:
    """Say of each event how much came back, by whom and when last: two queries. Without files it is not there."""
    counted = {
        row["event"]: row
        for row in CoverageFile.objects.filter(event__in=[event.pk for event in events])
        .order_by()
        .values("event")
        .annotate(
            photos=Count("pk", filter=Q(asset__kind=MediaKind.PHOTO)),
            videos=Count("pk", filter=Q(asset__kind=MediaKind.VIDEO)),
            last=Max("pk"),
        )
    }
    last = CoverageFile.objects.select_related("added_by").in_bulk([row["last"] for row in counted.values()])
    return {
        number: CameBack(
            photos=row["photos"],
            videos=row["videos"],
            last_at=last[row["last"]].added_at,
            last_by=last[row["last"]].added_by,
        )
        for number, row in counted.items()
    }


def orders_of(events: Iterable[Event]) -> dict[int, CoverageOrder]:
    """Return the order of each event with its crew: two queries."""
    rows = CoverageOrder.objects.filter(event__in=[event.pk for event in events]).prefetch_related("crew")
    return {order.event_id: order for order in rows}


def order_of(event: Event) -> CoverageOrder | None:
    """Return the order to cover an event, with its crew."""
    return orders_of([event]).get(event.pk)


def events_between(user: User, first: date, last: date) -> Sequence[Event]:
    """Return the standing events of these days that concern this person."""
    rows = between(first, last).standing()
    if has_own_area_only(user):
        rows = rows.filter(area__key=user.area_key)
    return list(rows)


def possible_crew() -> QuerySet[User]:
    """Return the people who may be sent to an event: those who may upload what comes back."""
    roles = [role for role, held in PERMISSIONS.items() if Permission.COVERAGE_UPLOAD in held]
    return User.objects.filter(is_active=True, is_system=False, roles__overlap=roles)


def how_many(event: Event) -> tuple[int, int]:
    """Return how many files there are and how many of them still wait for their copies: one query."""
    row = CoverageFile.objects.filter(event=event).aggregate(
        all=Count("pk"), waiting=Count("pk", filter=Q(asset__state=AssetState.RECEIVED))
    )
    return row["all"], row["waiting"]


def next_without_words(file: CoverageFile) -> CoverageFile | None:
    """Return the next file of the same event that nobody has described."""
    rows = CoverageFile.objects.filter(event=file.event_id).exclude(pk=file.pk).filter(alt_text="").order_by("id")
    return rows.filter(pk__gt=file.pk).first() or rows.first()
