"""The citizen desk's inbox and the page of a request."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizen_requests import actions, permissions, queries
from citizen_requests.clock import clock
from citizen_requests.enums import TRANSITIONS, RequestChannel, RequestState
from citizen_requests.forms import AnswerForm, DeskRequestForm, InboxFilter, RouteForm, WordsForm
from citizen_requests.masks import mask_email, mask_name, mask_phone
from citizen_requests.models import CitizenRequest, RequestPhoto, RequestStep
from citizen_requests.views.photos import photo_response
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.files.errors import FileRefused
from commsoffice.ui.views import StaffRequest, back, staff_page

PAGE_SIZE = 50

# The views of the inbox, in their order: the name in the address and the word on the chip.
VIEWS = {
    "overdue": gettext_lazy("Past due"),
    "today": gettext_lazy("They run out today"),
    "to_route": gettext_lazy("To route"),
    "to_confirm": gettext_lazy("Waiting for the person"),
    "open": gettext_lazy("All open"),
    "returned": gettext_lazy("Returned by the area"),
    "finished": gettext_lazy("Finished"),
}


@require_GET
@staff_page(Permission.REQUESTS_VIEW)
def inbox(request: StaffRequest) -> HttpResponse:
    """Everything open, what is due first on top."""
    now = timezone.now()
    view = request.GET.get("vista", "open")
    if view not in VIEWS:
        view = "open"
    narrowed = InboxFilter(request.GET)
    rows = _narrow(queries.visible_to(request.user).filter(queries.view_filters(now)[view]), narrowed)
    rows = rows.select_related("category", "area", "locality")
    rows = rows.order_by("-id") if view == "finished" else rows.order_by("solve_by", "id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = queries.counts(request.user, now)
    context = {
        "rows": [(row, clock(row, now=now)) for row in page.object_list],
        "page_obj": page,
        "view": view,
        "chips": [(name, label, counts[name]) for name, label in VIEWS.items()],
        "open_count": counts["open"],
        "filter": narrowed,
        "is_narrowed": any(request.GET.get(name) for name in narrowed.fields),
        "may_route": permissions.may_route(request.user),
    }
    return render(request, "citizen_requests/inbox.html", context)


def _narrow(rows: QuerySet[CitizenRequest], narrowed: InboxFilter) -> QuerySet[CitizenRequest]:
    narrowed.is_valid()
    data = narrowed.cleaned_data
    for name in ("area", "category", "locality", "channel"):
        if data.get(name):
            rows = rows.filter(**{name: data[name]})
    if word := data.get("q"):
        rows = rows.filter(Q(folio__icontains=word) | Q(description__icontains=word) | Q(address__icontains=word))
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.REQUESTS_ROUTE)
def new(request: StaffRequest) -> HttpResponse:
    """A folio for a person on the telephone or at the counter."""
    bound = DeskRequestForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and bound.is_valid():
        intake = bound.intake(RequestChannel(bound.cleaned_data["channel"]))
        try:
            filed = actions.file_request(intake, by=request.user, now=timezone.now())
        except FileRefused as refusal:
            bound.add_error("photos", str(refusal))
        else:
            return redirect("desk:request", filed.pk)
    return render(request, "citizen_requests/new.html", {"form": bound})


@require_GET
@staff_page(Permission.REQUESTS_VIEW)
def request_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One request: what, where, who if one may know, what happened, and what can be done now."""
    return _page(request, _find(request.user, pk))


def _find(user: User, pk: int) -> CitizenRequest:
    rows = queries.visible_to(user).select_related("category__area", "area", "locality")
    return get_object_or_404(
        rows.prefetch_related(
            Prefetch("steps", RequestStep.objects.select_related("area", "by")),
            Prefetch("photos", RequestPhoto.objects.select_related("asset")),
        ),
        pk=pk,
    )


def _page(request: StaffRequest, filed: CitizenRequest, **forms: Any) -> HttpResponse:
    user = request.user
    context = {
        "filed": filed,
        "clock": clock(filed, now=timezone.now()),
        "person": _person(user, filed),
        "sees_person": permissions.sees_persons(user),
        "may": _possible(user, filed),
        "route_form": RouteForm(initial={"area": filed.category.area_id}),
        "answer_form": AnswerForm(),
        "words_form": WordsForm(),
        "tracking_url": reverse("requests:tracking", args=[filed.token]) if permissions.sees_persons(user) else "",
        **forms,
    }
    return render(request, "citizen_requests/request.html", context, status=422 if forms else 200)


def _person(user: User, filed: CitizenRequest) -> dict[str, str] | None:
    person = queries.requester_of(filed)
    if person is None:
        return None
    if permissions.sees_persons(user):
        return {"name": person.name, "email": person.email, "phone": person.phone}
    return {"name": mask_name(person.name), "email": mask_email(person.email), "phone": mask_phone(person.phone)}


def _possible(user: User, filed: CitizenRequest) -> dict[str, bool]:
    state = RequestState(filed.state)

    def leads(to: RequestState) -> bool:
        return (state, to) in TRANSITIONS

    for_area = permissions.may_speak_for_area(user, filed)
    return {
        "route": permissions.may_route(user) and leads(RequestState.ROUTED),
        "accept": for_area and leads(RequestState.IN_PROGRESS),
        "return": for_area and leads(RequestState.RECEIVED),
        "answer": permissions.may_answer(user, filed) and leads(RequestState.ANSWERED),
        "orient": permissions.may_route(user) and leads(RequestState.ORIENTED),
        "note": permissions.may_note(user, filed),
    }


@require_POST
@staff_page(Permission.REQUESTS_ROUTE)
def route(request: StaffRequest, pk: int) -> HttpResponse:
    """Send it to an area."""
    filed, bound = _find(request.user, pk), RouteForm(request.POST)
    if not bound.is_valid():
        return _page(request, filed, route_form=bound)
    area = bound.cleaned_data["area"]
    actions.route(filed, area, note=bound.cleaned_data["note"], by=request.user, now=timezone.now())
    return _done(request, pk, _("Sent to %(area)s.") % {"area": area.name})


@require_POST
@staff_page(Permission.REQUESTS_ANSWER)
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """The area takes it on."""
    actions.accept(_find(request.user, pk), by=request.user, now=timezone.now())
    return _done(request, pk, _("Accepted."))


@require_POST
@staff_page(Permission.REQUESTS_ANSWER)
def return_to_desk(request: StaffRequest, pk: int) -> HttpResponse:
    """It is another area's."""
    user = request.user
    actions.return_to_desk(_find(user, pk), reason=_words(request), by=user, now=timezone.now())
    if permissions.is_bound_to_area(user):
        # It is out of the liaison's sight from now on.
        return back(request, reverse("desk:list"))
    return _done(request, pk, _("Returned to the citizen desk."))


@require_POST
@staff_page(Permission.REQUESTS_ANSWER)
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what was done."""
    filed, bound = _find(request.user, pk), AnswerForm(request.POST, request.FILES)
    if not bound.is_valid():
        return _page(request, filed, answer_form=bound)
    try:
        actions.answer(filed, **bound.cleaned_data, by=request.user, now=timezone.now())
    except FileRefused as refusal:
        bound.add_error("photos", str(refusal))
        return _page(request, filed, answer_form=bound)
    except NotAllowed:
        raise
    except ActionRefused as refusal:
        # What was typed stays, beside the reason.
        bound.add_error(None, str(refusal))
        return _page(request, filed, answer_form=bound)
    return _done(request, pk, _("Answered. The person is told."))


@require_POST
@staff_page(Permission.REQUESTS_ROUTE)
def orient(request: StaffRequest, pk: int) -> HttpResponse:
    """Another body attends to it."""
    actions.orient(_find(request.user, pk), text=_words(request), by=request.user, now=timezone.now())
    return _done(request, pk, _("Oriented. The person is told."))


@require_POST
@staff_page(Permission.REQUESTS_VIEW)
def note(request: StaffRequest, pk: int) -> HttpResponse:
    """For the colleagues."""
    actions.add_note(_find(request.user, pk), text=_words(request), by=request.user, now=timezone.now())
    return _done(request, pk, _("Note kept."))


@require_GET
@staff_page(Permission.REQUESTS_VIEW)
def photo(request: StaffRequest, pk: int, photo: UUID, name: str) -> HttpResponseBase:
    """A clean copy of a photograph of this request."""
    found = queries.photo(_find(request.user, pk), photo, name)
    if found is None:
        raise Http404
    return photo_response(request, found)


def _words(request: HttpRequest) -> str:
    bound = WordsForm(request.POST)
    return str(bound.cleaned_data["text"]) if bound.is_valid() else ""


def _done(request: StaffRequest, pk: int, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return back(request, reverse("desk:request", args=[pk]))
