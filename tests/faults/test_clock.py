"""The clock of the machine is set by an hour, forward or back, between the calls."""

from datetime import timedelta

import pytest
import time_machine

from commsoffice.outbox import tasks
from commsoffice.outbox.actions.claim import claim
from tests.faults.conftest import FIVE, arrived, mail, now, states
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
SOON = timedelta(minutes=10)


def moved(by: timedelta) -> time_machine.travel:
    """The clock as it goes after it was set."""
    return time_machine.travel((now() + by).timestamp(), tick=True)


def work() -> None:
    tasks.sweep()
    tasks.send_due()


def test_set_back_what_is_due_waits_and_is_not_lost(sandbox: SandboxProcess) -> None:
    mail(FIVE)
    with moved(-HOUR):
        work()
        assert (states(), arrived(sandbox)) == (["queued"] * 5, [])
    work()
    assert (states(), arrived(sandbox)) == (["accepted"] * 5, FIVE)


def test_set_back_after_a_claim_the_row_comes_back_once_its_lease_is_over(sandbox: SandboxProcess) -> None:
    mail(FIVE)
    with moved(HOUR):
        # Its worker dies here, with leases an hour too long.
        assert len(claim(now(), limit=20)) == 5
    work()
    assert (states(), arrived(sandbox)) == (["sending"] * 5, [])
    with moved(HOUR + SOON):
        work()
    assert (states(), arrived(sandbox)) == (["accepted"] * 5, FIVE)


def test_set_forward_nothing_leaves_twice_and_what_has_an_hour_leaves_once(sandbox: SandboxProcess) -> None:
    mail(FIVE[:2], "ahora")
    mail(FIVE[2:], "más tarde", wait=HOUR / 2)
    work()
    assert arrived(sandbox) == FIVE[:2]
    with moved(HOUR):
        work()
        assert arrived(sandbox) == FIVE
    # Set right again, everything has left long since.
    work()
    assert (states(), arrived(sandbox)) == (["accepted"] * 5, FIVE)
