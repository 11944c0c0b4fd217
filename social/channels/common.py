"""What both networks' channels share: which account, what it may not say aloud, and a text cut to measure."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from commsoffice.accounts.queries import system_user
from commsoffice.outbox.channels.base import CredentialsExpired, Refused
from commsoffice.outbox.models import Delivery
from social.actions import expire
from social.enums import Network, ProfileState
from social.models import Profile

_MASK = "•••"
# Tokens as the networks write them, wherever an address or an error repeats them.
_TOKEN = re.compile(r"(access_token|refresh_token|client_secret|upload_id)=[^&\s'\")]+|\b(?:EAA\w*|ya29\.|1//)[\w.-]+")
_ANSWER_LENGTH = 500


def account_of(delivery: Delivery, network: Network) -> Profile:
    """The account that a delivery leaves from. Raises Refused or CredentialsExpired; nothing was sent."""
    profile = Profile.objects.filter(key=delivery.account, network=network).first()
    if profile is None:
        raise Refused(_("The account %(key)s does not exist any more.") % {"key": delivery.account})
    if profile.state != ProfileState.CONNECTED or not profile.credentials:
        raise CredentialsExpired(_("%(account)s must be connected again.") % {"account": profile.name})
    return profile


def mark_expired(profile: Profile) -> bool:
    """Write down that the network no longer takes the account's credentials.

    Nothing, and False, where somebody connected it again since ``profile`` was read: the new ones are not meant.
    """
    if Profile.objects.get(pk=profile.pk).credentials != profile.credentials:
        return False
    expire(profile, by=system_user(), now=timezone.now())
    return True


def said(words: object, secrets: Iterable[Any] = ()) -> str:
    """What the other side said, short and without any secret."""
    text = str(words)
    for secret in secrets:
        if secret:
            text = text.replace(str(secret), _MASK)
    return _TOKEN.sub(lambda match: f"{match[1]}={_MASK}" if match[1] else _MASK, text)[:_ANSWER_LENGTH]


def broke(error: Exception) -> str:
    """What happened to the connection, in words; the error's own name stays for whoever repairs it."""
    name = type(error).__name__
    words = _("no answer came in time") if "Timeout" in name else _("the call was cut short")
    return f"{words} ({name})"


def moment_of(date: str) -> datetime | None:
    """The hour in the head of an answer, by the network's own clock: nobody here can set that one."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def missing_for(progress: Mapping[str, Any], now: datetime | None, keep: Callable[..., None]) -> timedelta:
    """How long it has been missing there, by the network's own clock; the first look begins it."""
    if now is None:
        return timedelta(-1)
    since = parse_datetime(str(progress.get("missing_since", "")))
    if since is None:
        keep(missing_since=now.isoformat())
    return now - (since or now)


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words and marked with «…»."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    head, space, _tail = short.rpartition(" ")
    return f"{(head if space else short).rstrip(' ,;:.')}…"
