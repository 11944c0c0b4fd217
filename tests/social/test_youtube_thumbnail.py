"""The picture before the video: set after the upload, never in its way."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Attempt, Delivery
from social.channels.youtube_thumbnail import drawn
from tests.sandbox.process import SandboxProcess
from tests.social.factories import attachment
from tests.social.youtube import LAST, PUT, THUMBNAIL, video

Run = Callable[[Delivery], Delivery]


def photo(size: tuple[int, int] = (2560, 1440), kind: str = "WEBP", mode: str = "RGB") -> dict[str, Any]:
    target = io.BytesIO()
    Image.effect_noise(size, 80).convert(mode).save(target, kind)
    return attachment(target.getvalue(), f"foto.{kind.lower()}", f"image/{kind.lower()}")


def settings_of(sandbox: SandboxProcess) -> int:
    return sandbox.count("youtube POST /youtube/upload/youtube/v3/thumbnails/set")


@pytest.mark.parametrize(
    ("size", "kind", "mode"),
    [
        ((2560, 1440), "WEBP", "RGB"),
        ((1200, 3000), "JPEG", "RGB"),
        ((300, 200), "PNG", "RGBA"),
        ((900, 900), "PNG", "L"),
    ],
)
def test_any_photograph_of_ours_becomes_what_youtube_takes(size: tuple[int, int], kind: str, mode: str):
    content = drawn(photo(size, kind, mode))
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.size, len(content) < 2_000_000) == ("JPEG", (1280, 720), True)


def test_the_first_photograph_is_shown(send: Run, sandbox: SandboxProcess):
    picture = photo()
    delivery = send(video(thumbnail=picture))
    assert (delivery.state, sandbox.videos()[0]["thumbnail_sha256"]) == (
        "confirmed",
        hashlib.sha256(drawn(picture)).hexdigest(),
    )


def test_without_a_photograph_youtube_chooses(send: Run, sandbox: SandboxProcess):
    assert (send(video(thumbnail=None)).state, settings_of(sandbox)) == ("confirmed", 0)


@pytest.mark.parametrize("fault", ["forbidden", "http_500", "drop_before", "accept_then_drop", "quota_exceeded"])
def test_one_that_fails_is_told_and_stops_nothing(fault: str, send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", fault, match=THUMBNAIL)
    delivery = send(video(thumbnail=photo((640, 360))))
    told = Attempt.objects.get().answer != delivery.remote_id
    # What is left of the day is not asked for once Google says that it is used up.
    expected = "accepted" if fault == "quota_exceeded" else "confirmed"
    assert (delivery.state, told, len(sandbox.videos())) == (expected, True, 1)


@pytest.mark.parametrize("broken", [{"name": "tests/none.webp"}, None])
def test_a_photograph_that_cannot_be_read_stops_nothing(
    broken: dict[str, Any] | None, send: Run, sandbox: SandboxProcess
):
    delivery = send(video(thumbnail=broken or attachment(b"no picture", "foto.webp", "image/webp")))
    assert (delivery.state, settings_of(sandbox)) == ("confirmed", 0)


def test_after_a_crash_it_is_made_good(send: Run, ask: Run, sandbox: SandboxProcess):
    picture = photo((640, 360))
    sandbox.fault("youtube", "accept_then_error", match=PUT, skip=LAST)
    found = ask(send(video(thumbnail=picture)))
    assert (found.state, sandbox.videos()[0]["thumbnail_sha256"]) == (
        "accepted",
        hashlib.sha256(drawn(picture)).hexdigest(),
    )


def test_it_is_set_once(send: Run, sandbox: SandboxProcess):
    delivery = send(video(thumbnail=photo((640, 360))))
    channel("youtube").send(delivery)
    assert (settings_of(sandbox), len(sandbox.videos())) == (1, 1)
