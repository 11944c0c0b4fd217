"""The clock of the network, and the bound of its record of calls."""

import json
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from commsoffice.sandbox import calls
from commsoffice.sandbox.store import STALE_LINES, Store
from tests.sandbox.conftest import Call
from tests.sandbox.process import SandboxProcess


def test_the_clock_may_be_ahead(sandbox: SandboxProcess):
    sandbox.clock(3600)
    assert abs(sandbox.call("GET", "/control/clock")["now"] - time.time() - 3600) < 5


def test_each_answer_is_dated_by_it(sandbox: SandboxProcess):
    sandbox.clock(3600)
    with urlopen(f"{sandbox.http_url}/control/clock") as answer:  # noqa: S310  loopback
        dated = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(dated - time.time() - 3600) < 5


def test_a_reset_sets_the_clock_right(sandbox: SandboxProcess):
    sandbox.clock(-86400)
    sandbox.reset()
    assert sandbox.state()["clock"]["offset"] == 0


@pytest.mark.parametrize("body", [{}, [], {"offset": "soon"}, {"offset": True}])
def test_a_clock_that_makes_no_sense_is_refused(http: Call, body: object):
    headers = {"Content-Type": "application/json"}
    assert http("POST", "/control/clock", json.dumps(body).encode(), headers)[0].status == 400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "network")
    yield store
    store.close()


def test_the_record_of_calls_is_bounded_and_the_counts_are_not(store: Store):
    for number in range(calls.KEPT + 10):
        calls.note(store, "graph", "GET", f"/graph/v24.0/{number % 2}", status=200)
    assert (store.count("call"), calls.counts(store)) == (
        calls.KEPT,
        {"graph GET /0": calls.KEPT // 2 + 5, "graph GET /1": calls.KEPT // 2 + 5},
    )


def test_the_journal_does_not_grow_for_ever(store: Store):
    for number in range(3 * STALE_LINES):
        store.put("thing", "same", {"number": number})
    with (store.root / "journal.jsonl").open("rb") as journal:
        lines = sum(1 for _ in journal)
    assert (lines < 2 * STALE_LINES, store.get("thing", "same")) == (True, {"number": 3 * STALE_LINES - 1})
