"""A worker of the soak: a process of its own that runs the tasks of the real worker, and may die at any moment.

Importing this sets Django up; the fork server does it once, and each worker is forked from there without any
connection open.
"""

import faulthandler
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum

import django
import time_machine
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections

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
    READER = "reader"
    READING = "reading"


def work(role: str, ahead: float, log: str, changes: Mapping[str, str]) -> None:
    """Do what is due on a clock that is ``ahead`` seconds before the machine's, with these settings changed."""
    for name, value in changes.items():
        setattr(settings, name, value)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    # Asked by whoever finds us hanging, before he kills us.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    turns = {
        Role.SENDER: (tasks.send_due, tasks.send_slow),
        Role.SWEEPER: (tasks.sweep,),
        Role.BOTH: (tasks.send_due, tasks.send_slow, tasks.sweep, tasks.send_due, tasks.send_slow),
        Role.READER: (tasks.read_returned_mail,),
        Role.READING: (tasks.send_due, tasks.sweep, tasks.read_returned_mail),
    }
    with time_machine.travel(time.time() + ahead, tick=True):
        for task in turns[Role(role)]:
            # As Celery does before each task: a connection that has died is opened anew.
            close_old_connections()
            with suppress(DatabaseError, InterfaceError):
                task()
