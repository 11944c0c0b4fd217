"""Two workers and a sweep reach for one and the same row."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from commsoffice.outbox import tasks
from tests.faults.conftest import arrived, mail, states
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25


def test_it_leaves_once_however_they_meet(sandbox: SandboxProcess) -> None:
    addresses = [f"redaccion@medio{number}.example" for number in range(ROUNDS)]
    for address in addresses:
        mail([address], words=address)
        _at_once(tasks.send_due, tasks.send_due, tasks.sweep)
    assert (arrived(sandbox), set(states())) == (sorted(addresses), {"accepted"})


def _at_once(*work: Callable[[], None]) -> None:
    barrier = threading.Barrier(len(work))

    def run(task: Callable[[], None]) -> None:
        try:
            barrier.wait()
            task()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
