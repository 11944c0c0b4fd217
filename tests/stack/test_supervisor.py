import signal
import sys

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_orderly_end_leaves_no_process(toy, nobody_left, number):
    office = toy("--servers")
    office.wait_to_hear("ready")

    assert office.end(number) == 0
    assert nobody_left(0) == []


def test_a_deaf_child_and_its_child_are_ended_too(toy, nobody_left):
    office = toy("--deaf")
    office.wait_to_hear("deaf child is up")

    assert office.end(signal.SIGTERM) == 0
    assert nobody_left(0) == []


def test_the_servers_go_with_a_killed_supervisor(toy, nobody_left):
    office = toy("--servers")
    office.wait_to_hear("ready")

    office.end(signal.SIGKILL)

    assert nobody_left() == []


def test_the_next_start_after_a_kill_recovers_and_keeps_the_data(toy):
    first = toy("--servers")
    first.wait_to_hear("ready")
    first.end(signal.SIGKILL)

    # At once: the orphans may still be writing.
    second = toy("--servers")
    second.wait_to_hear("ready")

    assert second.end(signal.SIGTERM) == 0


def test_the_next_start_ends_what_outlived_a_killed_supervisor(toy, nobody_left):
    first = toy("--deaf")
    first.wait_to_hear("deaf child is up")
    first.end(signal.SIGKILL)

    second = toy()
    second.wait_to_hear("Ended deaf")
    second.wait_to_hear("ready")
    assert second.end(signal.SIGTERM) == 0
    assert nobody_left(0) == []


def test_a_second_start_says_that_one_runs_already(toy):
    first = toy()
    first.wait_to_hear("ready")

    second = toy()

    assert second.process.wait(60) == 1
    assert second.said.read_text() == "commsoffice is already running here; stop that one with Ctrl-C first.\n"


def test_a_child_that_dies_is_named_with_its_reason_and_started_again(toy):
    office = toy("--dying")

    office.wait_to_hear(
        "dying ended (exit code 1) and starts again in 1 s. Its last lines:\n    the reason of my death"
    )
    office.wait_to_hear("dying ended (exit code 1) and starts again in 2 s.")
