"""The servers of the soak, and the processes on them."""

import logging
import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis as client

from commsoffice.sandbox import seed as network
from commsoffice.stack import keys, processes
from commsoffice.stack.paths import Paths
from commsoffice.stack.postgres import NAME, Postgres
from commsoffice.stack.redis import Redis
from tests.sandbox.process import SandboxProcess

_TABLE_OF_CONNECTIONS = Path("/proc/net/tcp")
# ESTABLISHED and CLOSE_WAIT: bytes may still be on their way to the server.
_OPEN_STATES = {"01", "08"}
_PATIENCE = 20.0
# An empty database to play in, where there is one; else the soak starts a Postgres of its own. Not DATABASE_URL,
# which may be a real office.
DATABASE = "SOAK_DATABASE_URL"


class Broker:
    """A Redis of our own, which may be emptied and killed."""

    def __init__(self, places: Paths) -> None:
        self._redis = Redis(places, keys.load(places.keys)["REDIS_PASSWORD"])
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._redis.url

    def start(self) -> None:
        """Start it, on the same port as ever."""
        self._process = processes.start(self._redis.program())
        self._redis.wait(self._process)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def flush(self) -> None:
        """Throw away all it knows."""
        with client.Redis.from_url(self.url) as connection:
            connection.flushall()


class Database:
    """A Postgres of our own, which may be restarted while workers talk to it."""

    def __init__(self, places: Paths) -> None:
        # Nothing here has to outlive the machine, only the server.
        self._postgres = Postgres(places, throwaway=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._postgres.url

    def start(self) -> None:
        """Start it on the files that are there."""
        self._postgres.prepare()
        self._process = processes.start(self._postgres.program())
        self._postgres.wait(self._process)

    def restart(self, number: signal.Signals) -> None:
        """End it, with SIGINT orderly or with SIGQUIT as a crash, and start it again."""
        self.stop(number)
        self.start()

    def stop(self, number: signal.Signals = signal.SIGQUIT) -> None:
        """End it; whoever is connected loses the connection."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()

    def keep_promises(self) -> None:
        """What is committed outlives a crash of the server, as in production; the stack's own is more lenient."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{NAME}" SET synchronous_commit = on')
        # It holds for connections that are opened from here on.
        connection.close()


class Stage:
    """Sandbox, Redis, Postgres, and a fork server from which each worker is a process of its own."""

    def __init__(self, sandbox: SandboxProcess, broker: Broker, database: Database | None, logs: Path) -> None:
        self.sandbox = sandbox
        self.broker = broker
        # None where the database was given and is not ours to restart.
        self.database = database
        self.logs = logs
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.soak.worker", "tests.soak.people"])
        self._ports = {sandbox.http_port, sandbox.smtp_port, sandbox.imap_port}

    def start(self, role: str, ahead: float, log: str, changes: Mapping[str, str]) -> BaseProcess:
        """Start a worker whose clock is so many seconds ahead, with these settings changed."""
        from tests.soak.worker import work

        return self._started(work, role, ahead, str(self.logs / log), dict(changes))

    def start_person(self, act: str, ahead: float, log: str, what: Mapping[str, Any]) -> BaseProcess:
        """Have a person do something."""
        from tests.soak.people import do

        return self._started(do, act, ahead, str(self.logs / log), dict(what))

    def _started(self, target: Callable[..., None], *args: object) -> BaseProcess:
        process = self._context.Process(target=target, args=args, daemon=True)
        process.start()
        return process

    def calm(self) -> None:
        """Wait until the sandbox has read and done whatever a killed process had sent."""
        if not _TABLE_OF_CONNECTIONS.exists():
            time.sleep(0.5)
        elif not processes.wait_until(lambda: self._open() == 0, _PATIENCE, 0.005):
            raise RuntimeError("A connection to the sandbox stays open though nobody is left.")

    def _open(self) -> int:
        rows = (line.split() for line in _TABLE_OF_CONNECTIONS.read_text().splitlines()[1:])
        return sum(1 for row in rows if int(row[1].rpartition(":")[2], 16) in self._ports and row[3] in _OPEN_STATES)


def tell_where(crew: list[BaseProcess]) -> None:
    """Have each write into its log what it is doing."""
    for process in crew:
        if process.is_alive() and process.pid is not None:
            os.kill(process.pid, signal.SIGUSR1)
    time.sleep(0.5)


def kill(crew: list[BaseProcess]) -> None:
    """SIGKILL, and wait until they are gone."""
    for process in crew:
        process.kill()
    for process in crew:
        process.join()


def join(crew: list[BaseProcess], seconds: float) -> bool:
    """Wait for all; say whether all ended in time."""
    end = time.monotonic() + seconds
    for process in crew:
        process.join(max(0.0, end - time.monotonic()))
    return all(process.exitcode is not None for process in crew)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Start the servers, point the environment at them, set Django up and make the database."""
    places = Paths(folder)
    places.make()
    sandbox = SandboxProcess(folder / "network")
    broker = Broker(places)
    given = os.environ.get(DATABASE, "")
    database = None if given else Database(places)
    try:
        sandbox.start()
        broker.start()
        if database is not None:
            database.start()
        os.environ.update(_environment(sandbox, broker, given or (database.url if database else ""), folder))
        # From here on there are settings.
        _prepare()
        if database is not None:
            database.keep_promises()
        yield Stage(sandbox, broker, database, places.logs)
    finally:
        broker.kill()
        with suppress(AssertionError):
            sandbox.stop()
        if database is not None:
            database.stop()


def _environment(sandbox: SandboxProcess, broker: Broker, database: str, folder: Path) -> dict[str, str]:
    """As a server has it: the settings of production, with the sandbox for the outside."""
    return {
        "DJANGO_SETTINGS_MODULE": "commsoffice.settings.production",
        "SITE_URL": "https://oficina.example",
        "ALLOWED_HOSTS": "oficina.example",
        "DEFAULT_FROM_EMAIL": "comunicacion@amatista.example",
        "SECRET_KEY": "soak-only-not-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz",
        "TOKEN_KEYS": "c29hay1vbmx5LW5vdC1hLXNlY3JldC1rZXktMDAwMDE=",
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": database,
        "REDIS_URL": broker.url,
        "EMAIL_URL": sandbox.email_url,
        "IMAP_URL": sandbox.imap_url,
        "FACEBOOK_GRAPH_URL": sandbox.graph_url,
        "FACEBOOK_VIDEO_URL": sandbox.video_url,
        "FACEBOOK_DIALOG_URL": sandbox.facebook_dialog_url,
        "YOUTUBE_ROOT_URL": sandbox.youtube_root_url,
        "GOOGLE_AUTH_URL": sandbox.google_auth_url,
        "GOOGLE_TOKEN_URL": sandbox.google_token_url,
        "FACEBOOK_APP_ID": network.APP_ID,
        "FACEBOOK_APP_SECRET": network.APP_SECRET,
        "GOOGLE_CLIENT_ID": network.GOOGLE_CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": network.GOOGLE_CLIENT_SECRET,
    }


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    import tests.soak.worker  # noqa: F401  sets Django up as in a worker
    from commsoffice.outbox.models import Delivery

    # Redis is killed on purpose.
    logging.getLogger("commsoffice.wake").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0)
    if Delivery.objects.exists():
        # Each run empties the ledger.
        name = urlsplit(os.environ["DATABASE_URL"]).path
        raise SystemExit(f"The database {name} has deliveries; the soak takes only an empty one.")
    connection.close()


def soon(condition: Callable[[], bool]) -> bool:
    """Poll quickly until it holds."""
    return processes.wait_until(condition, _PATIENCE, 0.004)
