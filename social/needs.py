"""What waits for a person, for the first screen."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb
from social.enums import ProfileState
from social.permissions import may_manage
from social.queries import profiles


def to_connect(user: User, now: datetime) -> list[Need]:
    """Accounts whose credentials died: nothing leaves by them until someone connects them again."""
    if not may_manage(user):
        return []
    return [
        Need(
            StateKind.LATE,
            str(profile.get_state_display()),
            str(profile),
            _("Nothing leaves by this account until it is connected again."),
            Verb(_("Connect"), reverse("social:profile", args=[profile.pk]), primary=True),
            order=15,
        )
        for profile in profiles().filter(state=ProfileState.EXPIRED)
    ]
