"""The whole office, started as a person starts it, and the outside world that it speaks to."""

import datetime as dt
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from commsoffice.stack import ports, processes
from tests.sandbox.process import SandboxProcess
from tests.stack.conftest import Office, relatives

T = TypeVar("T")

# What the test run itself was given: the office finds everything by itself, as on a new machine.
_OF_THE_TESTS = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TOKEN_KEYS", "SITE_URL"),
    *("SANDBOX_URL", "EMAIL_URL", "IMAP_URL", "FACEBOOK_GRAPH_URL", "FACEBOOK_DIALOG_URL"),
    *("FACEBOOK_VIDEO_URL", "YOUTUBE_ROOT_URL", "GOOGLE_AUTH_URL", "GOOGLE_TOKEN_URL"),
)
# Limits for a machine that is busy elsewhere; nobody waits longer than until it is so.
# The first start also makes the database and loads the demo office.
START_SECONDS = 240.0
STOP_SECONDS = 60.0
PATIENCE = 90.0
ZONE = ZoneInfo("America/Mexico_City")
# The demo's events stand around the day of its loading, and the journey tells that one day from end to end.
_A_DAY_S_WORK = dt.timedelta(minutes=6)


def wait_until(look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Look again and again until there is something to see, and return it."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.1)
    return seen


def found(pattern: str, text: str | None) -> str:
    """Return the part of the text that the pattern marks; it must be there."""
    match = re.search(pattern, text or "")
    assert match is not None, (pattern, text)
    return str(match.group(1))


def today(ahead: dt.timedelta = dt.timedelta(0)) -> dt.date:
    """The day of the office, wherever the machine is."""
    return (dt.datetime.now(ZONE) + ahead).date()


class RunningOffice:
    """`make run` in a folder of its own, with embedded servers on free ports."""

    def __init__(self) -> None:
        while today() != today(_A_DAY_S_WORK):
            # Just before midnight the new day is waited for.
            time.sleep(1)
        # The path of a socket must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="co-"))
        settings = dict.fromkeys(_OF_THE_TESTS, "") | {"DATA_DIR": str(self.folder), "PORT": str(ports.free())}
        self._office = Office(self.folder, "commsoffice.stack", "run", **settings)
        try:
            self._office.wait_to_hear("Ctrl-C stops everything.", START_SECONDS)
            self.environment: dict[str, str] = json.loads((self.folder / "run" / "environment.json").read_text())
        except BaseException:
            self.end()
            raise
        self.site = self.environment["SITE_URL"]
        self.sandbox = SandboxProcess(self.folder / "sandbox")
        self.sandbox.http_port = int(self.environment["SANDBOX_HTTP_PORT"])
        self.sandbox.smtp_port = int(self.environment["SANDBOX_SMTP_PORT"])
        self.sandbox.imap_port = int(self.environment["SANDBOX_IMAP_PORT"])

    @property
    def said(self) -> str:
        """What stood on the console."""
        return self._office.said.read_text()

    @property
    def password(self) -> str:
        """The printed password of every demo account."""
        return found(r"(?m)^Password of every demo account: (\S+)$", self.said)

    def account(self, role: str) -> str:
        """The printed address of the account with that role."""
        return found(rf"(?m)^  {role} +(\S+@\S+)", self.said)

    def kill(self, name: str) -> None:
        """Kill one server at whatever point it is; the supervisor starts it again."""
        os.kill(wait_until(lambda: self._pid(name), f"{name} is noted"), signal.SIGKILL)

    def _pid(self, name: str) -> int:
        """The number of a server that lives, else 0: it may be heard before its new number is written down."""
        noted = json.loads((self.folder / "run" / f"{name}.pid").read_text())
        pid = int(noted["pid"])
        return pid if processes.birth(pid) == noted["birth"] else 0

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Kill one server, and hold the supervisor that would start it again until the block is over."""
        self._office.process.send_signal(signal.SIGSTOP)
        try:
            self.kill(name)
            wait_until(lambda: not self.hears(name), f"{name} is down")
            yield
            assert not self.hears(name), f"{name} was back too early"
        finally:
            self._office.process.send_signal(signal.SIGCONT)

    def hears(self, name: str) -> bool:
        """Say whether that server listens."""
        address = {"redis": "REDIS_URL"}[name]
        return ports.hears(int(self.environment[address].rpartition(":")[2].partition("/")[0]))

    def end(self) -> tuple[int, list[str]]:
        """Press Ctrl-C; return the exit code and the processes that are still there."""
        process = self._office.process
        code = self._office.end(signal.SIGINT) if process.poll() is None else process.returncode
        end = time.monotonic() + STOP_SECONDS
        while (left := relatives(self.folder)) and time.monotonic() < end:
            time.sleep(0.05)
        keep = os.environ.get("JOURNEY_LOGS", "")
        if keep:
            shutil.copytree(self.folder / "logs", keep, dirs_exist_ok=True)
        shutil.rmtree(self.folder)
        return code, list(left.values())
