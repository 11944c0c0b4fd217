"""`make run`: the whole office on one machine."""

import contextlib
import fcntl
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import psycopg2

from commsoffice.sandbox import seed
from commsoffice.stack import catalogues, keys, paths, ports, processes, stamp
from commsoffice.stack.paths import ROOT, Paths
from commsoffice.stack.postgres import Postgres
from commsoffice.stack.processes import Program
from commsoffice.stack.redis import Redis
from commsoffice.stack.refusal import Refusal
from commsoffice.stack.supervisor import Stopped, Supervisor, say

_SANDBOX_HTTP, _SANDBOX_SMTP, _SANDBOX_IMAP = 8025, 2525, 2143
_READY_SECONDS = 60.0


def run() -> int:
    """Start everything, and look after it until somebody asks to stop. Returns the exit code."""
    began = time.monotonic()
    places = paths.from_environment()
    places.make()
    with only_one(places) as lock:
        for name in processes.end_leftovers(places.run):
            say(f"Ended {name}, which an earlier run had left behind.")
        port = ports.web()
        supervisor = Supervisor(places)
        try:
            environment = _start(supervisor, port)
            lock.seek(0)
            lock.truncate()
            lock.write(json.dumps({"pid": os.getpid(), "site": environment["SITE_URL"]}).encode())
            lock.flush()
            _welcome(places, environment, time.monotonic() - began)
            supervisor.watch()
        except Stopped:
            say("Stopping …")
        finally:
            supervisor.stop()
            places.environment.unlink(missing_ok=True)
    say("Stopped. Everything that was entered is kept.")
    return 0


@contextlib.contextmanager
def only_one(places: Paths) -> Iterator[BinaryIO]:
    """Hold the lock of DATA_DIR; the kernel lets go of it whatever happens to us."""
    with (places.run / "lock").open("a+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            try:
                other = json.loads(lock.read())
                where = f" at {other['site']} (process {other['pid']})"
            except (ValueError, KeyError):
                where = ""
            raise Refusal(f"commsoffice is already running here{where}; stop that one with Ctrl-C first.") from None
        lock.truncate(0)
        yield lock


def _start(supervisor: Supervisor, port: int) -> dict[str, str]:
    places = supervisor.paths
    # WhiteNoise wants it to be there, though development serves from the sources.
    (places.data / "static").mkdir(exist_ok=True)
    environment = addresses(places, port)
    secrets = keys.load(places.keys)
    environment |= {name: os.environ.get(name) or secrets[name] for name in ("SECRET_KEY", "TOKEN_KEYS")}
    environment["REDIS_URL"] = os.environ.get("REDIS_URL", "") or start_redis(supervisor, secrets["REDIS_PASSWORD"])
    environment["DATABASE_URL"] = os.environ.get("DATABASE_URL", "") or start_postgres(supervisor, throwaway=False)
    catalogues.compile_stale()
    supervisor.start(_sandbox(places, environment))
    try:
        prepared = stamp.fits(places, environment["DATABASE_URL"])
    except psycopg2.Error as error:
        raise Refusal(f"The database of DATABASE_URL can't be reached: {str(error).strip()}.") from error
    if not prepared:
        supervisor.run_once(_program(places, "prepare", environment, "-m", "commsoffice.stack.prepare"))
        stamp.write(places, environment["DATABASE_URL"])
    write_privately(places.environment, json.dumps(environment))
    for program in _office(places, environment, port):
        supervisor.start(program)
    sandbox_port = int(environment["SANDBOX_HTTP_PORT"])
    supervisor.wait_for(lambda: ports.hears(sandbox_port), "The sandbox", _READY_SECONDS)
    supervisor.wait_for(lambda: answers(port, "/health/ready"), "The web", _READY_SECONDS)
    return environment


def start_postgres(supervisor: Supervisor, *, throwaway: bool) -> str:
    """Start the embedded PostgreSQL; return its address."""
    postgres = Postgres(supervisor.paths, throwaway=throwaway)
    postgres.prepare()
    postgres.wait(supervisor.start(postgres.program(), loud=False))
    return postgres.url


def start_redis(supervisor: Supervisor, password: str) -> str:
    """Start the embedded Redis; return its address."""
    redis = Redis(supervisor.paths, password)
    redis.wait(supervisor.start(redis.program(), loud=False))
    return redis.url


def addresses(places: Paths, port: int) -> dict[str, str]:
    """Return the addresses for the children; whatever the caller has set stays as it is."""
    http_port, smtp_port, imap_port = (ports.free(port) for port in (_SANDBOX_HTTP, _SANDBOX_SMTP, _SANDBOX_IMAP))
    sandbox = f"http://{ports.LOOPBACK}:{http_port}"
    ours = {
        "SITE_URL": f"http://localhost:{port}",
        "SANDBOX_URL": sandbox,
        "EMAIL_URL": f"smtp://{ports.LOOPBACK}:{smtp_port}",
        "IMAP_URL": f"imap://{seed.IMAP_USER}:{seed.IMAP_PASSWORD}@{ports.LOOPBACK}:{imap_port}/INBOX",
        "FACEBOOK_GRAPH_URL": f"{sandbox}/graph/",
        "FACEBOOK_VIDEO_URL": f"{sandbox}/graph-video/",
        "FACEBOOK_DIALOG_URL": f"{sandbox}/facebook/dialog/oauth",
        "FACEBOOK_PAGES_URL": f"{sandbox}/facebook/",
        "YOUTUBE_CHANNELS_URL": f"{sandbox}/youtube/",
        "YOUTUBE_ROOT_URL": f"{sandbox}/youtube/",
        "GOOGLE_AUTH_URL": f"{sandbox}/google/o/oauth2/v2/auth",
        "GOOGLE_TOKEN_URL": f"{sandbox}/google/token",
    }
    return {name: os.environ.get(name, "") or value for name, value in ours.items()} | {
        # `make run` is development and nothing else: demo passwords must never meet real data.
        "DJANGO_SETTINGS_MODULE": "commsoffice.settings.development",
        "DATA_DIR": str(places.data),
        "PORT": str(port),
        "SANDBOX_HTTP_PORT": str(http_port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_IMAP_PORT": str(imap_port),
        "DEMO_ACCOUNTS_FILE": str(places.run / "accounts.txt"),
        "PYTHONUNBUFFERED": "1",
        # Celery warns of root at length whenever it starts; here it speaks to loopback only.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def answers(port: int, path: str) -> bool:
    """Say whether the server on this port answers 200."""
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


# SIGTERM would wait for what they do. Gunicorn takes SIGQUIT as "now"; Celery too, but then says goodbye to a Redis
# that has gone as well, and may wait for it for ever. Its hands end by themselves when it is killed.
_ORPHAN_SIGNALS = {"web": signal.SIGQUIT} | dict.fromkeys(("worker", "uploads", "media"), signal.SIGKILL)


def _program(places: Paths, name: str, environment: dict[str, str], *arguments: str) -> Program:
    return Program(
        name=name,
        command=[sys.executable, *arguments],
        log=places.logs / f"{name}.log",
        environment=environment,
        folder=ROOT,
        orphan_signal=_ORPHAN_SIGNALS.get(name, signal.SIGTERM),
    )


def _sandbox(places: Paths, environment: dict[str, str]) -> Program:
    return _program(
        places,
        "sandbox",
        # Its pages show the hour beside the office's own; a machine that runs in UTC would show another.
        {"TZ": os.environ.get("TIME_ZONE") or "America/Mexico_City"} | environment,
        *("-m", "commsoffice.sandbox"),
        *("--data-dir", str(places.data / "sandbox")),
        *("--http-port", environment["SANDBOX_HTTP_PORT"]),
        *("--smtp-port", environment["SANDBOX_SMTP_PORT"]),
        *("--imap-port", environment["SANDBOX_IMAP_PORT"]),
    )


def _office(places: Paths, environment: dict[str, str], port: int) -> Iterator[Program]:
    yield _program(
        places,
        "web",
        environment,
        *("-m", "gunicorn", "commsoffice.wsgi"),
        *("--bind", f"{ports.LOOPBACK}:{port}"),
        *("--workers", "2", "--threads", "4", "--preload", "--no-control-socket"),
        *("--graceful-timeout", "3", "--timeout", "120"),
        *("--access-logfile", str(places.logs / "access.log")),
        # Without what follows the question mark: a network's answer stands there, and what people search for.
        *("--access-logformat", '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s'),
    )
    celery = ("-m", "celery", "--quiet", "--app", "commsoffice.celery:app")
    # What is sent never waits for a video that is being uploaded, nor that for one that is being encoded.
    for name, queue, hands in (("worker", "celery", "2"), ("uploads", "uploads", "1"), ("media", "media", "1")):
        yield _program(
            places,
            name,
            environment,
            *celery,
            *("worker", "--queues", queue, "--concurrency", hands, "--hostname", f"{name}@%h"),
            *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        )
    yield _program(
        places,
        "beat",
        environment,
        *celery,
        *("beat", "--loglevel", "WARNING", "--pidfile", "", "--schedule", str(places.run / "beat")),
    )


def _welcome(places: Paths, environment: dict[str, str], seconds: float) -> None:
    site = environment["SITE_URL"]
    accounts = Path(environment["DEMO_ACCOUNTS_FILE"])
    say(
        f"""
commsoffice is ready after {seconds:.1f} s.

  Newsroom     {site}/
  The office   {site}/mesa/
  Director     {site}/admin/
  Sandbox      {environment["SANDBOX_URL"]}/   (what would be live on the networks, and the mail)

{accounts.read_text().rstrip() if accounts.exists() else ""}

Logs are in {places.logs}; Ctrl-C stops everything.
"""
    )
