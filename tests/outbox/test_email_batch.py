"""Many mails at once, and what may happen to some of them; the ledger stays exact for each."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from pytest_django.fixtures import Settings

from commsoffice.outbox import actions
from commsoffice.outbox.actions.claim import begin, claim
from commsoffice.outbox.actions.life import this_life
from commsoffice.outbox.actions.many import send_many
from commsoffice.outbox.actions.moves import Clock, Outcome
from commsoffice.outbox.actions.results import finish
from commsoffice.outbox.actions.statements import Taken, turn
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Attempt, Delivery, Message
from commsoffice.stack import processes
from tests.outbox import gates
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory, MessageFactory
from tests.outbox.relay import nothing, relay, url_of
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=30)


def mails(number: int) -> list[Delivery]:
    message: Message = MessageFactory.create(channel="email", payload={"subject": "Hola", "text": "Para {{name}}"})
    return [DeliveryFactory.create(channel="email", message=message) for _ in range(number)]


def states(deliveries: list[Delivery]) -> Counter[str]:
    return Counter(Delivery.objects.filter(pk__in=[d.pk for d in deliveries]).values_list("state", flat=True))


def arrived(sandbox: SandboxProcess) -> Counter[str]:
    return Counter(recipient for mail in sandbox.inbox() for recipient in mail["recipients"])


def test_each_arrives_once_and_has_one_attempt(sandbox: SandboxProcess, settled: list[tuple[int, str]]) -> None:
    forty = mails(40)
    actions.send_due(NOW)
    assert arrived(sandbox) == Counter({d.recipient: 1 for d in forty})
    assert sorted(settled) == [(d.pk, "accepted") for d in forty]
    attempts = Attempt.objects.values_list("delivery_id", "kind", "outcome", "fence")
    assert sorted(attempts) == [(d.pk, "send", "accepted", 1) for d in forty]


@pytest.mark.parametrize(
    ("fault", "times", "found"),
    [
        ("drop_before", 1, {"accepted": 30}),
        ("drop_after_dot", 1, {"accepted": 29, "unknown": 1}),
        ("accept_then_drop", 2, {"accepted": 28, "unknown": 2}),
        ("refuse_message", 5, {"accepted": 25, "rejected": 5}),
        ("refuse_message", None, {"rejected": 30}),
        ("defer_message", None, {"queued": 30}),
        ("refuse_recipient", 1, {"accepted": 29, "rejected": 1}),
    ],
)
def test_fault_costs_only_those_that_it_hits(
    sandbox: SandboxProcess, fault: str, times: int | None, found: dict[str, int]
) -> None:
    # A connection that was used before and is cut before the text is opened anew.
    thirty = mails(30)
    sandbox.fault("smtp", fault, times=times, skip=10 if times else 0)
    actions.send_due(NOW)
    assert states(thirty) == found
    assert max(arrived(sandbox).values(), default=0) <= 1


def test_connection_that_dies_leaves_the_other_working(settings: Settings) -> None:
    settings.EMAIL_CONNECTIONS = 2
    lost = threading.Event()

    def answer(line: str) -> str | None:
        if line == "." and not lost.is_set():
            lost.set()
            return "close"
        return None

    with relay(answer) as server:
        settings.EMAIL_URL = url_of(server)
        thirty = mails(30)
        actions.send_due(NOW)
    assert states(thirty) == {"accepted": 29, "unknown": 1}
    assert len(server.texts) == 30


def test_cancelled_meanwhile_is_not_overwritten(settings: Settings) -> None:
    twenty = mails(20)
    done = threading.Event()

    def answer(line: str) -> str | None:
        if line == "." and not done.is_set():
            done.set()
            _elsewhere("UPDATE outbox_delivery SET state = 'unknown', lease_until = NULL WHERE state = 'sending'")
        return None

    with relay(answer) as server:
        settings.EMAIL_URL = url_of(server)
        settings.EMAIL_CONNECTIONS = 1
        actions.send_due(NOW)
    # What was on its way is proven to have left; what was not begun is no longer ours and not called.
    assert states(twenty) == {"accepted": len(server.texts), "unknown": 20 - len(server.texts)}
    assert len(server.texts) < 5


def test_cancelled_before_its_call_begins_it_does_not_leave(settings: Settings) -> None:
    twenty = mails(20)
    done = threading.Event()

    def answer(line: str) -> str | None:
        if line == "." and not done.is_set():
            done.set()
            _elsewhere("UPDATE outbox_delivery SET cancel_reason = 'Withdrawn' WHERE state = 'sending'")
        return None

    with relay(answer) as server:
        settings.EMAIL_URL = url_of(server)
        settings.EMAIL_CONNECTIONS = 1
        actions.send_due(NOW)
    assert len(server.texts) < 5
    actions.sweep(LATER)
    assert states(twenty) == {"accepted": len(server.texts), "cancelled": 20 - len(server.texts)}


def test_worker_killed_in_the_middle_leaves_few_unknown(settings: Settings) -> None:
    """A worker of its own, killed while its server is slow to answer."""

    def answer(line: str) -> str | None:
        if line == ".":
            time.sleep(0.1)
        return None

    with relay(answer) as server:
        sixty = mails(60)
        # Stands in a string, because it is another process.
        code = (
            "import django, sys; django.setup()\n"
            "from django.conf import settings\n"
            "from django.db import connection\n"
            "from django.utils import timezone\n"
            "connection.settings_dict['NAME'] = sys.argv[1]; settings.EMAIL_URL = sys.argv[2]\n"
            "from commsoffice.outbox import actions\n"
            "actions.send_due(timezone.now())\n"
        )
        name = str(connection.settings_dict["NAME"])
        with subprocess.Popen([sys.executable, "-c", code, name, url_of(server)], env=_environment()) as worker:
            while len(server.texts) < 12 and worker.poll() is None:
                time.sleep(0.01)
            worker.send_signal(signal.SIGKILL)
        # Postgres notices a dead client when it answers him; until then his locks stand.
        assert processes.wait_until(lambda: _others_connected() == 0, 60)
    for row in Delivery.objects.filter(state="sending"):
        Delivery.objects.filter(pk=row.pk).update(lease_until=NOW)
    actions.sweep(LATER)
    found = states(sixty)
    left = len(server.texts)
    assert found["accepted"] + found["unknown"] >= left
    assert found["accepted"] <= left
    # Two for each of four connections at most.
    assert found["unknown"] <= 8
    assert found["queued"] == 60 - found["accepted"] - found["unknown"]


@pytest.mark.parametrize("after", [1, 9, 17])
def test_database_that_restarts_in_the_middle_costs_nothing(settings: Settings, after: int) -> None:
    taken: list[str] = []

    def answer(line: str) -> str | None:
        if line == ".":
            taken.append(line)
            if len(taken) == after:
                _elsewhere("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
        return None

    with relay(answer) as server:
        settings.EMAIL_URL = url_of(server)
        thirty = mails(30)
        actions.send_due(NOW)
        connection.close()
        # What was claimed and not begun comes back with its lease.
        actions.sweep(LATER)
        actions.send_due(LATER)
    assert states(thirty) == {"accepted": 30}
    assert len(server.texts) == 30
    assert Attempt.objects.filter(outcome="accepted").count() == 30


def test_database_that_restarts_while_the_gates_are_asked_costs_nothing(settings: Settings) -> None:
    with relay(nothing) as server:
        settings.EMAIL_URL = url_of(server)
        settings.EMAIL_CONNECTIONS = 1
        settings.OUTBOX_GATES = ["tests.outbox.gates.restart_at_the_third"]
        gates.asked.clear()
        ten = mails(10)
        actions.send_due(NOW)
        connection.close()
        left = len(server.texts)
    assert (left > 0, states(ten)["accepted"]) == (True, left)


# --- The database server crashed -----------------------------------------------------------------------


def test_claim_of_this_life_goes_back_to_the_queue() -> None:
    [one] = mails(1)
    claim(NOW, limit=1)
    assert fresh(one).claimed_in == this_life()
    actions.sweep(LATER)
    assert fresh(one).state == "queued"


def test_claim_of_an_earlier_life_is_unknown(settled: list[tuple[int, str]]) -> None:
    [one] = mails(1)
    claim(NOW, limit=1)
    # What Postgres does with an unlogged table when it recovers from a crash.
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE outbox_life")
    actions.sweep(LATER)
    assert (fresh(one).state, settled) == ("unknown", [(one.pk, "unknown")])
    assert list(one.attempts.values_list("kind", "outcome")) == [("send", "unknown")]


def test_attempt_whose_number_was_given_anew_ends_nothing_of_another(settings: Settings) -> None:
    one, other = mails(2)
    mine, theirs = claim(NOW, limit=2)
    way, clock = channel("email"), Clock(NOW)
    attempt = begin(theirs, way, clock)
    assert attempt is not None
    # The beginning of mine was lost with the crash, and its number went to theirs.
    turn({mine.pk: Taken(mine.fence, attempt.pk, "<1@x>", "250 taken")}, [], NOW, NOW)
    outdated = Attempt(pk=attempt.pk, delivery=mine, kind="send", fence=mine.fence, started_at=NOW)
    finish(mine, outdated, Outcome(DeliveryState.ACCEPTED, answer="250 taken"), NOW)
    assert (fresh(one).state, fresh(other).state) == ("accepted", "sending")
    assert Attempt.objects.get(pk=attempt.pk).finished_at is None


def test_table_of_the_life_is_emptied_by_a_crash() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'outbox_life'")
        assert cursor.fetchone() == ("u",)


def test_marks_do_not_wait_for_the_disk_and_claims_do(settings: Settings) -> None:
    seen: list[tuple[str, str]] = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        with connection.connection.cursor() as cursor:
            if "SET LOCAL synchronous_commit" in sql or "outbox_life" in sql:
                cursor.execute("SELECT current_setting('synchronous_commit')")
                seen.append(("turn" if "SET LOCAL" in sql else "claim", cursor.fetchone()[0]))
        return answer

    with relay() as server, connection.execute_wrapper(watch):
        settings.EMAIL_URL = url_of(server)
        mails(2)
        taken = claim(NOW, limit=5)
        way = channel("email")
        with way.session():
            send_many(way, taken, Clock(NOW), lambda limit: [])
    assert set(seen) == {("claim", "on"), ("turn", "off")}


def _elsewhere(sql: str) -> None:
    """Run it on a connection of its own, as this is a thread of the server; it may be ended by it, too."""
    try:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute(sql)
    finally:
        connection.close()


def _others_connected() -> int:
    """How many clients besides us the database of the tests has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "commsoffice.settings.test"}
