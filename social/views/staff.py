"""Our accounts: which there are, in which state, and who answers for each."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.outbox.models import AccountStop
from commsoffice.ui.views import StaffRequest, staff_page
from social import actions, queries
from social.actions import checking, journeys
from social.forms import ConnectForm, ProfileForm
from social.models import Profile
from social.permissions import may_connect, may_manage
from social.quota import Use


@dataclass(frozen=True, slots=True)
class Shown:
    """An account as one person sees it."""

    profile: Profile
    user: User
    now: datetime
    stop: AccountStop | None
    quota: list[Use]

    @property
    def may_connect(self) -> bool:
        """Whether this person connects it."""
        return self.profile.can_connect and may_connect(self.user, self.profile)

    @property
    def ends_soon(self) -> bool:
        """Whether its permission ends within days."""
        return queries.ends_soon(self.profile, self.now)


@require_GET
@staff_page(Permission.SOCIAL_VIEW)
def profiles(request: StaffRequest) -> HttpResponse:
    """All accounts."""
    now = timezone.now()
    stops, used = queries.stops(now), queries.used_today(now)
    shown = [
        Shown(profile, request.user, now, queries.stop_of(profile, stops), used.get(profile.pk, []))
        for profile in queries.profiles()
    ]
    return render(request, "social/profiles.html", {"shown": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SOCIAL_VIEW)
def profile_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One account; connecting it by hand, where nobody can be sent to the network."""
    profile = get_object_or_404(queries.profiles(), pk=pk)
    now = timezone.now()
    login = journeys.LOGINS.get(profile.network)
    missing = login.missing_settings if login else []
    form = ConnectForm(profile, request.POST or None)
    if request.method == "POST":
        if not may_connect(request.user, profile):
            raise NotAllowed
        if form.is_valid():
            try:
                actions.connect(
                    profile,
                    external_id=form.cleaned_data["external_id"],
                    credentials=form.credentials,
                    replaces=form.cleaned_data.get("replaces", False),
                    by=request.user,
                    now=now,
                )
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Connected. What waited for this account leaves within minutes."))
                return redirect("social:profile", pk=pk)
    context = {
        "shown": Shown(
            profile,
            request.user,
            now,
            queries.stop_of(profile, queries.stops(now)),
            queries.used_today(now).get(pk, []),
        ),
        "profile": profile,
        "form": form,
        "network": login.label if login else "",
        "missing": missing,
        "return_address": journeys.return_address(profile.network) if login else "",
        "may_manage": may_manage(request.user),
        "waiting": queries.waiting_count(profile),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "social/profile.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SOCIAL_MANAGE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Its name, who answers for it, and how it is used."""
    profile = get_object_or_404(queries.profiles(), pk=pk)
    form = ProfileForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        actions.save(profile, changed=form.changed_data, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("social:profile", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"profile": profile, "form": form, "name": Profile.objects.values_list("name", flat=True).get(pk=pk)}
    return render(request, "social/edit.html", context, status=status)


@require_POST
@staff_page(Permission.SOCIAL_VIEW)
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the network now what the credentials are worth."""
    profile: Profile = get_object_or_404(queries.profiles(), pk=pk)
    if checking.check_now(profile, by=request.user, now=timezone.now()):
        messages.success(request, _("Checked: this is how the account stands."))
    else:
        messages.warning(request, _("The network could not be asked just now. It says nothing about the account."))
    return redirect("social:profile", pk=pk)


@require_POST
@staff_page(Permission.SOCIAL_MANAGE)
def disconnect(request: StaffRequest, pk: int) -> HttpResponse:
    """Throw its credentials away."""
    profile: Profile = get_object_or_404(queries.profiles(), pk=pk)
    actions.disconnect(profile, by=request.user, now=timezone.now())
    messages.success(request, _("Disconnected. From now on it is posted to by hand."))
    if waiting := queries.waiting_count(profile):
        words = ngettext(
            "%(n)s delivery waits, held, until the account is connected again or somebody cancels it.",
            "%(n)s deliveries wait, held, until the account is connected again or somebody cancels them.",
            waiting,
        )
        messages.warning(request, words % {"n": waiting})
    return redirect("social:profile", pk=pk)
