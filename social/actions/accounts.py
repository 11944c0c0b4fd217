"""What happens to our accounts."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commsoffice import wake
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.outbox.actions import resume_account
from social import letters, tasks
from social.enums import Network, ProfileState
from social.models import Profile
from social.permissions import may_connect, may_manage
from social.queries import is_stopped_as_expired, waiting_count

# Its key and network are for ever: releases and deliveries speak of it by them.
EDITABLE = frozenset({"kind", "name", "owner", "backup", "daily_cap", "is_default", "schedules_natively"})
# What each network needs before anything can be posted there.
_NEEDED = {
    Network.FACEBOOK: ("access_token",),
    Network.YOUTUBE: ("refresh_token",),
}
# The application's own, kept with the account where it isn't that of the settings.
_OF_THE_APP = {
    Network.YOUTUBE: ("client_id", "client_secret"),
}
_NOTE_LENGTH = 300


class CannotConnect(ActionRefused):
    """The network is posted to by hand, or something is missing."""

    default = gettext_lazy("This network is posted to by hand; there is nothing to connect.")


class AnotherAccount(ActionRefused):
    """It is not the page or channel that this account was until now."""

    default = gettext_lazy("This is another page or channel than until now. Say so if that is what you want.")


def secrets_of(network: Network) -> dict[str, bool]:
    """The secrets that an account of this network keeps, and whether each must be given; none where nobody connects."""
    has_app = bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)
    needed = dict.fromkeys(_NEEDED.get(network, ()), True)
    return needed | dict.fromkeys(_OF_THE_APP.get(network, ()), not has_app)


def save(profile: Profile, *, changed: Collection[str], by: User, now: datetime) -> None:
    """Write what the page of an account holds, ``changed`` and nothing else: secrets and state have their own verbs."""
    with transaction.atomic():
        if not may_manage(by):
            raise NotAllowed
        profile.save(update_fields=set(changed) & EDITABLE if profile.pk else None)
        record(profile, "social.save", by=by, now=now, changes={"fields": [[], sorted(changed)]})


def connect(
    profile: Profile,
    *,
    external_id: str,
    credentials: dict[str, Any],
    replaces: bool = False,
    by: User,
    now: datetime,
) -> Profile:
    """Keep the credentials, encrypted, and let what waited go on. The audit says that it was done, never with what.

    ``replaces``: the person knows that this is another page or channel than the account was until now. Even so it is
    refused while deliveries wait, which were meant for the old one.
    """
    with transaction.atomic():
        # All of the network: two accounts must not take the same page at once.
        of_network = Profile.objects.select_for_update().filter(network=profile.network).order_by("pk")
        others = {row.pk: row for row in of_network}
        profile = others.pop(profile.pk)
        if not may_connect(by, profile):
            raise NotAllowed
        secrets = secrets_of(Network(profile.network))
        if not secrets:
            raise CannotConnect
        if not external_id or not all(credentials.get(name) for name, must_be in secrets.items() if must_be):
            raise CannotConnect(_("Fill in every field: without them the network lets nobody post."))
        _may_be(profile, external_id, others.values(), replaces=replaces)
        was, before = profile.state, profile.external_id
        profile.external_id = external_id
        profile.credentials = {name: credentials[name] for name in secrets if credentials.get(name)}
        profile.state = ProfileState.CONNECTED
        # What the last check saw was said of other credentials.
        profile.checked_at, profile.check_note, profile.expires_at = None, "", None
        profile.save(update_fields=["external_id", "credentials", "state", "checked_at", "check_note", "expires_at"])
        changes = {"state": [was, profile.state]}
        if before != external_id:
            changes["external_id"] = [before, external_id]
        record(profile, "social.connect", by=by, now=now, changes=changes)
        resume_account(profile.network, profile.key, now=now)
        wake.wake(tasks.check, profile_id=profile.pk)
    return profile


def disconnect(profile: Profile, *, by: User, now: datetime) -> Profile:
    """Throw the credentials away; from now on people post there by hand. What waits is held, and says so."""
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=profile.pk)
        if not may_manage(by):
            raise NotAllowed
        was = profile.state
        profile.credentials, profile.state = {}, ProfileState.MANUAL
        profile.check_note, profile.expires_at = "", None
        profile.save(update_fields=["credentials", "state", "check_note", "expires_at"])
        record(profile, "social.disconnect", by=by, now=now, changes={"state": [was, profile.state]})
    return profile


def expire(profile: Profile, *, by: User, now: datetime, why: str = "") -> Profile:
    """The network says that the credentials are dead: whoever answers for the account is told to connect it again.

    ``why``: the network's words, without secrets.
    """
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=profile.pk)
        if not may_manage(by):
            raise NotAllowed
        if profile.state == ProfileState.CONNECTED:
            profile.state = ProfileState.EXPIRED
            profile.check_note, profile.expires_at = why[:_NOTE_LENGTH], None
            profile.save(update_fields=["state", "check_note", "expires_at"])
            changes = {"state": [str(ProfileState.CONNECTED), profile.state]}
            record(profile, "social.expire", by=by, now=now, changes=changes)
            letters.tell_expired(profile, by=by, now=now)
    return profile


def note_check(
    profile: Profile, *, note: str, expires_at: datetime | None, is_alive: bool = True, by: User, now: datetime
) -> Profile:
    """Write down what a check saw. ``profile`` as it was checked: of newer credentials the check says nothing."""
    with transaction.atomic():
        locked = Profile.objects.select_for_update().get(pk=profile.pk)
        if not may_manage(by):
            raise NotAllowed
        if locked.state != ProfileState.CONNECTED or locked.credentials != profile.credentials:
            return locked
        note, before = note[:_NOTE_LENGTH], locked.check_note
        if not is_alive:
            locked = expire(locked, by=by, now=now, why=note)
        elif before != note:
            locked.check_note = note
            record(locked, "social.check", by=by, now=now, changes={"check_note": [before, note]})
        locked.checked_at = now
        locked.expires_at = expires_at if is_alive else None
        locked.save(update_fields=["check_note", "checked_at", "expires_at"])
        if is_alive and is_stopped_as_expired(locked):
            # Something stopped it on the word of older credentials.
            resume_account(locked.network, locked.key, now=now)
    return locked


def _may_be(profile: Profile, external_id: str, others: Collection[Profile], *, replaces: bool) -> None:
    """Raise the refusal of a page that is another account's, or that is not the one for which things wait."""
    for other in others:
        if other.external_id == external_id and other.state != ProfileState.MANUAL:
            raise CannotConnect(connected_words(other.name))
    if not profile.external_id or profile.external_id == external_id:
        return
    if waiting := waiting_count(profile):
        raise AnotherAccount(another_words(waiting))
    if not replaces:
        raise AnotherAccount


def connected_words(account: str) -> str:
    """Why a page can't be connected a second time."""
    return _("It is connected already, as «%(account)s».") % {"account": account}


def another_words(waiting: int) -> str:
    """Why another page can't take the place of this one now."""
    return ngettext(
        "This is another page or channel than until now, and %(n)s delivery waits that was meant for the old one.",
        "This is another page or channel than until now, and %(n)s deliveries wait that were meant for the old one.",
        waiting,
    ) % {"n": waiting}
