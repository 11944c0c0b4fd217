"""Base of every staff page: who may open it, how a refusal is told, where to go back to."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.html import strip_tags
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic.base import View

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.accounts.roles import PERMISSIONS

_Rest = ParamSpec("_Rest")

HOME = "/mesa/"


class StaffRequest(HttpRequest):
    """A request that a staff page has let in: its user is a person of the office."""

    user: User


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks, and so wants a fragment. False for its whole-page history requests."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def staff_page(
    permission: Permission | None = None,
) -> Callable[
    [Callable[Concatenate[StaffRequest, _Rest], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase],
]:
    """Let in the people of the office who hold `permission`, and tell refusals.

    Anonymous people go to sign in and come back; without the permission they see whom to ask.
    `ActionRefused` out of a POST becomes a message on the page they came from.
    """

    def decorate(
        view: Callable[Concatenate[StaffRequest, _Rest], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponseBase:
            return _let_in(request, permission, lambda staff: view(staff, *args, **kwargs))

        return page

    return decorate


class StaffPage(View):
    """The same for class-based views: `class EventList(StaffPage, ListView)`."""

    permission: Permission | None = None

    @property
    def person(self) -> User:
        """Who asks: after `dispatch` it is always a person of the office."""
        return cast("StaffRequest", self.request).user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in, then go on as Django does."""
        return _let_in(
            request,
            self.permission,
            lambda staff: super(StaffPage, self).dispatch(staff, *args, **kwargs),
        )


def _let_in(
    request: HttpRequest,
    permission: Permission | None,
    view: Callable[[StaffRequest], HttpResponseBase],
) -> HttpResponseBase:
    user = request.user
    if not isinstance(user, User):
        return to_sign_in(request)
    if permission is not None and not user.may(permission):
        raise PermissionDenied(whom_to_ask(permission))
    try:
        # HttpRequest carries the user already; only the type is narrower.
        return view(request)  # type: ignore[arg-type]  # the user was checked two lines above
    except ActionRefused as refusal:
        if request.method == "POST":
            return refused(request, refusal)
        if isinstance(refusal, NotAllowed):
            raise PermissionDenied(str(refusal)) from refusal
        return render(request, "409.html", {"exception": str(refusal)}, status=HTTPStatus.CONFLICT)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send an anonymous person to sign in; htmx is told to change the whole page, unless something typed is on it."""
    if is_htmx(request) and request.method == "POST":
        # A text that saves itself: leaving the page would lose what its writer sees there.
        ended = _("Your session ended and this was not saved. Copy what you wrote, sign in again and paste it.")
        return refused(request, ActionRefused(ended))
    if is_htmx(request):
        there = redirect_to_login(urlsplit(request.headers.get("HX-Current-URL", HOME)).path).url
        return HttpResponse(status=HTTPStatus.OK, headers={"HX-Redirect": there})
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    if typed := typed_words(request.POST):
        return render(request, "session_ended.html", {"typed": typed, "home": HOME}, status=HTTPStatus.UNAUTHORIZED)
    # The address may answer nothing to a GET: begin again at the desk.
    return redirect_to_login(HOME)


def typed_words(posted: QueryDict) -> list[str]:
    """What a person wrote in a form, without keys, choices and numbers: whatever holds a space."""
    return [
        strip_tags(value.replace("</p>", "</p>\n")).strip()
        for name, values in posted.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and " " in value.strip()
    ]


def whom_to_ask(permission: Permission) -> str:
    """One sentence: which roles may do it, so that the person knows whom to ask."""
    roles = ", ".join(str(role.label) for role, held in PERMISSIONS.items() if permission in held)
    if not roles:
        return _("No role may open this page. Ask the administrator of the system.")
    return _("Your role does not open this page. It is open to: %(roles)s.") % {"roles": roles}


def refused(request: HttpRequest, refusal: ActionRefused, to: str | None = None) -> HttpResponse:
    """Tell why a verb said no: a message, and the page they came from.

    An htmx request gets the message alone, put among the messages, and nothing else moves.
    """
    messages.error(request, str(refusal))
    if is_htmx(request):
        response = render(request, "components/messages.html", status=HTTPStatus.CONFLICT)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "outerHTML"
        return response
    return back(request, to or request.headers.get("Referer") or HOME)


def back(request: HttpRequest, to: str) -> HttpResponseRedirect:
    """Redirect to the form's `next` when it is an address of ours, else to `to`.

    `to` may be an address or the name of one.
    """
    asked = request.POST.get("next", "")
    for candidate in (asked, resolve_url(to)):
        if candidate and url_has_allowed_host_and_scheme(
            candidate, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return HttpResponseRedirect(candidate)
    return HttpResponseRedirect(HOME)
