"""The clock of the machine is set by an hour, forward or back, between the calls and while one hangs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from celery.beat import ScheduleEntry, Scheduler
from django.db import connection

from commsoffice.accounts.models import User
from commsoffice.beat import every
from commsoffice.celery import app
from commsoffice.outbox import tasks
from commsoffice.outbox.actions import resolve_unknown
from commsoffice.outbox.actions.claim import claim
from commsoffice.outbox.actions.people import StillAtCall
from commsoffice.outbox.enums import Decision
from commsoffice.outbox.models import Delivery
from commsoffice.stack import processes
from tests.faults.conftest import FIVE, arrived, mail, now, states
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, queue

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
# Seconds between two sweeps.
PACE = 20.0
SOON = timedelta(minutes=10)
FEED = {"method": "^POST$", "path": "/feed$"}


def moved(by: timedelta) -> time_machine.travel:
    """The clock as it goes after it was set."""
    return time_machine.travel((now() + by).timestamp(), tick=True)


def work() -> None:
    tasks.sweep()
    tasks.send_due()


@contextmanager
def hanging(sandbox: SandboxProcess) -> Iterator[None]:
    """A worker of its own makes the call that publishes, and it hangs until we leave; then he comes to his end."""

    def send() -> None:
        try:
            tasks.send_due()
        finally:
            connection.close()

    sandbox.fault("graph", "stall", match=FEED)
    worker = threading.Thread(target=send)
    worker.start()
    try:
        assert processes.wait_until(lambda: sandbox.stalled() == 1, 20.0)
        yield
    finally:
        sandbox.let_go()
        worker.join()


def test_set_back_what_is_due_waits_and_is_not_lost(sandbox: SandboxProcess) -> None:
    mail(FIVE)
    with moved(-HOUR):
        work()
        assert (states(), arrived(sandbox)) == (["queued"] * 5, [])
    work()
    assert (states(), arrived(sandbox)) == (["accepted"] * 5, FIVE)


def test_set_back_after_a_claim_whose_worker_died_nothing_waits_for_that_hour(sandbox: SandboxProcess) -> None:
    mail(FIVE)
    with moved(HOUR):
        # Its worker dies here, with leases an hour too long.
        assert len(claim(now(), limit=20)) == 5
    work()
    assert (states(), arrived(sandbox)) == (["accepted"] * 5, FIVE)


def test_set_back_in_a_call_whoever_makes_it_is_not_taken_for_dead(sandbox: SandboxProcess) -> None:
    queue("facebook", PageFactory.create(), {"message": "Alumbrado completo", "link": "", "photos": []})
    with moved(HOUR), hanging(sandbox), moved(-HOUR):
        work()
        assert states() == ["sending"]
    work()
    assert (states(), len(sandbox.posts())) == (["accepted"], 1)


def test_set_back_the_worker_is_woken_as_often_as_before() -> None:
    beat = Scheduler(app=app)
    assert 0 < beat.tick() <= PACE
    with moved(-HOUR):
        assert 0 < beat.tick() <= PACE


def test_a_beat_that_begins_anew_after_the_clock_was_set_back_wakes_at_once() -> None:
    assert ScheduleEntry(schedule=every(PACE), last_run_at=now() + HOUR).is_due() == (True, PACE)


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


def test_set_forward_in_a_call_that_hangs_for_minutes_nobody_proves_that_it_led_to_nothing(
    sandbox: SandboxProcess,
) -> None:
    queue("facebook", PageFactory.create(), {"message": "Alumbrado completo", "link": "", "photos": []})
    with hanging(sandbox):
        for minutes in (0, 3, 6, 20):
            # The network's clock goes on as it did; ours was set.
            sandbox.clock(minutes * 60.0)
            with moved(HOUR + timedelta(minutes=minutes)):
                work()
        assert states() == ["unknown"]
    assert (states(), len(sandbox.posts())) == (["accepted"], 1)


def test_while_the_call_hangs_nobody_sends_it_again(sandbox: SandboxProcess, head_of_press: User) -> None:
    queue("facebook", PageFactory.create(), {"message": "Alumbrado completo", "link": "", "photos": []})
    with hanging(sandbox), moved(HOUR):
        work()
        (row,) = Delivery.objects.all()
        with pytest.raises(StillAtCall):
            resolve_unknown(row, Decision.SEND_AGAIN, by=head_of_press, now=now())
    assert (states(), len(sandbox.posts())) == (["accepted"], 1)


def test_set_forward_after_a_lost_call_its_absence_takes_its_time_by_the_clock_of_the_page(
    sandbox: SandboxProcess,
) -> None:
    queue("facebook", PageFactory.create(), {"message": "Alumbrado completo", "link": "", "photos": []})
    sandbox.fault("graph", "drop_before", match=FEED)
    work()
    with moved(HOUR):
        work()
    assert states() == ["unknown"]
    sandbox.clock(300.0)
    with moved(HOUR + SOON):
        work()
    assert (states(), len(sandbox.posts())) == (["accepted"], 1)
