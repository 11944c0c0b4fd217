"""Reads that span every room: the route of a day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Event
from citizen_requests.queries import visible_to
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.office.queries import office_zone
from commsoffice.ui import seams
from commsoffice.ui.dates import long_date
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import RouteRow
from media_contacts.models import Outlet
from pressreleases.models import Release

# How many hits of each kind the global search shows; more are reached through the lists.
HITS = 10
MIN_LETTERS = 2


@dataclass(frozen=True)
class Day:
    """The route of one day."""

    day: date
    rows: tuple[RouteRow, ...]
    # How many steps stand in each state.
    counts: dict[StateKind, int]

    @property
    def yesterday(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def tomorrow(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)


def route_of(day: date, *, user: User, now: datetime) -> Day:
    """Return the events of a day with their six steps, in a constant number of queries."""
    zone = office_zone()
    events = list(Event.objects.on(day).standing().select_related("area", "locality"))
    steps = seams.route_steps(events, user=user, now=now)
    latest = _latest_begun(events, zone, now)
    rows = tuple(
        RouteRow(
            key=event.key,
            at=event.date if event.is_all_day else event.starts_at(zone),
            title=event.title,
            url=reverse("agenda:event", args=[event.pk]),
            level=event.level,
            steps=steps[event.pk],
            meta=" · ".join(str(part) for part in (event.area, event.locality) if part),
            is_now=event.pk == latest,
        )
        for event in events
    )
    counts = Counter(step.kind for row in rows for step in row.steps)
    return Day(day, rows, dict(counts))


def _latest_begun(events: list[Event], zone: ZoneInfo, now: datetime) -> int | None:
    """Return the number of the event of today that began last: «now» on the route."""
    today = now.astimezone(zone).date()
    begun = [e for e in events if e.date == today and not e.is_all_day and e.starts_at(zone) <= now]
    return begun[-1].pk if begun else None


@dataclass(frozen=True)
class Hit:
    """One thing that the global search found."""

    kind: str
    title: str
    url: str
    meta: str


def search(text: str, *, user: User) -> list[Hit]:
    """Find a folio, an event, a release or an outlet by its words; only what the user may see."""
    text = text.strip()
    if len(text) < MIN_LETTERS:
        return []
    hits: list[Hit] = []
    if user.may(Permission.AGENDA_VIEW):
        events = Event.objects.filter(Q(title__icontains=text) | Q(key__iexact=text))
        hits += [
            Hit(_("Event"), event.title, reverse("agenda:event", args=[event.pk]), long_date(event.date))
            for event in events.order_by("-date")[:HITS]
        ]
    if user.may(Permission.RELEASES_VIEW):
        releases = Release.objects.filter(Q(title__icontains=text) | Q(folio__icontains=text))
        hits += [
            Hit(
                _("Release"),
                release.title,
                reverse("releases:release", args=[release.pk]),
                " · ".join(filter(None, [release.folio, str(release.get_state_display())])),
            )
            for release in releases.order_by("-id")[:HITS]
        ]
    if user.may(Permission.REQUESTS_VIEW):
        requests = visible_to(user).filter(folio__icontains=text).select_related("category")
        hits += [
            Hit(_("Citizen request"), str(found.category), reverse("desk:request", args=[found.pk]), found.folio)
            for found in requests.order_by("-id")[:HITS]
        ]
    if user.may(Permission.MEDIA_VIEW):
        hits += [
            Hit(_("Outlet"), outlet.name, reverse("media:outlet", args=[outlet.pk]), outlet.kind)
            for outlet in Outlet.objects.filter(name__icontains=text)[:HITS]
        ]
    return hits
