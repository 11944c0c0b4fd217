"""Videos on their way to the simulated channel, and what the network says of them."""

from datetime import datetime, timedelta
from typing import Any

from commsoffice.accounts.queries import system_user
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.sandbox import seed
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, attachment, now

CHUNK = 256 * 1024
SIZE = 5 * CHUNK + 1000
PUT = {"method": "^PUT$", "path": "/upload/"}
START = {"method": "^POST$", "path": "/upload/youtube/v3/videos"}
UPDATE = {"method": "^PUT$", "path": "/youtube/youtube/v3/videos"}
LIST = {"method": "^GET$", "path": "/v3/videos"}
THUMBNAIL = {"path": "/thumbnails/set"}
# The chunk that ends the video: so many come before it.
LAST = 5


def video(*, publish_at: datetime | None = None, version: str = "v1", size: int = SIZE, **more: Any) -> Delivery:
    """One video of six chunks, waiting to leave."""
    account = ChannelFactory.create()
    payload = {
        "title": "Entrega de luminarias en El Mirador",
        "description": "La calle ya no está a oscuras.",
        "tags": ["luminarias", "El Mirador"],
        "privacy": "public",
        "video": attachment(mp4(size), "entrega.mp4", "video/mp4"),
        **more,
    }
    return enqueue(
        purpose=Purpose.RELEASE,
        channel="youtube",
        payload=payload,
        recipients=[Recipient(address=account.name, name=account.name, account=account.key)],
        subject=account,
        subject_version=version,
        by=system_user(),
        now=now(),
        publish_at=publish_at,
    )[0]


def in_an_hour() -> datetime:
    """An hour that YouTube can write down: without parts of a second."""
    return now().replace(microsecond=0) + timedelta(hours=1)


def sessions(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    """The upload sessions that the network knows."""
    found: list[dict[str, Any]] = sandbox.state()["youtube"][seed.CHANNEL_ID]["sessions"]
    return found


def opened(sandbox: SandboxProcess) -> int:
    """How many uploads were begun."""
    return sandbox.count("youtube POST /youtube/upload/youtube/v3/videos")


def updates(sandbox: SandboxProcess) -> int:
    """How often something about a video was changed."""
    return sandbox.count("youtube PUT /youtube/youtube/v3/videos")


def calls(sandbox: SandboxProcess) -> int:
    """How often anything of Google's was called, tokens too."""
    counts: dict[str, int] = sandbox.state()["counts"]
    return sum(number for place, number in counts.items() if place.startswith(("youtube ", "token ")))
