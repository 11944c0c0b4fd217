"""Reads of our accounts. None of them opens credentials."""

from django.db.models import QuerySet

from commsoffice.outbox.channels.base import AccountChoice
from social.enums import Network, ProfileState
from social.models import Profile


def profiles() -> QuerySet[Profile]:
    """All accounts with who answers for them, without their credentials."""
    return Profile.objects.select_related("owner", "backup").defer("credentials").order_by("key")


def choices(network: Network) -> list[AccountChoice]:
    """Accounts of one network, as the page that plans a release offers them."""
    # An account that is posted to by hand is no choice of the worker's.
    ours = profiles().filter(network=network).exclude(state=ProfileState.MANUAL)
    return [
        AccountChoice(
            key=profile.key,
            label=profile.name,
            network=network.value,
            is_default=profile.is_default,
            is_usable=profile.state == ProfileState.CONNECTED,
            why_not="" if profile.state == ProfileState.CONNECTED else str(profile.get_state_display()),
            schedules=profile.schedules_natively,
        )
        for profile in ours
    ]
