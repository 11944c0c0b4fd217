"""A long video over a bad line: all of it arrives, once, and memory stays as it was."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings

from commsoffice.outbox.models import Delivery
from tests.sandbox.process import SandboxProcess
from tests.social.factories import attachment
from tests.social.youtube import opened, video

Run = Callable[[Delivery], Delivery]

MEGABYTE = 1024 * 1024
SIZE = 700 * MEGABYTE
CUTS = 10
# Pieces of the video, and not the questions between them.
PIECE = {"method": "^PUT$", "path": "/upload/", "header.Content-Range": r"^bytes \d"}


@pytest.fixture(autouse=True)
def _real_chunks(settings: Settings, _network: None) -> None:
    settings.OUTBOX_CHANNELS = {"youtube": {"CLASS": "social.channels.youtube.YouTubeChannel"}}


def long_film() -> dict[str, Any]:
    """A file of that length that takes hardly any room on the disk."""
    film = attachment(b"\x00\x00\x00\x18ftypmp42", "larga.mp4", "video/mp4")
    os.truncate(default_storage.path(film["name"]), SIZE)
    return {**film, "size": SIZE}


def peak(pid: int | str) -> int:
    """The most memory that a process has held since ``forget_peak``, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def forget_peak(pid: int | str) -> int:
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak(pid)


def test_700_megabytes_arrive_over_a_line_that_is_cut_ten_times(send: Run, sandbox: SandboxProcess):
    for number in range(CUTS):
        sandbox.fault("youtube", "drop_during", match=PIECE, skip=number * 8)
    film = long_film()
    delivery = video(video=film)
    before = [forget_peak("self"), forget_peak(sandbox.pid)]
    sent = send(delivery)
    growth = [peak("self") - before[0], peak(sandbox.pid) - before[1]]
    with default_storage.open(film["name"]) as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    default_storage.delete(film["name"])
    cuts = [call for call in sandbox.state()["calls"] if call["fault"] == "drop_during"]
    assert (sent.state, [item["sha256"] for item in sandbox.videos()], opened(sandbox), len(cuts)) == (
        "confirmed",
        [whole],
        1,
        CUTS,
    )
    assert [grown for grown in growth if grown > 100 * MEGABYTE] == []
