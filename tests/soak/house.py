"""The office of the soak: its accounts, its files, and an empty ledger for each run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.channels.base import BadPayload
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import Purpose
from commsoffice.sandbox import seed as network
from social.channels.youtube_client import CHUNK
from social.models import Profile
from tests.sandbox.conftest import mp4, png
from tests.soak.point import Story
from tests.soak.scenario import ALLOWED, CHANNEL, PAGES, Parcel
from tests.social.factories import ChannelFactory, PageFactory, attachment

_TABLES = (
    "outbox_attempt",
    "outbox_delivery",
    "outbox_message",
    "outbox_accountstop",
    "outbox_pause",
    "social_quotause",
    "social_journey",
    # What the judge counts of a person's verbs.
    "audit_entry",
)
# Longer than all that can go wrong before; with a pause, longer than it takes to pull everything back.
_SCHEDULED_IN = timedelta(hours=8)
_SCHEDULED_IN_A_CRISIS = timedelta(days=3)

DIRECTOR, WRITER, COMMUNITY = "direccion@oficina.example", "redaccion@oficina.example", "redes@oficina.example"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the office, kept beside the ledger: what to look for outside."""

    key: str
    channel: str
    # The number of the page or channel, or the address.
    place: str
    words: str
    pictures: int = 0
    # Its digest.
    video: str = ""
    # Unix seconds.
    publish_at: float | None = None
    # Of those who go on speaking in a crisis.
    is_allowed: bool = False


class House:
    """Accounts and files, made once; the ledger is empty for each run."""

    def __init__(self) -> None:
        self._connect()
        for address, role in ((DIRECTOR, Role.DIRECTOR), (WRITER, Role.WRITER), (COMMUNITY, Role.COMMUNITY_MANAGER)):
            User.objects.create_user(address, None, roles=[role], name=str(role.label))
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
        found = {"mail", "big mail", "many mails", "post", "photo", "photos", "video", "long video", "release"}
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
        self._connect()

    def _connect(self) -> None:
        Profile.objects.filter(key__in=(*PAGES, CHANNEL)).delete()
        PageFactory.create(key=PAGES[0])
        PageFactory.create(
            key=PAGES[1],
            name=network.PAGE_PROTECTION_NAME,
            external_id=network.PAGE_PROTECTION_ID,
            credentials={"access_token": network.PAGE_PROTECTION_TOKEN},
        )
        ChannelFactory.create(key=CHANNEL)

    def queue(self, parcel: Parcel, seed: int, story: Story, now: datetime) -> list[Asked]:
        """Put a parcel into the ledger; what is to be looked for outside."""
        tag = parcel.tag
        recipients = {
            "email": [Recipient(address=address(seed, n, tag)) for n in range(parcel.number)],
            "facebook": [Recipient(address=key, account=key) for key in PAGES[: parcel.number]],
            "youtube": [Recipient(address=CHANNEL, account=CHANNEL)],
        }[parcel.channel]
        payload = self._payload(parcel.content, mark(seed, tag))
        ahead = _SCHEDULED_IN_A_CRISIS if story == Story.CRISIS else _SCHEDULED_IN
        publish_at = now + ahead if parcel.content.startswith("scheduled") else None
        deliveries = enqueue(
            purpose=Purpose.RELEASE,
            channel=parcel.channel,
            payload=payload,
            recipients=recipients,
            subject=self._area,
            subject_version=f"{tag[:6]} {parcel.content}",
            area=parcel.area,
            by=system_user(),
            now=now,
            publish_at=publish_at,
            expires_at=now + timedelta(hours=parcel.lasts) if parcel.lasts else None,
        )
        places = dict(Profile.objects.values_list("key", "external_id"))
        return [
            Asked(
                key=delivery.key,
                channel=parcel.channel,
                place=places[recipient.account] if recipient.account else recipient.address,
                words=mark(seed, tag),
                pictures=len(payload.get("photos", [])),
                video=(payload.get("video") or {}).get("sha256", ""),
                publish_at=publish_at.timestamp() if publish_at else None,
                is_allowed=parcel.area == ALLOWED,
            )
            for recipient, delivery in zip(recipients, deliveries, strict=True)
        ]

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


def mark(seed: int, tag: str = "") -> str:
    """The words by which a run's things are known outside."""
    return f"Corrida {seed}: alumbrado completo en El Mirador{f' ({tag})' if tag else ''}"


def address(seed: int, number: int, tag: str = "") -> str:
    """The address of one of a run's recipients."""
    return f"redaccion{number}{tag}.{seed}@medio{number}.example"
