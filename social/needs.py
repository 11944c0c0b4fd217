"""What waits for a person, for the first screen."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.ui.dates import long_datetime
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb
from social.enums import ProfileState
from social.models import Profile
from social.queries import ends_soon, pressing


def to_connect(user: User, now: datetime) -> list[Need]:
    """Accounts whose credentials died, end soon or lack something: for who answers for them and who manages them."""
    if not user.may(Permission.SOCIAL_VIEW):
        return []
    return [_need(profile, now) for profile in pressing(user, now)]


def _need(profile: Profile, now: datetime) -> Need:
    page = reverse("social:profile", args=[profile.pk])
    if profile.state == ProfileState.EXPIRED:
        return Need(
            StateKind.LATE,
            str(profile.get_state_display()),
            str(profile),
            _("Nothing leaves by this account until it is connected again."),
            Verb(_("Connect"), page, primary=True),
            order=15,
        )
    if profile.expires_at is not None and ends_soon(profile, now):
        words = _("The connection with %(account)s ends on %(when)s.")
        text = words % {"account": profile.name, "when": long_datetime(profile.expires_at)}
        return Need(StateKind.DUE, _("Ends soon"), str(profile), text, Verb(_("Connect anew"), page), order=25)
    return Need(
        StateKind.BLOCKED, _("Something is missing"), str(profile), profile.check_note, Verb(_("See"), page), order=25
    )
