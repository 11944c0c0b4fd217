"""A worker of the soak: a process of its own that runs the tasks of the real worker, and may die at any moment.

Importing this sets Django up; the fork server does it once, and each worker is forked from there without any
connection open.
"""

import os
import time
from enum import StrEnum

import django
import time_machine

django.setup()

from commsoffice.outbox import tasks  # noqa: E402  Django must be set up first
from commsoffice.outbox.channels.registry import channels  # noqa: E402  as above
from tests.soak import planted  # noqa: E402  as above

planted.arrange()
# Their libraries take a second to import.
channels()


class Role(StrEnum):
    """What a process does."""

    SENDER = "sender"
    SWEEPER = "sweeper"
    # One after the other, as a small office with one process would.
    BOTH = "both"


def work(role: str, ahead: float, log: str) -> None:
    """Do what is due on a clock that is ``ahead`` seconds before the machine's."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    turns = {
        Role.SENDER: (tasks.send_due,),
        Role.SWEEPER: (tasks.sweep,),
        Role.BOTH: (tasks.send_due, tasks.sweep, tasks.send_due),
    }
    with time_machine.travel(time.time() + ahead, tick=True):
        for task in turns[Role(role)]:
            task()
