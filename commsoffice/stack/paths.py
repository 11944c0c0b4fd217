"""Where the stack keeps its things, all below DATA_DIR."""

import os
from dataclasses import dataclass
from pathlib import Path

from commsoffice.stack.refusal import Refusal

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Paths:
    """The folders below one DATA_DIR."""

    data: Path

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """Process ids, the lock, stamps."""
        return self.data / "run"

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.data / "postgres"

    @property
    def keys(self) -> Path:
        """The secrets of this machine's development."""
        return self.data / "keys.json"

    @property
    def environment(self) -> Path:
        """The addresses of what runs now, for `make manage`."""
        return self.run / "environment.json"

    def make(self) -> None:
        """Make the folders, or refuse with the reason."""
        try:
            for folder in (self.data, self.logs, self.run):
                folder.mkdir(parents=True, exist_ok=True)
            if not os.access(self.run, os.W_OK):
                raise PermissionError(f"no permission to write in {self.run}")
        except OSError as error:
            raise Refusal(f"DATA_DIR {self.data} can't be used: {error}.") from error


def from_environment() -> Paths:
    """Return the folders of DATA_DIR, `.data` beside the code unless it is set."""
    return Paths(Path(os.environ.get("DATA_DIR", "") or ROOT / ".data").expanduser().resolve())
