"""What a citizen opens: the form, the folio, the tracking page. No account, no script needed."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizen_requests import actions, queries
from citizen_requests.enums import RequestState
from citizen_requests.forms import LookupForm, MessageForm, RequestForm
from citizen_requests.models import CitizenRequest, RequestPhoto, RequestStep
from citizen_requests.throttle import is_too_often
from citizen_requests.tracking import headline, track
from citizen_requests.views.photos import photo_response
from commsoffice.accounts.errors import ActionRefused
from commsoffice.accounts.queries import system_user
from commsoffice.files.errors import FileRefused

# Messages and answers on one folio in an hour.
_WORDS_AN_HOUR = 20


def by_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open the request of a link, and see to it that the link goes nowhere: not to search engines, not to caches.

    The link doesn't leave in a referrer either. It is "same-origin" and not "no-referrer", because under the
    latter browsers send forms with ``Origin: null``, which the protection against forged posts refuses.
    """

    @wraps(view)
    def page(request: HttpRequest, *, token: str, **kwargs: Any) -> HttpResponseBase:
        found = queries.by_token(token)
        if found is None:
            raise Http404
        response = view(request, found, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        return response

    return page


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """The form; a repeated post finds the same folio."""
    if request.method != "POST":
        return _form_page(request, RequestForm(initial={"kind": request.GET.get("tema", "")}))
    bound = RequestForm(request.POST, request.FILES)
    if not bound.is_valid():
        return _form_page(request, bound, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if is_too_often(request, "report", limit=settings.REQUESTS_PER_HOUR):
        bound.add_error(
            None, _("Too many reports came from your connection. Nothing was lost: try again in an hour, or call.")
        )
        return _form_page(request, bound, status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        filed = actions.file_request(bound.intake(), by=system_user(), now=timezone.now())
    except FileRefused as refusal:
        bound.add_error("photos", str(refusal))
        return _form_page(request, bound, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("requests:thanks", filed.token)


def _form_page(request: HttpRequest, bound: RequestForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return render(request, "citizen_requests/form.html", {"form": bound}, status=status)


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """The whole privacy notice."""
    return render(request, "citizen_requests/privacy.html", {"days": settings.REQUESTER_FORGET_DAYS})


@require_GET
@by_link
def thanks(request: HttpRequest, filed: CitizenRequest) -> HttpResponse:
    """Folio and link, for those who gave no address as well."""
    person = queries.requester_of(filed)
    context = {"filed": filed, "wrote": person is not None and bool(person.email)}
    return render(request, "citizen_requests/thanks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """A lost link is written to the address of the folio. The page never says whether there is such a folio."""
    bound = LookupForm(request.POST or None)
    sent = False
    if request.method == "POST" and bound.is_valid():
        if is_too_often(request, "lookup", limit=settings.REQUESTS_PER_HOUR):
            bound.add_error(None, _("Too many attempts from your connection. Try again in an hour."))
        else:
            actions.send_link_again(**bound.cleaned_data, now=timezone.now())
            sent = True
    response = render(request, "citizen_requests/lookup.html", {"form": bound, "sent": sent})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_GET
@by_link
def tracking(request: HttpRequest, filed: CitizenRequest) -> HttpResponse:
    """Each step with its date and its area."""
    return _tracking_page(request, filed, MessageForm())


def _tracking_page(request: HttpRequest, filed: CitizenRequest, bound: MessageForm) -> HttpResponse:
    filed = (
        CitizenRequest.objects.select_related("category", "area", "locality")
        .prefetch_related(
            Prefetch("steps", RequestStep.objects.select_related("area")),
            Prefetch("photos", RequestPhoto.objects.select_related("asset")),
        )
        .get(pk=filed.pk)
    )
    context = {
        "filed": filed,
        "rows": track(filed),
        "headline": headline(filed),
        "form": bound,
        "asks": filed.state == RequestState.ANSWERED,
        "can_reopen": filed.state in {RequestState.CLOSED, RequestState.ORIENTED},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound.errors else HTTPStatus.OK
    return render(request, "citizen_requests/tracking.html", context, status=status)


@require_POST
@by_link
def verdict(request: HttpRequest, filed: CitizenRequest) -> HttpResponse:
    """«Yes, it is fine» closes; «no» opens it again."""
    try:
        if request.POST.get("r") == "si":
            # A second tap on the same button asks for what is already so.
            if filed.state != RequestState.CLOSED:
                actions.close_by_person(filed, now=timezone.now())
            messages.success(request, _("Thank you. Your folio is closed."))
        elif request.POST.get("r") == "no":
            if filed.state != RequestState.REOPENED:
                actions.reopen_by_person(filed, text=_words(request), now=timezone.now())
            messages.success(request, _("Your folio is open again. We will attend to it."))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("requests:tracking", filed.token)


def _words(request: HttpRequest) -> str:
    # Optional, so it is no form's matter; what the database can't hold is left out.
    return request.POST.get("text", "").replace("\x00", "")[:2000]


@require_POST
@by_link
def message(request: HttpRequest, filed: CitizenRequest) -> HttpResponse:
    """Something more about this folio."""
    bound = MessageForm(request.POST)
    if not bound.is_valid():
        return _tracking_page(request, filed, bound)
    if is_too_often(request, "message", limit=_WORDS_AN_HOUR, key=filed.token):
        bound.add_error("text", _("Too many messages in a short time. Try again in an hour."))
        return _tracking_page(request, filed, bound)
    actions.leave_message(filed, text=bound.cleaned_data["text"], now=timezone.now())
    messages.success(request, _("We received your message."))
    return redirect("requests:tracking", filed.token)


@require_GET
@by_link
def photo(request: HttpRequest, filed: CitizenRequest, photo: UUID, name: str) -> HttpResponseBase:
    """A clean copy of a photograph of this folio."""
    found = queries.photo(filed, photo, name)
    if found is None or filed.category.is_restricted:
        raise Http404
    return photo_response(request, found)
