import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from commsoffice.stack.paths import ROOT


class Toy:
    """A running `tests.stack.toy` and what it has said."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.said = folder / f"said-{time.monotonic_ns()}"
        with self.said.open("wb") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.stack.toy", str(folder), *options],
                cwd=ROOT,
                stdout=console,
                stderr=subprocess.STDOUT,
            )

    def wait_to_hear(self, words: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while words not in self.said.read_text():
            assert time.monotonic() < end, self.said.read_text()
            time.sleep(0.05)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def folder():
    """A DATA_DIR with a short path, closed to everybody else as temporary folders are."""
    path = Path(tempfile.mkdtemp(prefix="co-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def toy(folder):
    """Start toys; none survives the test."""
    started = []

    def start(*options):
        started.append(Toy(folder, *options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGTERM)


def relatives(folder):
    """The living processes that have to do with a DATA_DIR: by their words, their folder or their open log."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            words = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
            output = str((entry / "fd" / "1").readlink())
        except OSError:
            continue
        if state not in "ZX" and (str(folder) in words or output.startswith(str(folder))):
            found.append(words)
    return found


@pytest.fixture
def nobody_left(folder):
    """Wait until no process of the folder lives; return those that do after some seconds."""

    def wait(seconds=8.0):
        end = time.monotonic() + seconds
        while (left := relatives(folder)) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    return wait
