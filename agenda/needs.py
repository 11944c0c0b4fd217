"""What the agenda asks of a person: an item of «Lo que me espera»."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.enums import WITHOUT_MEDIA, EventState, Level, StepKey
from agenda.models import Event, Invitation, StepWaiver
from agenda.permissions import may_decide, may_invite
from agenda.queries import between, proposals
from commsoffice.accounts.models import User
from commsoffice.office.queries import local_day
from commsoffice.ui.dates import clock, long_date
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb

# The list shows the most pressing; the rest are on the agenda.
_SHOWN = 5


def to_confirm(user: User, *, now: datetime) -> list[Need]:
    """Return the proposals that wait for whoever keeps the agenda."""
    if not may_decide(user):
        return []
    return [
        Need(
            kind=StateKind.DUE,
            word=_("To confirm"),
            title=event.title,
            text=f"{event.area}, {_when(event)}",
            verb=Verb(_("See the proposal"), reverse("agenda:event", args=[event.pk])),
            order=40,
        )
        for event in proposals(local_day(now))[:_SHOWN]
    ]


def to_invite(user: User, *, now: datetime) -> list[Need]:
    """Return the events of today and tomorrow, of level A or B, to which nobody was invited."""
    if not may_invite(user):
        return []
    today = local_day(now)
    events = (
        between(today, today + timedelta(days=1))
        .filter(state=EventState.CONFIRMED, level__in=[Level.A, Level.B])
        .exclude(modality__in=WITHOUT_MEDIA)
        .exclude(pk__in=Invitation.objects.values("event"))
        .exclude(pk__in=StepWaiver.objects.filter(step=StepKey.INVITATION).values("event"))
    )
    return [
        Need(
            kind=StateKind.LATE if event.date <= today else StateKind.DUE,
            word=_("Not invited"),
            title=event.title,
            text=_when(event),
            verb=Verb(_("Invite the media"), reverse("agenda:invite", args=[event.pk]), primary=event.date <= today),
            order=20 if event.date <= today else 30,
        )
        for event in events[:_SHOWN]
    ]


def _when(event: Event) -> str:
    day = long_date(event.date)
    return f"{day}, {clock(event.start_time)}" if event.start_time else day
