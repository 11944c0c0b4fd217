"""Calls that stand still until they are let go, so that whoever made them can be killed at exactly that point."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PAUSE = 0.005


@dataclass
class Stall:
    """One call that stands still. ``drop``: it is let go as a call that never arrived."""

    until: float
    let_go: threading.Event = field(default_factory=threading.Event)
    drop: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it was let go, or nobody came in time."""
        return self.let_go.is_set() or time.monotonic() >= self.until

    def wait(self) -> None:
        """Stand still in a thread of one's own."""
        self.let_go.wait(max(0.0, self.until - time.monotonic()))

    async def wait_calmly(self) -> bool:
        """Stand still in a loop that others share; say whether the other side hung up meanwhile.

        A server that has a message whole keeps it whether or not the sender is still there, so hanging up
        doesn't end the stall.
        """
        is_gone = False
        while not self.is_over:
            try:
                await asyncio.sleep(_PAUSE)
            except asyncio.CancelledError:
                is_gone = True
        return is_gone


class Stalls:
    """The calls that stand still now. Kept in memory only: a restart lets nobody stand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[Stall] = []

    @contextmanager
    def standing(self, seconds: float) -> Iterator[Stall]:
        """Count a call as standing; after so many seconds it goes on by itself."""
        stall = Stall(time.monotonic() + seconds)
        with self._lock:
            self._standing.append(stall)
        try:
            yield stall
        finally:
            with self._lock:
                self._standing.remove(stall)

    def count(self) -> int:
        """How many stand still."""
        with self._lock:
            return len(self._standing)

    def let_go(self, *, drop: bool) -> int:
        """Let all go on, or end them as if they had never arrived; answer with how many."""
        with self._lock:
            for stall in self._standing:
                stall.drop = drop
                stall.let_go.set()
            return len(self._standing)
