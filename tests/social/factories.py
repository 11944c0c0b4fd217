"""Our accounts on the simulated networks, and deliveries to them."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.sandbox import seed
from social.models import Profile


class PageFactory(factory.django.DjangoModelFactory[Profile]):
    class Meta:
        model = Profile
        django_get_or_create = ("key",)

    key = "R01"
    network = "facebook"
    kind = "institucional"
    name = seed.PAGE_GOVERNMENT_NAME
    external_id = seed.PAGE_GOVERNMENT_ID
    state = "connected"
    credentials = factory.LazyFunction(lambda: {"access_token": seed.PAGE_GOVERNMENT_TOKEN})
    is_default = True


class ChannelFactory(factory.django.DjangoModelFactory[Profile]):
    class Meta:
        model = Profile
        django_get_or_create = ("key",)

    key = "R02"
    network = "youtube"
    kind = "institucional"
    name = seed.CHANNEL_TITLE
    external_id = seed.CHANNEL_ID
    state = "connected"
    credentials = factory.LazyFunction(
        lambda: {
            "refresh_token": seed.GOOGLE_REFRESH_TOKEN,
            "client_id": seed.GOOGLE_CLIENT_ID,
            "client_secret": seed.GOOGLE_CLIENT_SECRET,
        }
    )


def now() -> datetime:
    """The networks live in real time, and so do these deliveries."""
    return datetime.now(UTC)


def attachment(content: bytes, name: str, content_type: str, alt: str = "") -> dict[str, Any]:
    """A file in the storage, as a payload names it."""
    return {
        "name": default_storage.save(f"tests/{name}", ContentFile(content)),
        "filename": name,
        "content_type": content_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "alt": alt,
    }


def queue(channel: str, account: Profile, payload: dict[str, Any], version: str = "v1") -> Delivery:
    """One delivery, waiting."""
    area, _is_new = Area.objects.get_or_create(key="A09", defaults={"name": "Comunicación Social", "kind": "staff"})
    return enqueue(
        purpose=Purpose.RELEASE,
        channel=channel,
        payload=payload,
        recipients=[Recipient(address=account.name, name=account.name, account=account.key)],
        subject=area,
        subject_version=version,
        by=system_user(),
        now=now(),
    )[0]
