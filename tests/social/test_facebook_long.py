"""A long video over a bad line: all of it arrives, once, and it is never whole in memory."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings

from commsoffice.outbox.models import Delivery
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, attachment, queue

Run = Callable[[Delivery], Delivery]

MEGABYTE = 1024 * 1024
SIZE = 700 * MEGABYTE
PIECES = SIZE // (4 * MEGABYTE)
CUTS = 10
PIECE = {"path": "/videos$", "form.upload_phase": "^transfer$"}


@pytest.fixture(autouse=True)
def _patient(settings: Settings, _network: None) -> None:
    settings.OUTBOX_CHANNELS["facebook"]["OPTIONS"] = {"pause": 0}


def peak() -> int:
    """The most memory that we have held since it was last forgotten, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def test_700_megabytes_arrive_over_a_line_that_is_cut_ten_times(send: Run, sandbox: SandboxProcess):
    for number in range(CUTS):
        fault = "drop_during" if number % 2 else "accept_then_drop"
        sandbox.fault("graph", fault, match=PIECE, skip=number * 16)
    film = attachment(b"\x00\x00\x00\x18ftypmp42", "larga.mp4", "video/mp4")
    # It takes hardly any room on the disk.
    os.truncate(default_storage.path(film["name"]), SIZE)
    payload = {"message": "Informe", "link": "", "photos": [], "video": {**film, "size": SIZE}}
    delivery = queue("facebook", PageFactory.create(), payload)
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    sent = send(delivery)
    growth = peak() - before
    with default_storage.open(film["name"]) as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    default_storage.delete(film["name"])
    assert (sent.state, [item["video"]["sha256"] for item in sandbox.posts()]) == ("accepted", [whole])
    # A cut costs at most its piece again: start, pieces, cuts, end.
    calls = sandbox.count("graph POST /100000000000001/videos")
    assert calls == 1 + PIECES + CUTS + 1
    assert growth < 100 * MEGABYTE
