"""Reads of our accounts. None of them opens credentials, but for the application's id that a quota is counted by."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q, QuerySet

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.accounts.roles import PERMISSIONS
from commsoffice.outbox.channels.base import AccountChoice
from commsoffice.outbox.enums import StopKind
from commsoffice.outbox.models import ALL_ACCOUNTS, AccountStop, Delivery
from social.enums import Network, ProfileState
from social.models import Profile
from social.permissions import may_connect, may_manage
from social.quota import Use, project_of, used_by

# So long before its end a permission waits for a person.
SOON = timedelta(days=7)


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
            url=_page_url(profile),
        )
        for profile in ours
    ]


def _page_url(profile: Profile) -> str:
    sites = {Network.FACEBOOK: settings.FACEBOOK_PAGES_URL, Network.YOUTUBE: settings.YOUTUBE_CHANNELS_URL}
    site = sites.get(Network(profile.network), "")
    return f"{site}{quote(profile.external_id)}/" if site and profile.external_id else ""


def pressing(user: User, now: datetime) -> QuerySet[Profile]:
    """The accounts that this person should connect again: dead, ending within days, or with something missing."""
    ill = Q(state=ProfileState.EXPIRED) | Q(state=ProfileState.CONNECTED) & (
        Q(expires_at__lt=now + SOON) | ~Q(check_note="")
    )
    mine = Q() if may_manage(user) else Q(owner=user) | Q(backup=user)
    return profiles().filter(ill, mine)


def ends_soon(profile: Profile, now: datetime) -> bool:
    """Whether its permission ends within days, as far as the network tells."""
    is_connected = profile.state == ProfileState.CONNECTED
    return is_connected and profile.expires_at is not None and profile.expires_at < now + SOON


def stops(now: datetime) -> dict[tuple[str, str], AccountStop]:
    """What nothing leaves from at this moment, by network and key."""
    standing = AccountStop.objects.standing(now).filter(channel__in=Network.values)
    return {(stop.channel, stop.account): stop for stop in standing}


def stop_of(profile: Profile, standing: Mapping[tuple[str, str], AccountStop]) -> AccountStop | None:
    """What stops an account: its own stop, or that of all accounts of its network."""
    return standing.get((profile.network, profile.key)) or standing.get((profile.network, ALL_ACCOUNTS))


def is_throttled(profile: Profile, now: datetime) -> bool:
    """Whether its network has asked that no call be made."""
    stop = stop_of(profile, stops(now))
    return stop is not None and stop.kind == StopKind.THROTTLED


def is_stopped_as_expired(profile: Profile) -> bool:
    """Whether the ledger holds its deliveries until it is connected again."""
    stop = AccountStop.objects.filter(channel=profile.network, account=profile.key, kind=StopKind.EXPIRED)
    return stop.exists()


def waiting_count(profile: Profile) -> int:
    """How many deliveries of this account are not settled."""
    return Delivery.objects.filter(channel=profile.network, account=profile.key).open().count()


def answerable(profile: Profile) -> list[User]:
    """Who is told of its troubles: who answers for it and who stands in.

    Where none of them may connect it, all who manage the accounts, too.
    """
    named = [person for person in (profile.owner, profile.backup) if person is not None and person.is_active]
    told = list(dict.fromkeys(named))
    if any(may_connect(person, profile) for person in told):
        return told
    roles = [role.value for role, held in PERMISSIONS.items() if Permission.SOCIAL_MANAGE in held]
    managers = User.objects.filter(is_active=True, is_system=False, roles__overlap=roles).order_by("pk")
    return list(dict.fromkeys([*told, *managers]))


def taken(profile: Profile) -> dict[str, str]:
    """The pages or channels of its network that another account has, and which: number there → name here."""
    others = Profile.objects.filter(network=profile.network).exclude(pk=profile.pk).exclude(state=ProfileState.MANUAL)
    return dict(others.exclude(external_id="").values_list("external_id", "name"))


def used_today(now: datetime) -> dict[int, list[Use]]:
    """What each YouTube account's application has used today, by account; two queries."""
    accounts = Profile.objects.filter(network=Network.YOUTUBE).exclude(state=ProfileState.MANUAL)
    projects = {profile.pk: project_of(profile.credentials) for profile in accounts if profile.credentials}
    used = used_by(set(projects.values()), now)
    return {pk: used[project] for pk, project in projects.items()}
