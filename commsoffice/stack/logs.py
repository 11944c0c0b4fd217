"""The logs of the children: read while they grow, and quoted when one dies."""

from collections.abc import Iterator
from pathlib import Path

_KEEP_BYTES = 5 * 1024 * 1024


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, indented."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def turn_over(log: Path) -> None:
    """Put a log that has grown long aside, keeping one old one."""
    if log.exists() and log.stat().st_size > _KEEP_BYTES:
        log.rename(log.with_suffix(".old.log"))


class Follower:
    """Reads what is new in a log since the last look."""

    def __init__(self, log: Path) -> None:
        self.log = log
        # What was written before us was read before us.
        self.position = log.stat().st_size if log.exists() else 0

    def lines(self) -> Iterator[str]:
        """Yield the whole lines that are new."""
        if not self.log.exists():
            return
        with self.log.open("rb") as file:
            file.seek(self.position)
            new = file.read(256 * 1024)
        end = new.rfind(b"\n") + 1
        self.position += end
        yield from new[:end].decode(errors="replace").splitlines()
