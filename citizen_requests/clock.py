"""The clock of a request, as the inbox shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citizen_requests.enums import OPEN_STATES, TO_ROUTE, RequestState
from citizen_requests.models import CitizenRequest
from commsoffice.ui.dates import clock as hour
from commsoffice.ui.dates import short_datetime
from commsoffice.ui.states import StateKind


@dataclass(frozen=True)
class Clock:
    """How much of the time is gone, in words and per cent."""

    kind: StateKind
    word: str
    detail: str
    percent: int


def clock(request: CitizenRequest, *, now: datetime) -> Clock:
    """The clock that runs now: to route it first, then to solve it; stopped while the person has the word."""
    days = request.category.solve_days
    detail = ngettext("%(n)s working day to solve it", "%(n)s working days to solve it", days) % {"n": days}
    state = RequestState(request.state)
    if state == RequestState.ANSWERED:
        return Clock(StateKind.BLOCKED, _("Paused: waits for the person"), detail, _share(request, now))
    if state not in OPEN_STATES:
        return Clock(StateKind.DONE, _("Finished"), detail, 100)
    to_route = state in TO_ROUTE
    until = min(request.route_by, request.solve_by) if to_route else request.solve_by
    if until < now:
        return Clock(StateKind.LATE, _("Overdue by %(time)s") % {"time": timesince(until, now, depth=1)}, detail, 100)
    if timezone.localdate(until) == timezone.localdate(now):
        word = _("Route before %(hour)s") if to_route else _("Due today, %(hour)s")
        return Clock(StateKind.DUE, word % {"hour": hour(until)}, detail, _share(request, now))
    word = _("Route by %(when)s") if to_route else _("In time, until %(when)s")
    return Clock(StateKind.DONE, word % {"when": short_datetime(until)}, detail, _share(request, now))


def _share(request: CitizenRequest, now: datetime) -> int:
    whole = (request.solve_by - request.received_at).total_seconds()
    gone = (now - request.received_at).total_seconds()
    return max(0, min(100, round(100 * gone / whole))) if whole > 0 else 100
