"""Connecting an account in the browser: to the network, back with a code, and a choice of pages or channels.

A person who leaves has a row of their own (``Journey``). Its number, signed together with the account and the person,
is the ``state`` that comes back; a secret of the session says that it is the same browser. What the network gives is
kept in the row, encrypted, for ten minutes: it never stands in an address, in a form or in the session.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from social.actions.accounts import CannotConnect, another_words, connect, connected_words
from social.channels.facebook_login import FacebookLogin
from social.channels.google_login import GoogleLogin
from social.channels.login import Login, LoginRefused, Offer
from social.enums import Network
from social.models import Journey, Profile
from social.permissions import may_connect
from social.queries import taken, waiting_count

LIFE = timedelta(minutes=10)
LOGINS: Mapping[str, Login] = {Network.FACEBOOK: FacebookLogin(), Network.YOUTUBE: GoogleLogin()}
_SALT = "social.journey"


class JourneyLost(ActionRefused):
    """What came back belongs to nobody who left, or to somebody else, or it came too late."""

    default = _("This answer belongs to no connection that you began here. Begin again from the account's page.")


class NothingGiven(ActionRefused):
    """The network gave nothing to choose from; the sentence is its reason."""


def begin(profile: Profile, *, browser: str, by: User, now: datetime) -> str:
    """Send a person on the way: return the address of the network's page. ``browser`` is a secret of the session."""
    login = LOGINS.get(profile.network)
    if login is None or login.missing_settings:
        raise CannotConnect
    if not may_connect(by, profile):
        raise NotAllowed
    forget(now)
    verifier = secrets.token_urlsafe(48)
    journey = Journey.objects.create(
        profile=profile, user=by, browser=_digest(browser), secrets={"verifier": verifier}, began_at=now
    )
    state = signing.dumps([str(journey.pk), profile.pk, by.pk], salt=_SALT)
    return login.address(state=state, back=return_address(profile.network), verifier=verifier)


def arrive(state: str, *, network: str, browser: str, by: User, now: datetime) -> Journey:
    """Take an answer of the network's, once. Raises JourneyLost."""
    try:
        number, profile_id, user_id = signing.loads(state, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise JourneyLost from None
    with transaction.atomic():
        journey = _locked(number)
        if journey is None or journey.began_at <= now - LIFE:
            raise JourneyLost(_("More than ten minutes passed. Nothing was connected; begin again."))
        same = (journey.profile_id, journey.user_id, journey.profile.network) == (profile_id, user_id, network)
        if not same or user_id != by.pk or not secrets.compare_digest(journey.browser, _digest(browser)):
            raise JourneyLost
        if journey.returned_at is not None:
            raise JourneyLost(_("This answer was already used. Begin again from the account's page."))
        journey.returned_at = now
        journey.save(update_fields=["returned_at"])
    return journey


def unpack(journey: Journey, *, code: str) -> list[Offer]:
    """Exchange the code and keep what it gives, for the person to choose from. Raises NothingGiven."""
    network = journey.profile.network
    verifier = str(journey.secrets.get("verifier", ""))
    try:
        # No transaction is open while the network is asked.
        offers = LOGINS[network].offers(code=code, back=return_address(network), verifier=verifier)
    except LoginRefused as refusal:
        journey.delete()
        raise NothingGiven(str(refusal)) from None
    if not offers:
        journey.delete()
        if network == Network.FACEBOOK:
            raise NothingGiven(_("Facebook named no page: tick the pages that the office may publish on."))
        raise NothingGiven(_("This Google account has no channel on YouTube. Choose the account that has it."))
    journey.secrets = {"offers": [asdict(offer) for offer in offers]}
    journey.save(update_fields=["secrets"])
    return offers


def waiting_choice(profile: Profile, *, browser: str, by: User, now: datetime) -> Journey:
    """Return the journey from which this person has yet to choose, in this browser. Raises JourneyLost."""
    back = Journey.objects.filter(profile=profile, user=by, browser=_digest(browser), returned_at__isnull=False)
    journey = back.filter(began_at__gt=now - LIFE).order_by("-began_at").first()
    if journey is None or not journey.secrets.get("offers"):
        raise JourneyLost(_("There is nothing to choose from any more: it is kept for ten minutes. Begin again."))
    return journey


def offers_of(journey: Journey) -> list[Offer]:
    """What may be chosen."""
    return [Offer(**row) for row in journey.secrets.get("offers", [])]


@dataclass(frozen=True, slots=True)
class Choice:
    """A page or channel as the person sees it. ``why_not``: it can't be chosen, and why."""

    external_id: str
    name: str
    why_not: str
    # It is what the account was until now; or it isn't, and the account was another.
    is_same: bool
    is_other: bool


def choices_of(journey: Journey) -> list[Choice]:
    """What the network named, with everything that speaks against each; what the account was until now comes first."""
    profile = journey.profile
    elsewhere, waiting = taken(profile), waiting_count(profile)
    choices = []
    for offer in offers_of(journey):
        is_same = offer.external_id == profile.external_id
        is_other = bool(profile.external_id) and not is_same
        why_not = offer.why_not
        if not why_not and offer.external_id in elsewhere:
            why_not = connected_words(elsewhere[offer.external_id])
        if not why_not and is_other and waiting:
            why_not = another_words(waiting)
        choices.append(Choice(offer.external_id, offer.name, why_not, is_same, is_other))
    return sorted(choices, key=lambda choice: (not choice.is_same, bool(choice.why_not), choice.name))


def choose(journey: Journey, *, external_id: str, replaces: bool, by: User, now: datetime) -> Profile:
    """Connect the account with what the person chose, and drop the rest. ``replaces`` as in ``connect``."""
    with transaction.atomic():
        locked = _locked(str(journey.pk))
        if locked is None:
            raise JourneyLost
        offer = next((offer for offer in offers_of(locked) if offer.external_id == external_id), None)
        if offer is None:
            raise ActionRefused(_("Choose one of those that the network named."))
        if offer.why_not:
            raise ActionRefused(offer.why_not)
        profile = connect(
            locked.profile,
            external_id=offer.external_id,
            credentials=offer.credentials,
            replaces=replaces,
            by=by,
            now=now,
        )
        Journey.objects.filter(profile=profile, user=by).delete()
    return profile


def give_up(journey: Journey) -> None:
    """The person said no, or goes back: nothing of it stays."""
    journey.delete()


def forget(now: datetime) -> int:
    """Drop what is older than ten minutes, tokens and all; return how many journeys that were."""
    return Journey.objects.filter(began_at__lte=now - LIFE).delete()[0]


def return_address(network: str) -> str:
    """Where the network sends people back to: an address that the office has registered there."""
    return settings.SITE_URL + reverse(f"social:{network}_return")


def _locked(number: str) -> Journey | None:
    try:
        return (
            Journey.objects.select_for_update(of=("self",)).select_related("profile", "user").filter(pk=number).first()
        )
    except ValidationError:
        # Signed by us, and no number of a journey: an older form of it.
        return None


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
