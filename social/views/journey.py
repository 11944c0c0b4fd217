"""Connecting an account in the browser: out to the network, back with its answer, and the choice."""

import secrets
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused
from commsoffice.ui.views import StaffRequest, staff_page
from social import queries
from social.actions import journeys
from social.forms import ChoiceForm

_BROWSER = "social_browser"
_DENIED = frozenset({"access_denied", "user_denied"})


@require_GET
@never_cache
@staff_page(Permission.SOCIAL_VIEW)
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """Go to the network. A link and not a form: the policy of our pages lets no form lead away from them."""
    profile = get_object_or_404(queries.profiles(), pk=pk)
    browser = request.session.setdefault(_BROWSER, secrets.token_urlsafe(32))
    response = redirect(journeys.begin(profile, browser=browser, by=request.user, now=timezone.now()))
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
@never_cache
def come_back(request: HttpRequest, network: str) -> HttpResponseBase:
    """Take the network's answer. It always leads on at once: the address with its code is no page to stay on."""
    if not request.user.is_authenticated:
        # The code doesn't travel on to the page for signing in.
        return redirect_to_login(reverse("social:list"))
    response = _take_answer(request, network)
    response["Referrer-Policy"] = "no-referrer"
    if response.has_header("Location"):
        # Facebook ends its address in «#_=_», which browsers carry on to the next page unless that has its own.
        response["Location"] += "#"
    return response


@staff_page(Permission.SOCIAL_VIEW)
def _take_answer(request: StaffRequest, network: str) -> HttpResponse:
    label = journeys.LOGINS[network].label
    try:
        journey = journeys.arrive(
            request.GET.get("state", ""),
            network=network,
            browser=request.session.get(_BROWSER, ""),
            by=request.user,
            now=timezone.now(),
        )
    except journeys.JourneyLost as refusal:
        messages.warning(request, str(refusal))
        return redirect("social:list")
    code, error = request.GET.get("code", ""), request.GET.get("error", "")
    if error or not code:
        journeys.give_up(journey)
        if error in _DENIED:
            messages.info(request, _("You said no at %(network)s: nothing changed.") % {"network": label})
        else:
            words = _("%(network)s gave no answer that can be used. Nothing was connected; begin again.")
            messages.warning(request, words % {"network": label})
        return redirect("social:profile", pk=journey.profile_id)
    try:
        journeys.unpack(journey, code=code)
    except journeys.NothingGiven as refusal:
        messages.warning(request, str(refusal))
        return redirect("social:profile", pk=journey.profile_id)
    return redirect("social:choose", pk=journey.profile_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff_page(Permission.SOCIAL_VIEW)
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Which of the pages or channels it is."""
    profile = get_object_or_404(queries.profiles(), pk=pk)
    browser, now = request.session.get(_BROWSER, ""), timezone.now()
    try:
        journey = journeys.waiting_choice(profile, browser=browser, by=request.user, now=now)
    except journeys.JourneyLost as refusal:
        messages.warning(request, str(refusal))
        return redirect("social:profile", pk=pk)
    refusal_words = ""
    if request.method == "POST":
        form = ChoiceForm(request.POST)
        if form.is_valid():
            try:
                journeys.choose(
                    journey,
                    external_id=form.cleaned_data["external_id"],
                    replaces=form.cleaned_data["replaces"],
                    by=request.user,
                    now=now,
                )
            except ActionRefused as refusal:
                refusal_words = str(refusal)
            else:
                messages.success(request, _("Connected. What waited for this account leaves within minutes."))
                return redirect("social:profile", pk=pk)
        else:
            refusal_words = _("Choose one of those that the network named.")
    choices = journeys.choices_of(journey)
    context = {
        "profile": profile,
        "choices": choices,
        "chosen": request.POST.get("external_id") or next((c.external_id for c in choices if not c.why_not), ""),
        "can_choose": any(not choice.why_not for choice in choices),
        "has_other": any(choice.is_other and not choice.why_not for choice in choices),
        "refusal": refusal_words,
        "network": journeys.LOGINS[profile.network].label,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal_words else HTTPStatus.OK
    return render(request, "social/choose.html", context, status=status)
