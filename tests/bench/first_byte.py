"""From the approval to the first byte at the network: a real worker, woken through a real Redis."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils import timezone

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from media_contacts.models import MediaList
from pressreleases import actions
from pressreleases.enums import ReleaseState
from tests.bench import Figure
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import release_in
from tests.sandbox.process import SandboxProcess

_APPROVALS = 25
_BAR_SECONDS = 1.0
_PATIENCE = 30.0
_HOUSE = Path(__file__).resolve().parents[2]


def figures() -> Iterator[Figure]:
    """The median of so many approvals, one after the other."""
    with TemporaryDirectory() as folder:
        sandbox = SandboxProcess(Path(folder) / "network")
        sandbox.start()
        try:
            with _worker(sandbox):
                # The first one waits for the worker to come up, and counts for nothing.
                seconds = [_seconds(sandbox, number) for number in range(_APPROVALS + 1)][1:]
        finally:
            sandbox.stop()
    name = f"from approval to the first byte outside, median of {_APPROVALS}"
    yield Figure(name, median(seconds), _BAR_SECONDS, 1.0, at_most=True)


def _seconds(sandbox: SandboxProcess, number: int) -> float:
    """Approve one release for five outlets; seconds until the network hears of it."""
    sandbox.reset()
    release = release_in(
        ReleaseState.IN_REVIEW,
        writer=_person("writer", Role.WRITER),
        director=_person("director", Role.DIRECTOR),
        lists=[_five()],
        now=timezone.now(),
        title=f"Alumbrado completo en El Mirador, etapa {number}",
    )
    began = time.time()
    actions.approve(release, by=_person("director", Role.DIRECTOR), now=timezone.now())
    end = time.monotonic() + _PATIENCE
    while not (calls := [call for call in sandbox.state()["calls"] if call["service"] == "smtp"]):
        if time.monotonic() > end:
            raise AssertionError("The network heard nothing")
        time.sleep(0.02)
    heard: float = min(call["at"] for call in calls)
    # All of it has left before the next is approved.
    while len(sandbox.inbox()) < 5 and time.monotonic() < end:
        time.sleep(0.02)
    return heard - began


def _five() -> MediaList:
    there = MediaList.objects.filter(name="Cinco medios").first()
    return there or MediaListFactory.create(name="Cinco medios", contacts=ContactFactory.create_batch(5))


def _person(name: str, role: Role) -> User:
    address = f"{name}.first-byte@valle.example"
    there = User.objects.filter(email=address).first()
    return there or User.objects.create_user(address, "bench-only-2026", roles=(role,), name=name)


@contextmanager
def _worker(sandbox: SandboxProcess) -> Iterator[None]:
    """The worker as `make run` starts it."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "commsoffice.celery:app", "worker"]
    command += ["--queues", "celery", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip"]
    command += ["--without-mingle"]
    environment = {
        **os.environ,
        "EMAIL_URL": sandbox.email_url,
        "DATA_DIR": str(settings.DATA_DIR),
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    process = subprocess.Popen(command, cwd=_HOUSE, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
