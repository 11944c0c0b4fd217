"""The last step of the day: who published it."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.enums import EventState, StepKey
from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.ui.dates import short_datetime
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Step, Verb
from monitoring.permissions import may_record
from monitoring.queries import Echo, echoes


def publication_step(events: Sequence[Event], *, user: User, now: datetime) -> dict[int, Step]:
    """Say of each event how many media published it: two queries."""
    found = echoes(events)
    return {event.pk: _step(event, found[event.pk], user) for event in events}


def _step(event: Event, echo: Echo, user: User) -> Step:
    detail, detail_url, verb = "", "", None
    if echo.outlets:
        kind, word = StateKind.DONE, _("Published")
        detail = ngettext("%(n)s outlet", "%(n)s outlets", echo.outlets) % {"n": echo.outlets}
        detail_url = reverse("agenda:event", args=[event.pk]) + "#h-pub"
    elif event.state == EventState.CANCELLED:
        kind, word = StateKind.WAIVED, str(EventState.CANCELLED.label)
    elif echo.is_published:
        kind, word = StateKind.RUNNING, _("Being watched")
    elif echo.is_written:
        kind, word = StateKind.BLOCKED, _("Waits for the delivery")
    else:
        kind, word = StateKind.BLOCKED, _("Waits for the release")
    if may_record(user) and (echo.is_published or echo.outlets):
        verb = Verb(_("Record a piece"), reverse("monitoring:record") + f"?evento={event.pk}")
    return Step(
        key=StepKey.PUBLICATION,
        name=str(StepKey.PUBLICATION.label),
        kind=kind,
        word=word,
        detail=detail,
        detail_url=detail_url,
        who=f"{echo.last_by}, {short_datetime(echo.last_at)}" if echo.last_at else "",
        verb=verb,
    )
