"""Coverage at the desk and, above all, on the telephone: what is ordered, and what comes back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agenda.enums import StepKey
from agenda.models import Event
from agenda.route import waived_steps
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.office.queries import local_day
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Step
from commsoffice.ui.views import StaffRequest, is_htmx, staff_page
from coverage import actions, permissions, queries
from coverage.errors import AlreadyThere
from coverage.forms import ACCEPT, DescribeForm, OrderForm, UploadForm
from coverage.models import CoverageFile
from coverage.route import coverage_step

# Days ahead that a crew plans, and back in which something may still be missing.
AHEAD = dt.timedelta(days=7)
BACK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """One event of the list."""

    event: Event
    step: Step
    is_mine: bool


@staff_page(Permission.COVERAGE_VIEW)
@require_safe
def coverage_list(request: StaffRequest) -> HttpResponseBase:
    """The events of today and of the coming days, and those of the past week that are still owed."""
    now = timezone.now()
    today = local_day(now)
    user = request.user
    events = queries.events_between(user, today - BACK, today + AHEAD)
    rows = _rows(events, user, now)
    context = {
        "today": [row for row in rows if row.event.date <= today <= row.event.last_day],
        "coming": [row for row in rows if row.event.date > today],
        "owed": [row for row in rows if row.event.last_day < today and not row.step.kind.is_settled],
        "day": today,
    }
    return render(request, "coverage/list.html", context)


def _rows(events: Sequence[Event], user: User, now: dt.datetime) -> list[Row]:
    steps = coverage_step(events, user=user, now=now)
    waived = waived_steps(events, user=user, now=now)
    orders = queries.orders_of(events)
    rows = []
    for event in events:
        step = steps[event.pk]
        if step.kind != StateKind.DONE:
            step = next((other for other in waived.get(event.pk, []) if other.key == StepKey.COVERAGE), step)
        order = orders.get(event.pk)
        rows.append(Row(event, step, is_mine=order is not None and user in order.crew.all()))
    return rows


@staff_page(Permission.COVERAGE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: StaffRequest, event_id: int) -> HttpResponseBase:
    """One event: its order, the upload of what comes back, and what is there."""
    event = _event(request, event_id)
    form = UploadForm(request.POST or None, request.FILES or None)
    outcomes: list[actions.Outcome] = []
    if request.method == "POST":
        if _is_alone(request):
            return _take_one(request, event, form)
        if form.is_valid():
            outcomes = actions.add_files(
                event,
                form.cleaned_data["photos"],
                by=request.user,
                now=timezone.now(),
                author=form.cleaned_data["author"],
            )
            if not any(outcome.refusal for outcome in outcomes):
                _say_thanks(request, len(outcomes))
                return redirect("coverage:upload", event.pk)
    refused = [outcome for outcome in outcomes if outcome.refusal and outcome.file is None]
    has_errors = bool(form.errors) or bool(refused)
    context = _page(request, event) | {"form": form, "outcomes": outcomes, "refused": refused, "accept": ACCEPT}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, "coverage/upload.html", context, status=status)


def _is_alone(request: HttpRequest) -> bool:
    """Whether the page's own module sends this file, alone, and waits for its answer."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _take_one(request: StaffRequest, event: Event, form: UploadForm) -> HttpResponse:
    """Answer the page's module: taken, there already, or why not."""
    refused = HTTPStatus.UNPROCESSABLE_ENTITY
    if not form.is_valid():
        sentences = [str(sentence) for field in form.errors.values() for sentence in field]
        return JsonResponse({"error": " ".join(sentences)}, status=refused)
    now, author = timezone.now(), form.cleaned_data["author"]
    try:
        for file in form.cleaned_data["photos"]:
            actions.add_file(event, file, by=request.user, now=now, author=author)
    except AlreadyThere as there:
        return JsonResponse({"note": str(there)})
    except NotAllowed as refusal:
        return JsonResponse({"error": str(refusal)}, status=HTTPStatus.FORBIDDEN)
    except ActionRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=refused)
    return JsonResponse({"note": _("Uploaded")}, status=HTTPStatus.CREATED)


def _say_thanks(request: StaffRequest, count: int) -> None:
    sentence = ngettext("%(n)s file uploaded.", "%(n)s files uploaded.", count) % {"n": count}
    messages.success(request, sentence)


@staff_page(Permission.COVERAGE_VIEW)
@require_safe
def files(request: StaffRequest, event_id: int) -> HttpResponseBase:
    """What is there, for the page that asks again and again; nothing when nothing changed."""
    event = _event(request, event_id)
    if is_htmx(request) and request.GET.get("visto") == _seen(event):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "coverage/_files.html", _page(request, event))


@staff_page(Permission.COVERAGE_ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: StaffRequest, event_id: int) -> HttpResponseBase:
    """Send a crew, or change who goes."""
    event = _event(request, event_id)
    existing = queries.order_of(event)
    initial = (
        {"crew": existing.crew.all(), "call_time": existing.call_time, "notes": existing.notes} if existing else {}
    )
    form = OrderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.order(event, by=request.user, now=timezone.now(), **form.cleaned_data)
        except NotAllowed:
            raise
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Order %(folio)s is given.") % {"folio": done.folio})
            return redirect("coverage:upload", event.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "coverage/order.html", {"event": event, "order": existing, "form": form}, status=status)


@staff_page(Permission.COVERAGE_UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put one file into words; then comes the next without."""
    file = get_object_or_404(
        CoverageFile.objects.select_related("asset", "added_by", "event__area").prefetch_related("asset__renditions"),
        pk=pk,
    )
    if not permissions.may_upload(request.user, file.event):
        raise Http404
    form = DescribeForm(request.POST or None, instance=file)
    if request.method == "POST" and form.is_valid():
        actions.describe(file, by=request.user, now=timezone.now(), **form.cleaned_data)
        following = queries.next_without_words(file) if "siguiente" in request.POST else None
        if following is not None:
            return redirect("coverage:describe", following.pk)
        messages.success(request, _("Saved."))
        return redirect(reverse("coverage:upload", args=[file.event_id]) + f"#foto-{file.pk}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "file": file,
        "event": file.event,
        "form": form,
        "has_next": queries.next_without_words(file) is not None,
        "may_open_file": request.user.may(Permission.FILES_VIEW),
    }
    return render(request, "coverage/describe.html", context, status=status)


def _event(request: StaffRequest, event_id: int) -> Event:
    event = get_object_or_404(Event.objects.select_related("area", "locality"), pk=event_id)
    if not permissions.may_see(request.user, event):
        raise Http404
    return event


def _page(request: StaffRequest, event: Event) -> dict[str, object]:
    user = request.user
    total, waiting = queries.how_many(event)
    return {
        "event": event,
        "order": queries.order_of(event),
        "step": coverage_step([event], user=user, now=timezone.now())[event.pk],
        "files": queries.files_of(event),
        "total": total,
        "waiting": waiting,
        "seen": f"{total}-{waiting}",
        "may_upload": permissions.may_upload(user, event),
        "may_order": permissions.may_order(user),
    }


def _seen(event: Event) -> str:
    total, waiting = queries.how_many(event)
    return f"{total}-{waiting}"
