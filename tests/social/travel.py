"""A person who connects an account in the browser, with the consent pages of the simulated network."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from django.http.response import HttpResponseBase
from django.test import Client
from django.utils.html import escape
from django.utils.translation import gettext

from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import AccountStop, Delivery
from social.models import Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now, queue

VIDEO: dict[str, Any] = {
    "title": "Obra",
    "description": "",
    "tags": [],
    "privacy": "public",
    "video": {"name": "x.mp4", "filename": "x.mp4", "content_type": "video/mp4", "size": 1, "sha256": "0", "alt": ""},
}


def leave(client: Client, profile: Profile) -> str:
    """Follow the link of the account's page; return where it leads."""
    return str(client.get(f"/mesa/redes/{profile.pk}/conectar/")["Location"])


def returned(location: str) -> str:
    """The part of an address that is ours, as the browser asks for it."""
    parts = urlsplit(location)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def asked(location: str) -> dict[str, str]:
    """What stands behind the question mark of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def changed(location: str, **changes: str) -> str:
    """The address with something else behind its question mark; an empty value takes it out."""
    query = {name: value for name, value in (asked(location) | changes).items() if value}
    return urlunsplit(urlsplit(location)._replace(query=urlencode(query)))


def travel(client: Client, sandbox: SandboxProcess, profile: Profile, **answers: Any) -> Any:
    """Go there, answer, and come back; return what our page says to the answer."""
    return client.get(returned(sandbox.consent(leave(client, profile), **answers)))


def choose(client: Client, profile: Profile, external_id: str, **more: str) -> Any:
    """Post the choice."""
    return client.post(f"/mesa/redes/{profile.pk}/elegir/", {"external_id": external_id, **more})


def words(client: Client, response: HttpResponseBase) -> str:
    """What the page says to which the answer leads."""
    return client.get(response.headers["Location"].removesuffix("#")).content.decode()


def says(page: str, sentence: str, **values: object) -> bool:
    """Whether the page says this sentence, in the language of the house."""
    return escape(gettext(sentence) % values) in page


def held(profile: Profile) -> Delivery:
    """A delivery that waits for its account."""
    delivery = queue(profile.network, profile, {"message": "Hola"} if profile.network == "facebook" else VIDEO)
    moment = now()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.HELD, reason="…", not_before=moment + timedelta(days=1)
    )
    AccountStop.objects.create(channel=profile.network, account=profile.key, kind="expired", since=moment)
    return delivery
