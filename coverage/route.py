"""The third step of the day: what came back from the event is its evidence."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.enums import EventState, StepKey
from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.office.queries import office_zone
from commsoffice.ui.dates import clock, local, short_date
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Step, Verb
from coverage.models import CoverageOrder
from coverage.permissions import may_order, may_upload
from coverage.queries import CameBack, came_back, orders_of


def coverage_step(events: Sequence[Event], *, user: User, now: dt.datetime) -> dict[int, Step]:
    """Say of each event whether it was covered, with what and by whom: five queries, however many events."""
    if not events:
        return {}
    zone = office_zone()
    found, orders = came_back(events), orders_of(events)
    return {
        event.pk: _covered(event, found[event.pk], now)
        if event.pk in found
        else _uncovered(event, orders.get(event.pk), user, now, zone)
        for event in events
    }


def count_in_words(photos: int, videos: int) -> str:
    """«31 fotos, 2 videos»."""
    parts = []
    if photos:
        parts.append(ngettext("%(n)s photo", "%(n)s photos", photos) % {"n": photos})
    if videos:
        parts.append(ngettext("%(n)s video", "%(n)s videos", videos) % {"n": videos})
    return ", ".join(parts)


def _covered(event: Event, files: CameBack, now: dt.datetime) -> Step:
    when = clock(files.last_at) if local(files.last_at).date() == local(now).date() else short_date(files.last_at)
    return Step(
        key=StepKey.COVERAGE,
        name=str(StepKey.COVERAGE.label),
        kind=StateKind.DONE,
        word=_("Covered"),
        detail=count_in_words(files.photos, files.videos),
        detail_url=_page(event),
        who=f"{files.last_by.short_name}, {when}",
    )


def _uncovered(event: Event, order: CoverageOrder | None, user: User, now: dt.datetime, zone: ZoneInfo) -> Step:
    crew = ", ".join(person.short_name for person in order.crew.all()) if order else ""
    kind, word, verb = _state(event, order, now, zone)
    upload = Verb(_("Upload photos"), _page(event), primary=kind in {StateKind.LATE, StateKind.RUNNING})
    send = Verb(_("Order coverage"), reverse("coverage:order", args=[event.pk]), primary=kind == StateKind.DUE)
    offered = {"upload": upload if may_upload(user, event) else None, "order": send if may_order(user) else None}
    return Step(
        key=StepKey.COVERAGE,
        name=str(StepKey.COVERAGE.label),
        kind=kind,
        word=word,
        detail=order.folio if order else "",
        detail_url=_page(event) if order else "",
        who=crew,
        verb=offered.get(verb),
    )


def _state(event: Event, order: CoverageOrder | None, now: dt.datetime, zone: ZoneInfo) -> tuple[StateKind, str, str]:
    """Kind, word and the name of the next verb of an event from which nothing came back yet."""
    if event.state == EventState.CANCELLED:
        return StateKind.WAIVED, str(EventState.CANCELLED.label), ""
    if now >= over_at(event, zone):
        return StateKind.LATE, _("Nothing came back"), "upload"
    if event.state == EventState.PROPOSED:
        return StateKind.BLOCKED, _("Waits for the agenda"), ""
    return _ahead(event, order, now, zone)


def _ahead(event: Event, order: CoverageOrder | None, now: dt.datetime, zone: ZoneInfo) -> tuple[StateKind, str, str]:
    days = (event.date - local_day_in(now, zone)).days
    if not event.is_all_day and now >= event.starts_at(zone):
        return StateKind.RUNNING, _("Happening now"), "upload"
    if order is not None:
        return StateKind.RUNNING, _("Ordered"), "upload" if days <= 0 else ""
    if days <= 1:
        return StateKind.DUE, _("Nobody ordered"), "order"
    return StateKind.TODO, _("To order"), "order"


def over_at(event: Event, zone: ZoneInfo) -> dt.datetime:
    """Return when the event ends: its hour, else the midnight that closes its last day."""
    if event.end_time is None:
        return event.over_at(zone)
    return dt.datetime.combine(event.last_day, event.end_time, tzinfo=zone)


def local_day_in(now: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Which day it is there."""
    return now.astimezone(zone).date()


def _page(event: Event) -> str:
    return reverse("coverage:upload", args=[event.pk])
