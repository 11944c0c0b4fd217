import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from commsoffice.stack import ports
from commsoffice.stack.paths import ROOT


class Office:
    """A running office and what it has said."""

    port = 0

    def __init__(self, folder: Path, *command: str, **environment: str) -> None:
        self.said = folder / f"said-{time.monotonic_ns()}"
        with self.said.open("wb") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=console,
                stderr=subprocess.STDOUT,
            )

    def wait_to_hear(self, words: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while words not in self.said.read_text():
            assert time.monotonic() < end, self.said.read_text()
            time.sleep(0.05)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def folder():
    """A DATA_DIR with a short path, closed to everybody else as temporary folders are."""
    path = Path(tempfile.mkdtemp(prefix="co-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def started():
    """What a test has started; none survives it."""
    offices: list[Office] = []
    yield offices
    for office in offices:
        if office.process.poll() is None:
            office.end(signal.SIGTERM)


@pytest.fixture
def toy(folder, started):
    """Start toys."""

    def start(*options):
        started.append(Office(folder, "tests.stack.toy", str(folder), *options))
        return started[-1]

    return start


@pytest.fixture
def whole(folder, started):
    """Start what `make run` starts, with servers of its own."""
    # A start on another day prepares the demo office again; the test begins at noon, whatever the hour.
    zone = f"<noon>{dt.datetime.now(dt.UTC).hour - 12}"

    def start():
        settings = {"DATA_DIR": str(folder), "PORT": str(ports.free()), "DATABASE_URL": "", "REDIS_URL": "", "TZ": zone}
        started.append(Office(folder, "commsoffice.stack", "run", **settings))
        started[-1].port = int(settings["PORT"])
        return started[-1]

    return start


def relatives(folder):
    """The living processes that have to do with a DATA_DIR, by their words or their open log: {process: words}."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            words = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
            output = str((entry / "fd" / "1").readlink())
        except OSError:
            continue
        if state not in "ZX" and (str(folder) in words or output.startswith(str(folder))):
            found[entry] = words
    return found


@pytest.fixture
def listening(folder):
    """Say on which addresses the processes of the folder listen, as the kernel writes them."""

    def addresses():
        sockets = set()
        for process in relatives(folder):
            sockets |= {str(link.readlink()) for link in (process / "fd").iterdir() if link.is_symlink()}
        found = set()
        for table in ("tcp", "tcp6"):
            for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = row.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                    found.add(fields[1].partition(":")[0])
        return found

    return addresses


@pytest.fixture
def nobody_left(folder):
    """Wait until no process of the folder lives; return those that do after some seconds."""

    def wait(seconds=60.0):
        end = time.monotonic() + seconds
        while (left := relatives(folder)) and time.monotonic() < end:
            time.sleep(0.05)
        return list(left.values())

    return wait
