"""The desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agenda.enums import StepKey
from commsoffice.accounts.enums import Permission
from commsoffice.home import queries
from commsoffice.home.forms import DayForm, SearchForm
from commsoffice.office.queries import local_day
from commsoffice.ui import seams
from commsoffice.ui.states import StateKind
from commsoffice.ui.views import StaffRequest, staff_page


@require_GET
@staff_page(Permission.DESK_VIEW)
def today(request: StaffRequest) -> HttpResponse:
    """Show what waits for me and the route of a day."""
    now = timezone.now()
    current = local_day(now)
    form = DayForm(request.GET)
    day = (form.cleaned_data["dia"] if form.is_valid() else None) or current
    route = queries.route_of(day, user=request.user, now=now)
    return render(
        request,
        "home/today.html",
        {
            "route": route,
            "is_today": day == current,
            "names": StepKey.labels,
            "done": route.counts.get(StateKind.DONE, 0),
            "waived": route.counts.get(StateKind.WAIVED, 0),
            "failed": route.counts.get(StateKind.LATE, 0) + route.counts.get(StateKind.UNKNOWN, 0),
            "needs": seams.needs(request.user, now=now),
            "may_add": request.user.may(Permission.AGENDA_PROPOSE),
        },
    )


@require_GET
@staff_page(Permission.DESK_VIEW)
def search(request: StaffRequest) -> HttpResponse:
    """Find anything by folio or words."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    return render(
        request,
        "home/search.html",
        {"form": form, "words": words, "hits": queries.search(words, user=request.user)},
    )
