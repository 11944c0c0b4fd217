"""Everything the simulated network remembers: records in a journal, uploaded bytes in files.

The journal is append-only and each change is one write: a process killed at any point leaves whole records and at
most one torn last line, which is dropped at the next start.
"""

import fcntl
import json
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from commsoffice.sandbox import seed

Record = dict[str, Any]

# Numbers given once are never given again, not even after a reset: somebody may remember them.
SURVIVES_RESET = frozenset({"counter"})

# The journal is written anew when so many of its lines, and most of them, are out of date.
STALE_LINES = 20_000


class AlreadyRunning(Exception):
    """Another process keeps its state in this directory."""


class Store:
    """Records by kind and key, kept in memory and written through to the journal."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = threading.RLock()
        self._records: dict[str, dict[str, Record]] = {}
        root.mkdir(parents=True, exist_ok=True)
        self._directory_lock = self._lock_directory()
        self._load()
        self._journal = self._compact()
        self._plant()

    # Clock

    def now(self) -> float:
        """What time it is on the network, in unix seconds."""
        return time.time() + self.clock_offset()

    def clock_offset(self) -> float:
        """Seconds by which the network's clock is ahead of the machine's."""
        with self.lock:
            return float(self._records.get("clock", {}).get("offset", {}).get("seconds", 0.0))

    def set_clock(self, offset: float) -> None:
        """Set the network's clock ahead by seconds; a negative number sets it back."""
        self.put("clock", "offset", {"seconds": float(offset)})

    # Records

    def get(self, kind: str, key: str) -> Record | None:
        """Return a copy of the record, or None."""
        with self.lock:
            record = self._records.get(kind, {}).get(key)
            return None if record is None else dict(record)

    def all(self, kind: str) -> list[Record]:
        """Return copies of all records of a kind, in the order in which they were first put."""
        with self.lock:
            return [dict(record) for record in self._records.get(kind, {}).values()]

    def count(self, kind: str, since: float = 0.0) -> int:
        """Count the records of a kind; with `since`, those whose `at` is later."""
        with self.lock:
            records = self._records.get(kind, {})
            if not since:
                return len(records)
            return sum(1 for record in records.values() if record["at"] > since)

    def put(self, kind: str, key: str, record: Record) -> None:
        """Write a record, new or changed."""
        with self.lock:
            self._write(kind, key, record)
            self._records.setdefault(kind, {})[key] = dict(record)

    def delete(self, kind: str, key: str) -> None:
        """Forget a record; a missing one is already forgotten."""
        with self.lock:
            if self._records.get(kind, {}).pop(key, None) is not None:
                self._write(kind, key, None)

    def next_number(self, name: str, first: int = 1) -> int:
        """Give the next number of a sequence; no number is given twice."""
        with self.lock:
            counter = self.get("counter", name) or {"last": first - 1}
            self.put("counter", name, {"last": counter["last"] + 1})
            return int(counter["last"]) + 1

    def reset(self) -> None:
        """Forget everything but the numbers already given, and plant the seeded accounts again."""
        with self.lock:
            for kind in set(self._records) - SURVIVES_RESET:
                for key in list(self._records[kind]):
                    self.delete(kind, key)
            for directory in self.root.iterdir():
                if directory.is_dir():
                    shutil.rmtree(directory)
            self._journal.close()
            self._journal = self._compact()
            self._plant()

    def close(self) -> None:
        """Let go of the directory; a process that ends does it as well."""
        self._journal.close()
        self._directory_lock.close()

    # Files

    def path(self, kind: str, name: str) -> Path:
        """Return where the bytes of a thing lie; its directory exists."""
        directory = self.root / kind
        directory.mkdir(exist_ok=True)
        return directory / name

    def incoming(self) -> Path:
        """Return an unused path on the same disk, for bytes that are still arriving."""
        return self.path("incoming", uuid.uuid4().hex)

    # Inside

    def _lock_directory(self) -> BinaryIO:
        handle = (self.root / "lock").open("ab")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise AlreadyRunning(f"Another sandbox is already using {self.root}.") from None
        return handle

    def _journal_path(self) -> Path:
        return self.root / "journal.jsonl"

    def _lines(self) -> Iterator[tuple[str, str, Record | None]]:
        if not self._journal_path().exists():
            return
        with self._journal_path().open("rb") as journal:
            for line in journal:
                # A line without its end is the one that was being written when the process was killed.
                if line.endswith(b"\n"):
                    kind, key, record = json.loads(line)
                    yield kind, key, record

    def _load(self) -> None:
        for kind, key, record in self._lines():
            if record is None:
                self._records.get(kind, {}).pop(key, None)
            else:
                self._records.setdefault(kind, {})[key] = record

    def _compact(self) -> BinaryIO:
        """Write only what is still known to a new journal and put it in the place of the old one."""
        fresh = self.root / "journal.new"
        with fresh.open("wb") as journal:
            for kind, records in self._records.items():
                journal.writelines(_line(kind, key, record) for key, record in records.items())
        fresh.replace(self._journal_path())
        self._lines_written = self._record_count()
        # Unbuffered: what put() has returned from survives kill -9.
        return self._journal_path().open("ab", buffering=0)

    def _record_count(self) -> int:
        return sum(len(records) for records in self._records.values())

    def _write(self, kind: str, key: str, record: Record | None) -> None:
        if self._lines_written > STALE_LINES + 2 * self._record_count():
            self._journal.close()
            self._journal = self._compact()
        self._journal.write(_line(kind, key, record))
        self._lines_written += 1

    def _plant(self) -> None:
        """Put every seeded account in place that isn't there; what became of the others is left as it is."""
        for kind, key, record in seed.records():
            if self.get(kind, key) is None:
                self.put(kind, key, record)


def _line(kind: str, key: str, record: Record | None) -> bytes:
    return json.dumps([kind, key, record], ensure_ascii=False).encode() + b"\n"


@contextmanager
def removed_on_failure(path: Path) -> Iterator[Path]:
    """Give the path and take its file away again if the block fails."""
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def append_stream(path: Path, read: Callable[[int], bytes]) -> int:
    """Append what `read` gives to the file, piece by piece, and return how many bytes came."""
    written = 0
    with path.open("ab") as target:
        while piece := read(256 * 1024):
            target.write(piece)
            written += len(piece)
    return written
