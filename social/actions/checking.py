"""The daily check: what each account's credentials are worth, before a post finds out.

A network that can't be asked proves nothing, and the account is asked about again at the next round.
"""

import logging
from datetime import datetime, timedelta

from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from social.actions.accounts import note_check
from social.actions.journeys import LOGINS
from social.channels.login import NotChecked
from social.enums import ProfileState
from social.models import Profile
from social.permissions import may_connect
from social.queries import is_throttled

logger = logging.getLogger(__name__)

# A little under a day, so that the hour of the check doesn't wander through the day.
DAY = timedelta(hours=23, minutes=30)


def check_due(*, now: datetime) -> int:
    """Check the connected accounts that nobody asked about for a day; return how many were asked about."""
    due = Profile.objects.filter(state=ProfileState.CONNECTED).exclude(checked_at__gt=now - DAY)
    return sum(check_one(pk, now=now) for pk in due.order_by("pk").values_list("pk", flat=True))


def check_now(profile: Profile, *, by: User, now: datetime) -> bool:
    """A person wants to know now; return whether its network could be asked."""
    if not may_connect(by, profile):
        raise NotAllowed
    return check_one(profile.pk, now=now)


def check_one(profile_id: int, *, now: datetime) -> bool:
    """Check one account; return whether its network could be asked."""
    profile = Profile.objects.filter(pk=profile_id, state=ProfileState.CONNECTED, network__in=LOGINS).first()
    # Calls made while a network is throttling count, too: then nothing is asked.
    if profile is None or is_throttled(profile, now):
        return False
    try:
        health = LOGINS[profile.network].check(profile, now=now)
    except NotChecked as error:
        logger.info("%s could not be checked: %s", profile.key, error)
        return False
    note_check(
        profile,
        note=health.note,
        expires_at=health.expires_at,
        is_alive=health.is_alive,
        by=system_user(),
        now=now,
    )
    return True
