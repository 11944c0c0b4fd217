"""Google's side of connecting a channel: the consent with PKCE, the code, the channels, and what a token is worth.

Only the refresh token is kept: without one the account would stop after an hour, so none is connected without it.
Whatever is secret goes in a body or a header, never in an address.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from social import quota
from social.channels.common import broke, said
from social.channels.login import (
    TIMEOUTS,
    Health,
    Login,
    LoginRefused,
    NotChecked,
    Offer,
    no_answer,
    not_accepted,
)
from social.channels.youtube_errors import Meaning, read
from social.models import Profile

_YOUTUBE = "https://www.googleapis.com/auth/youtube"
# What the office asks for: to upload, and to look after what it uploaded (hour, thumbnail, privacy).
_ASKED = (f"{_YOUTUBE}.upload", _YOUTUBE)
# Each line is enough by any of its scopes.
_NEEDED = (
    (gettext_lazy("upload videos"), frozenset({f"{_YOUTUBE}.upload", _YOUTUBE, f"{_YOUTUBE}.force-ssl"})),
    (gettext_lazy("look after the videos of the channel"), frozenset({_YOUTUBE, f"{_YOUTUBE}.force-ssl"})),
)
# Answers of the token endpoint that speak of the application, not of the account.
_ABOUT_THE_APP = frozenset({"invalid_client", "unauthorized_client", "deleted_client"})
_SERVER_ERROR = 500


class _TokenRefused(Exception):
    """The token endpoint said no: «invalid_grant»."""


class GoogleLogin(Login):
    """Google's OAuth for web applications."""

    label: ClassVar[str] = "Google"
    needs: ClassVar[tuple[str, ...]] = ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")

    def address(self, *, state: str, back: str, verifier: str) -> str:
        """The consent page. Consent is asked for again each time: only then Google gives a refresh token again."""
        query = {
            "client_id": settings.GOOGLE_CLIENT_ID,
            "redirect_uri": back,
            "response_type": "code",
            "scope": " ".join(_ASKED),
            "state": state,
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{settings.GOOGLE_AUTH_URL}?{urlencode(query)}"

    def offers(self, *, code: str, back: str, verifier: str) -> list[Offer]:
        """The channel that the person chose at Google. Raises LoginRefused."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        try:
            answer = _token(form, settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET)
            if not answer.get("refresh_token"):
                raise LoginRefused(
                    _(
                        "Google gave no permission that lasts, so the account would stop within the hour. "
                        "Nothing was connected; begin again, and accept everything that Google asks."
                    )
                )
            why_not = _why_not(_missing(answer))
            channels = [] if why_not else _channels(str(answer["access_token"]), settings.GOOGLE_CLIENT_ID)
        except _TokenRefused as refusal:
            raise LoginRefused(not_accepted(self.label, str(refusal))) from None
        except NotChecked:
            raise LoginRefused(no_answer(self.label)) from None
        except _ChannelsRefused as refusal:
            raise LoginRefused(not_accepted("YouTube", str(refusal))) from None
        if why_not:
            raise LoginRefused(why_not)
        credentials = {"refresh_token": str(answer["refresh_token"])}
        return [Offer(str(row["id"]), str(row["snippet"]["title"]), credentials) for row in channels]

    def check(self, profile: Profile, *, now: datetime) -> Health:
        """Refresh, look at the permissions, and find the channel. Raises NotChecked."""
        stored = profile.credentials
        client = stored.get("client_id") or settings.GOOGLE_CLIENT_ID
        secret = stored.get("client_secret") or settings.GOOGLE_CLIENT_SECRET
        form = {"grant_type": "refresh_token", "refresh_token": str(stored.get("refresh_token", ""))}
        try:
            answer = _token(form, client, secret)
        except _TokenRefused as refusal:
            if str(refusal) in _ABOUT_THE_APP:
                return Health(is_alive=True, note=_("Google does not take the application's id and secret."))
            return Health(is_alive=False, note=_("Google no longer takes the permission (%(why)s).") % {"why": refusal})
        left = answer.get("refresh_token_expires_in")
        # Said only where the permission has an end at all, and not every time.
        expires_at = now + timedelta(seconds=left) if isinstance(left, int) and left > 0 else profile.expires_at
        missing = _missing(answer)
        if missing:
            note = _("Missing permission: %(what)s.") % {"what": ", ".join(missing)}
            return Health(is_alive=True, note=note, expires_at=expires_at)
        try:
            channels = _channels(str(answer["access_token"]), client)
        except _ChannelsRefused as refusal:
            note = _("YouTube does not let the channel be read (%(why)s).") % {"why": refusal}
            return Health(is_alive=not refusal.is_dead, note=note, expires_at=expires_at)
        if profile.external_id not in {row["id"] for row in channels}:
            note = _("The permission is not for this channel: connect the account again.")
            return Health(is_alive=True, note=note, expires_at=expires_at)
        return Health(is_alive=True, expires_at=expires_at)


class _ChannelsRefused(Exception):
    """YouTube said no to the list of channels, with its reason."""

    def __init__(self, status: int, content: bytes) -> None:
        refusal = read(status, content)
        self.is_dead = refusal.meaning == Meaning.EXPIRED
        super().__init__(said(refusal.words.partition(":")[0]))


def _token(form: Mapping[str, str], client_id: str, client_secret: str) -> dict[str, Any]:
    """Ask the token endpoint. Raises _TokenRefused and NotChecked."""
    data = {**form, "client_id": client_id, "client_secret": client_secret}
    status, content = _call("POST", settings.GOOGLE_TOKEN_URL, data=data)
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or status >= _SERVER_ERROR:
        raise NotChecked(f"HTTP {status}")
    if status != HTTPStatus.OK or not answer.get("access_token"):
        raise _TokenRefused(said(answer.get("error") or f"HTTP {status}"))
    return answer


def _channels(access_token: str, project: str) -> list[dict[str, Any]]:
    """The channels of a token; counted as ``project``'s. Raises _ChannelsRefused and NotChecked."""
    try:
        quota.spend(project, "channels.list", timezone.now())
    except quota.QuotaSpent as spent:
        raise NotChecked(str(spent.label)) from None
    query = urlencode({"part": "id,snippet", "mine": "true", "maxResults": 50})
    address = f"{settings.YOUTUBE_ROOT_URL}youtube/v3/channels?{query}"
    status, content = _call("GET", address, headers={"Authorization": f"Bearer {access_token}"})
    if status != HTTPStatus.OK:
        refusal = _ChannelsRefused(status, content)
        if status >= _SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotChecked(str(refusal))
        raise refusal
    items: list[dict[str, Any]] = json.loads(content).get("items", [])
    return items


def _call(method: str, address: str, **arguments: Any) -> tuple[int, bytes]:
    try:
        response = requests.request(method, address, timeout=TIMEOUTS, allow_redirects=False, **arguments)
    except requests.RequestException as error:
        raise NotChecked(broke(error)) from None
    return response.status_code, response.content


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _missing(answer: Mapping[str, Any]) -> list[str]:
    granted = set(str(answer.get("scope", "")).split())
    return [str(words) for words, scopes in _NEEDED if not scopes & granted]


def _why_not(missing: list[str]) -> str:
    if not missing:
        return ""
    words = _("You did not give the permission to %(what)s. Begin again and leave it ticked.")
    return words % {"what": ", ".join(missing)}
