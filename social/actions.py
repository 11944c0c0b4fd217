"""What happens to our accounts."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from social.enums import Network, ProfileState
from social.models import Profile
from social.permissions import may_manage

# Its key and network are for ever: releases and deliveries speak of it by them.
EDITABLE = frozenset({"kind", "name", "owner", "backup", "daily_cap", "is_default"})
# What each network needs before anything can be posted there.
NEEDED = {
    Network.FACEBOOK: ("access_token",),
    Network.YOUTUBE: ("refresh_token", "client_id", "client_secret"),
}


class CannotConnect(ActionRefused):
    """The network is posted to by hand, or something is missing."""

    default = _("This network is posted to by hand; there is nothing to connect.")


def save(profile: Profile, *, changed: Collection[str], by: User, now: datetime) -> None:
    """Write what the page of an account holds, ``changed`` and nothing else: secrets and state have their own verbs."""
    with transaction.atomic():
        if not may_manage(by):
            raise NotAllowed
        profile.save(update_fields=set(changed) & EDITABLE if profile.pk else None)
        record(profile, "social.save", by=by, now=now, changes={"fields": [[], sorted(changed)]})


def connect(profile: Profile, *, external_id: str, credentials: dict[str, Any], by: User, now: datetime) -> Profile:
    """Keep the credentials, encrypted, and let the worker post. The audit says that it was done, never with what."""
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=profile.pk)
        if not may_manage(by):
            raise NotAllowed
        needed = NEEDED.get(Network(profile.network))
        if needed is None:
            raise CannotConnect
        if not external_id or not all(credentials.get(name) for name in needed):
            raise CannotConnect(_("Fill in every field: without them the network lets nobody post."))
        was = profile.state
        profile.external_id = external_id
        profile.credentials = {name: credentials[name] for name in needed}
        profile.state = ProfileState.CONNECTED
        profile.save(update_fields=["external_id", "credentials", "state"])
        record(profile, "social.connect", by=by, now=now, changes={"state": [was, profile.state]})
    return profile


def disconnect(profile: Profile, *, by: User, now: datetime) -> Profile:
    """Throw the credentials away; from now on people post there by hand."""
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=profile.pk)
        if not may_manage(by):
            raise NotAllowed
        was = profile.state
        profile.credentials, profile.state = {}, ProfileState.MANUAL
        profile.save(update_fields=["credentials", "state"])
        record(profile, "social.disconnect", by=by, now=now, changes={"state": [was, profile.state]})
    return profile


def expire(profile: Profile, *, by: User, now: datetime) -> Profile:
    """The network says that the credentials are dead: whoever answers for the account must connect it again."""
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=profile.pk)
        if not may_manage(by):
            raise NotAllowed
        if profile.state == ProfileState.CONNECTED:
            profile.state = ProfileState.EXPIRED
            profile.save(update_fields=["state"])
            changes = {"state": [str(ProfileState.CONNECTED), profile.state]}
            record(profile, "social.expire", by=by, now=now, changes=changes)
    return profile
