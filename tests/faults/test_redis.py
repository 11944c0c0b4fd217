"""Redis is emptied, stopped and started again while a real Celery worker is in the middle of a send."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection

from commsoffice.outbox import tasks
from commsoffice.stack import processes
from commsoffice.stack.paths import Paths
from commsoffice.wake import wake
from tests.faults.conftest import FIVE, arrived, mail, states
from tests.sandbox.process import ROOT, SandboxProcess
from tests.soak.called import address_of_database
from tests.soak.stage import Broker

pytestmark = pytest.mark.django_db(transaction=True)

MORE = ["una@medio.example", "otra@medio.example"]
_PATIENCE = 90.0


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A Redis of our own, to which whoever queues something speaks too."""
    # The path of a socket must be short.
    with TemporaryDirectory(prefix="co-") as folder:
        places = Paths(Path(folder))
        places.make()
        made = Broker(places)
        made.start()
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", made.url)
        yield made
        made.kill()


@pytest.fixture
def _worker(broker: Broker, sandbox: SandboxProcess) -> Iterator[None]:
    """The worker as production starts it, on the database of the tests."""
    environment = {
        **os.environ,
        "REDIS_URL": broker.url,
        "DATABASE_URL": address_of_database(),
        "EMAIL_URL": sandbox.email_url,
        "DJANGO_SETTINGS_MODULE": "commsoffice.settings.development",
    }
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "commsoffice.celery:app", "worker"]
    command += ["--concurrency", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield
    process.terminate()
    process.wait(90)


def eventually_arrived(sandbox: SandboxProcess, addresses: list[str]) -> list[str]:
    """Who got a mail once so many have arrived and the ledger has no more to do."""
    processes.wait_until(
        lambda: len(arrived(sandbox)) >= len(addresses) and set(states()) == {"accepted"}, _PATIENCE, 0.05
    )
    connection.close()
    return arrived(sandbox)


def in_mid_send(sandbox: SandboxProcess) -> None:
    """Five are on their way, and one of them stands still between two commands."""
    sandbox.fault("smtp", "stall", match={"moment": "^rcpt$"}, skip=2)
    mail(FIVE)

    def is_standing() -> bool:
        return sandbox.stalled() == 1

    # A busy machine may lose the wake-up, which waits for an answer no longer than a page would.
    assert processes.wait_until(is_standing, _PATIENCE / 2) or wake(tasks.send_due)
    assert processes.wait_until(is_standing, _PATIENCE)


@pytest.mark.usefixtures("_worker")
def test_emptied_in_mid_send(broker: Broker, sandbox: SandboxProcess) -> None:
    in_mid_send(sandbox)
    broker.flush()
    sandbox.let_go()
    assert eventually_arrived(sandbox, FIVE) == FIVE
    mail(MORE, "después")
    assert eventually_arrived(sandbox, FIVE + MORE) == sorted(FIVE + MORE)


@pytest.mark.usefixtures("_worker")
def test_stopped_in_mid_send_and_started_again(broker: Broker, sandbox: SandboxProcess) -> None:
    in_mid_send(sandbox)
    broker.kill()
    sandbox.let_go()
    assert eventually_arrived(sandbox, FIVE) == FIVE
    # Nobody can be woken for these; they wait in the ledger for the sweep of each minute.
    mail(MORE, "sin redis")
    assert states() == ["accepted"] * 5 + ["queued"] * 2
    broker.start()
    # A Redis that has just begun may take longer to answer than a page would wait for it.
    assert processes.wait_until(lambda: wake(tasks.sweep), _PATIENCE)
    assert eventually_arrived(sandbox, FIVE + MORE) == sorted(FIVE + MORE)
