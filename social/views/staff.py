"""Our accounts: which there are, in which state, and who answers for each."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commsoffice.accounts.enums import Permission
from commsoffice.ui.views import StaffRequest, staff_page
from social import actions, queries
from social.forms import ConnectForm
from social.models import Profile
from social.permissions import may_manage


@require_GET
@staff_page(Permission.SOCIAL_VIEW)
def profiles(request: StaffRequest) -> HttpResponse:
    """All accounts."""
    context = {"profiles": list(queries.profiles()), "may_manage": may_manage(request.user)}
    return render(request, "social/profiles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SOCIAL_MANAGE)
def profile_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One account; connecting it."""
    profile = get_object_or_404(queries.profiles(), pk=pk)
    form = ConnectForm(profile, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.connect(
            profile,
            external_id=form.cleaned_data["external_id"],
            credentials=form.credentials,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Connected. What waited for this account leaves within minutes."))
        return redirect("social:list")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "social/profile.html", {"profile": profile, "form": form}, status=status)


@require_POST
@staff_page(Permission.SOCIAL_MANAGE)
def disconnect(request: StaffRequest, pk: int) -> HttpResponse:
    """Throw its credentials away."""
    profile: Profile = get_object_or_404(queries.profiles(), pk=pk)
    actions.disconnect(profile, by=request.user, now=timezone.now())
    messages.success(request, _("Disconnected. From now on it is posted to by hand."))
    return redirect("social:list")
