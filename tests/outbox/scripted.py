"""A channel whose other side says what the test wrote down, named in ``settings.OUTBOX_CHANNELS``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from commsoffice.outbox.channels.base import Absent, Channel, Proved, PulledBack, Reconciled, Scheduled, Sent, Undecided
from commsoffice.outbox.models import Delivery

Answer = Sent | Scheduled | Exception | Callable[[Delivery], Sent]

CHANNELS: dict[str, dict[str, Any]] = {
    "scripted": {"CLASS": "tests.outbox.scripted.ScriptedChannel"},
    "other": {"CLASS": "tests.outbox.scripted.ScriptedChannel"},
    "telephone": {"CLASS": "commsoffice.outbox.channels.manual.TelephoneChannel"},
    "email": {"CLASS": "commsoffice.outbox.channels.email.EmailChannel"},
}


class OtherSide:
    """What it answers, by recipient; what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.truths: dict[str, Reconciled | Exception] = {}
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.pulls: dict[str, PulledBack | Exception] = {}
        self.pulled: list[str] = []
        self.proofs: dict[str, Proved | Exception | Callable[[Delivery], Proved]] = {}
        self.proven: list[str] = []
        self.sessions = 0
        self.is_out_of_order = False


other_side = OtherSide()


class ScriptedChannel(Channel):
    label = "Scripted"
    lease = timedelta(minutes=5)
    can_schedule = True
    proves = True

    @contextmanager
    def session(self) -> Iterator[None]:
        other_side.sessions += 1
        if other_side.is_out_of_order:
            raise ValueError("no such setting")
        yield

    def send(self, delivery: Delivery) -> Sent | Scheduled:
        other_side.sent.append(delivery.recipient)
        answer = other_side.answers.get(delivery.recipient, Sent(remote_id="r1", answer="taken"))
        if isinstance(answer, Exception):
            raise answer
        return answer(delivery) if callable(answer) else answer

    def reconcile(self, delivery: Delivery) -> Reconciled:
        other_side.asked.append(delivery.recipient)
        truth = other_side.truths.get(delivery.recipient, Undecided("can't tell"))
        if isinstance(truth, BaseException):
            raise truth
        return truth

    def prove(self, delivery: Delivery) -> Proved:
        other_side.proven.append(delivery.recipient)
        answer = other_side.proofs.get(delivery.recipient, Undecided("still working"))
        if isinstance(answer, Exception):
            raise answer
        return answer(delivery) if callable(answer) else answer

    def pull_back(self, delivery: Delivery) -> PulledBack:
        other_side.pulled.append(delivery.recipient)
        answer = other_side.pulls.get(delivery.recipient, Absent("deleted"))
        if isinstance(answer, Exception):
            raise answer
        return answer
