"""What coverage asks of a person: an item of «Lo que me espera»."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.enums import EventState, Level, StepKey
from agenda.models import Event, EventQuerySet, StepWaiver
from agenda.queries import between
from commsoffice.accounts.models import User
from commsoffice.office.queries import local_day, office_zone
from commsoffice.ui.dates import clock, long_date
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb
from coverage.models import CoverageFile, CoverageOrder
from coverage.permissions import may_order
from coverage.route import over_at

# The list shows the most pressing; the rest are on the page of coverage.
_SHOWN = 5


def to_cover(user: User, *, now: datetime) -> list[Need]:
    """Return the events of today and yesterday to which this person was sent and from which nothing came back."""
    today, zone = local_day(now), office_zone()
    events = _open(today - timedelta(days=1), today).filter(coverage_order__crew=user)
    needs = []
    for event in events[:_SHOWN]:
        is_over = now >= over_at(event, zone)
        needs.append(
            Need(
                kind=StateKind.LATE if is_over else StateKind.DUE,
                word=_("Nothing came back") if is_over else _("Ordered"),
                title=event.title,
                text=_when(event),
                verb=Verb(_("Upload photos"), reverse("coverage:upload", args=[event.pk]), primary=True),
                order=15 if is_over else 25,
            )
        )
    return needs


def to_order(user: User, *, now: datetime) -> list[Need]:
    """Return the events of today and tomorrow, of level A or B, to which nobody was sent."""
    if not may_order(user):
        return []
    today, zone = local_day(now), office_zone()
    events = (
        _open(today, today + timedelta(days=1))
        .filter(level__in=[Level.A, Level.B])
        .exclude(pk__in=CoverageOrder.objects.values("event"))
    )
    return [
        Need(
            kind=StateKind.DUE,
            word=_("Nobody ordered"),
            title=event.title,
            text=_when(event),
            verb=Verb(_("Order coverage"), reverse("coverage:order", args=[event.pk])),
            order=28,
        )
        for event in events[:_SHOWN]
        if now < over_at(event, zone)
    ]


def _open(first: date, last: date) -> EventQuerySet:
    waived = StepWaiver.objects.filter(step=StepKey.COVERAGE).values("event")
    return (
        between(first, last)
        .filter(state=EventState.CONFIRMED)
        .exclude(pk__in=CoverageFile.objects.values("event"))
        .exclude(pk__in=waived)
    )


def _when(event: Event) -> str:
    day = long_date(event.date)
    return f"{day}, {clock(event.start_time)}" if event.start_time else day
