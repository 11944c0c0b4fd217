"""The office of the soak: its accounts, its files, and an empty ledger for each run."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.channels.base import BadPayload
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.sandbox import seed as network
from social.channels.youtube_client import CHUNK
from social.enums import ProfileState
from social.models import Profile
from tests.sandbox.conftest import mp4, png
from tests.soak.scenario import CHANNEL, PAGES, Parcel, Scenario
from tests.social.factories import ChannelFactory, PageFactory, attachment

_TABLES = ("outbox_attempt", "outbox_delivery", "outbox_message", "outbox_accountstop", "social_quotause")
# Longer than all that can go wrong before.
_SCHEDULED_IN = timedelta(hours=8)


class House:
    """Accounts and files, made once; the ledger is empty for each run."""

    def __init__(self) -> None:
        PageFactory.create(key=PAGES[0])
        PageFactory.create(
            key=PAGES[1],
            name=network.PAGE_PROTECTION_NAME,
            external_id=network.PAGE_PROTECTION_ID,
            credentials={"access_token": network.PAGE_PROTECTION_TOKEN},
        )
        ChannelFactory.create(key=CHANNEL)
        self._area, _is_new = Area.objects.get_or_create(
            key="A09", defaults={"name": "Comunicación Social", "kind": "staff"}
        )
        self._photos = [attachment(png(n), f"foto-{n}.png", "image/png", "Luminarias") for n in range(3)]
        self._video = attachment(mp4(300_000), "recorrido.mp4", "video/mp4")
        self._long_video = attachment(mp4(2 * CHUNK + 300_000), "discurso.mp4", "video/mp4")
        self._page_video = attachment(mp4(9_000_000), "pagina.mp4", "video/mp4")
        self._dossier = attachment(bytes(range(256)) * 24_000, "expediente.pdf", "application/pdf")

    def contents(self) -> frozenset[str]:
        """What our channels can carry."""
        found = {"mail", "big mail", "many mails", "post", "photo", "photos", "video", "long video"}
        if channel("facebook").can_schedule:
            found.add("scheduled post")
        if channel("youtube").can_schedule:
            found.add("scheduled video")
        try:
            channel("facebook").check({"message": "", "video": self._page_video})
        except BadPayload:
            return frozenset(found)
        return frozenset(found | {"page video"})

    def empty(self) -> None:
        """Forget all deliveries of the run before, and connect what it disconnected."""
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(_TABLES)} CASCADE")
        Profile.objects.filter(key__in=(*PAGES, CHANNEL)).update(state=ProfileState.CONNECTED)

    def queue(self, scenario: Scenario) -> list[str]:
        """Put a run's parcels into the ledger; their keys."""
        now = timezone.now()
        return [delivery.key for parcel in scenario.parcels for delivery in self._queue(parcel, scenario.seed, now)]

    def _queue(self, parcel: Parcel, seed: int, now: datetime) -> list[Delivery]:
        recipients = {
            "email": [Recipient(address=address(seed, n)) for n in range(parcel.number)],
            "facebook": [Recipient(address=key, account=key) for key in PAGES[: parcel.number]],
            "youtube": [Recipient(address=CHANNEL, account=CHANNEL)],
        }[parcel.channel]
        return enqueue(
            purpose=Purpose.RELEASE,
            channel=parcel.channel,
            payload=self._payload(parcel.content, mark(seed)),
            recipients=recipients,
            subject=self._area,
            subject_version=f"{parcel.content}",
            by=system_user(),
            now=now,
            publish_at=now + _SCHEDULED_IN if parcel.content.startswith("scheduled") else None,
        )

    def _payload(self, content: str, words: str) -> dict[str, Any]:
        if "mail" in content:
            files = [self._dossier] if content == "big mail" else []
            return {"subject": words, "text": f"{words}\n\n{'Texto. ' * 400}", "attachments": files}
        videos = {"video": self._video, "scheduled video": self._video, "long video": self._long_video}
        if content in videos:
            return {
                "title": words,
                "description": "Recorrido",
                "tags": [],
                "privacy": "public",
                "video": videos[content],
                "thumbnail": self._photos[0],
            }
        photos = {"photo": self._photos[:1], "photos": self._photos}.get(content, [])
        payload: dict[str, Any] = {"message": words, "link": "", "photos": photos}
        return {**payload, "video": self._page_video} if content == "page video" else payload


def mark(seed: int) -> str:
    """The words by which a run's things are known outside."""
    return f"Corrida {seed}: alumbrado completo en El Mirador"


def address(seed: int, number: int) -> str:
    """The address of one of a run's recipients."""
    return f"redaccion{number}.{seed}@medio{number}.example"
