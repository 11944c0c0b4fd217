"""Sending a batch with several hands: threads make the calls, and one thread alone speaks with the database.

It judges, writes down that calls begin, hands them out, and writes down what they led to, always as many at once as
there are at that moment. So the ledger costs little when it is the slow part, and waits for nothing when it isn't.
What was begun and not finished is never more than ``_AHEAD`` for each hand (``_FAR_AHEAD`` with a server that takes no
time): that many are unknown when we are killed.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from math import inf
from queue import Empty, SimpleQueue

from django.db import InterfaceError, OperationalError, connections

from commsoffice.outbox.actions.judge import Memo, obey, verdict_on
from commsoffice.outbox.actions.moves import Clock, Outcome
from commsoffice.outbox.actions.patience import patiently
from commsoffice.outbox.actions.results import Result, called, finish, outcome_of, tell_written
from commsoffice.outbox.actions.statements import Taken, begun_before, turn
from commsoffice.outbox.channels.base import Channel, Sent, Unavailable
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.signals import announce
from commsoffice.outbox.verdicts import Go

logger = logging.getLogger(__name__)

# Begun for each hand at most: the one that is leaving, and the next, so that no hand waits for the ledger. Where a
# call takes no time, a few more: they leave within the same moment, and the ledger writes more of them at once.
_AHEAD, _FAR_AHEAD = 2, 4
# Seconds of such a call.
_QUICK = 0.004
# With so many still to be begun, or fewer, more are claimed.
_LOW = 20

# So many at a time, while nothing of another kind stands among them.
_MORE = 100

# Claims up to so many of the same channel from the head of the queue.
More = Callable[[int], list[Delivery]]
# A delivery, the number of its attempt, and when that began.
_Call = tuple[Delivery, int, datetime]
_End = tuple[_Call, Result]


class _Late(Unavailable):
    """Its turn came when the lease was nearly over: it was not called."""


def send_many(way: Channel, claimed: list[Delivery], clock: Clock, more: More) -> int:
    """Send them, and what ``more`` claims of the same kind meanwhile; return how many came from there."""
    return _Crew(way, claimed, clock, more).work()


class _Crew:
    def __init__(self, way: Channel, claimed: list[Delivery], clock: Clock, more: More) -> None:
        self._way = way
        self._waiting = deque(claimed)
        self._clock = clock
        self._more: More | None = more
        self._gained = 0
        self._claim_more()
        self._hands = way.hands(len(self._waiting))
        self._todo: SimpleQueue[_Call | None] = SimpleQueue()
        self._done: SimpleQueue[_End] = SimpleQueue()
        self._out = 0
        # Seconds that the call took which ended last.
        self._last_took = inf
        self._memo = Memo()

    def work(self) -> int:
        ended: list[_End] = []
        with self._threads():
            try:
                while True:
                    self._claim_more()
                    ended = self._ended()
                    cleared = self._cleared(self._room())
                    if not (ended or cleared or self._out):
                        return self._gained
                    patiently(partial(self._write, ended, cleared, self._clock.now()))
            except BaseException:
                # What is on its way comes to its end, and is written down, whatever stopped us.
                self._waiting.clear()
                while ended or self._out:
                    ended = ended or self._ended()
                    patiently(partial(self._write, ended, [], self._clock.now()))
                raise

    # --- The thread that speaks with the database -----------------------------------------------------

    def _room(self) -> int:
        """How many more may begin; less than none when calls have grown slow."""
        return self._hands * (_FAR_AHEAD if self._last_took < _QUICK else _AHEAD) - self._out

    def _claim_more(self) -> None:
        if self._more is not None and len(self._waiting) <= _LOW:
            gained = self._more(_MORE)
            self._waiting.extend(gained)
            self._gained += len(gained)
            if len(gained) < _MORE:
                # The queue is empty, or something of another kind waits in it.
                self._more = None

    def _ended(self) -> list[_End]:
        """The calls that have ended; waits for one where there is nothing else to do."""
        ended: list[_End] = []
        if self._out and not (self._waiting and self._room() > 0):
            ended.append(self._done.get())
        with suppress(Empty):
            while True:
                ended.append(self._done.get_nowait())
        self._out -= len(ended)
        return ended

    def _cleared(self, room: int) -> list[Delivery]:
        """Up to so many that nothing holds back."""
        cleared: list[Delivery] = []
        while self._waiting and len(cleared) < room:
            delivery = self._waiting.popleft()
            verdict = verdict_on(delivery, self._clock.now(), self._memo, self._waiting)
            if isinstance(verdict, Go):
                verdict = self._way.not_yet(delivery, self._clock.now()) or verdict
            if isinstance(verdict, Go):
                cleared.append(delivery)
            else:
                obey(delivery, verdict, self._clock.now())
        return cleared

    def _write(self, ended: list[_End], cleared: list[Delivery], now: datetime, *, again: bool) -> None:
        """Write down what calls led to, and that the next begin; then hand these out.

        What is done is taken out of the lists, so that it may be tried again.
        """
        if again:
            written = tell_written([attempt_id for (_delivery, attempt_id, _began), _result in ended], now)
            ended[:] = [end for end in ended if end[0][1] not in written]
            self._hand_out(cleared, begun_before(cleared), now)
        plain = {
            delivery.pk: Taken(delivery.fence, attempt_id, result.remote_id, result.answer)
            for (delivery, attempt_id, _began), result in ended
            if isinstance(result, Sent) and not result.confirmed and not result.remote_url
        }
        if plain or cleared:
            settled, begun = turn(plain, cleared, self._way.lease_from(now), now)
            # First of all: from here on they count as begun.
            self._hand_out(cleared, begun, now)
            cleared.clear()
            ended[:] = [end for end in ended if end[0][0].pk not in settled]
            for pk in sorted(settled):
                announce(pk, DeliveryState.ACCEPTED)
        self._write_each(ended, now)

    def _write_each(self, ended: list[_End], now: datetime) -> None:
        while ended:
            (delivery, attempt_id, began), result = ended[-1]
            kind = AttemptKind.SEND
            attempt = Attempt(id=attempt_id, delivery=delivery, kind=kind, fence=delivery.fence, started_at=began)
            try:
                finish(delivery, attempt, self._outcome(delivery, result), now)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                # The others must be written down all the same; this one's lease will tell that nobody knows.
                logger.exception("The outcome of delivery %s could not be written down", delivery.pk)
            ended.pop()

    def _hand_out(self, cleared: list[Delivery], begun: Mapping[int, int], now: datetime) -> None:
        """Give to the hands what was begun. What isn't there is no longer ours, or was not begun yet."""
        for delivery in [delivery for delivery in cleared if delivery.pk in begun]:
            cleared.remove(delivery)
            delivery.attempts_made += 1
            delivery.lease_until = self._way.lease_from(now)
            self._out += 1
            self._todo.put((delivery, begun[delivery.pk], now))

    def _outcome(self, delivery: Delivery, result: Result) -> Outcome:
        if isinstance(result, _Late):
            return Outcome(DeliveryState.QUEUED, answer=result.answer)
        return outcome_of(result, self._way, delivery, self._clock)

    # --- The hands -----------------------------------------------------------------------------------------

    @contextmanager
    def _threads(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._call, name=f"{self._way.alias}-{n}") for n in range(self._hands)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for _thread in threads:
                self._todo.put(None)
            for thread in threads:
                thread.join()

    def _call(self) -> None:
        try:
            self._make_calls()
        finally:
            # A thread has connections of its own; a channel that opened one all the same leaves none behind.
            connections.close_all()

    def _make_calls(self) -> None:
        while (call := self._todo.get()) is not None:
            delivery, _attempt_id, began = call
            # Waiting behind slow ones, its lease may have run down; then somebody may soon decide about it.
            left = (delivery.lease_until or began) - self._clock.now()
            before = time.monotonic()
            result = called(self._way, delivery) if left > self._way.lease / 2 else _Late()
            self._last_took = time.monotonic() - before
            self._done.put((call, result))
