"""Faults: which call they strike, how often, and what becomes of the connection."""

import json
import time
from contextlib import suppress
from http.client import HTTPException

import pytest

from commsoffice.sandbox import seed
from commsoffice.sandbox.faults import CATALOGUE, LATE_FAULTS
from tests.sandbox.conftest import PAGE, Call
from tests.sandbox.process import SandboxProcess

FEED = f"/graph/v24.0/{PAGE}/feed"


def post(http: Call, message: str = "Hola") -> int:
    answer, _ = http("POST", FEED, {"message": message, "access_token": seed.PAGE_GOVERNMENT_TOKEN})
    return answer.status


def read(http: Call) -> int:
    answer, _ = http("GET", f"{FEED}?access_token={seed.PAGE_GOVERNMENT_TOKEN}")
    return answer.status


def test_a_fault_strikes_as_often_as_told(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "http_500", times=2)
    assert [read(http) for _ in range(3)] == [500, 500, 200]


def test_a_fault_may_stay_until_it_is_taken_away(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "http_500", times=None)
    struck = [read(http) for _ in range(3)]
    sandbox.clear_faults()
    assert (struck, read(http)) == ([500, 500, 500], 200)


def test_a_fault_may_let_calls_pass_first(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "http_500", skip=1)
    assert [read(http) for _ in range(3)] == [200, 500, 200]


def test_a_fault_strikes_only_what_it_matches(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "http_500", match={"method": "POST", "form.message": "^Mala$"})
    assert [read(http), post(http, "Buena"), post(http, "Mala")] == [200, 200, 500]


def test_the_line_may_break_before_anything_is_done(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "drop_before")
    with pytest.raises((HTTPException, OSError)):
        post(http)
    assert sandbox.posts() == []


def test_the_line_may_break_after_it_is_done(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "accept_then_drop")
    with pytest.raises((HTTPException, OSError)):
        post(http)
    assert len(sandbox.posts()) == 1


def test_the_line_may_break_amid_the_body(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "drop_during")
    with pytest.raises((HTTPException, OSError)):
        post(http)
    assert sandbox.posts() == []


def test_the_answer_may_be_late(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "slow", seconds=0.3)
    started = time.monotonic()
    read(http)
    assert time.monotonic() - started >= 0.3


def test_the_answer_may_be_no_json(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "bad_gateway")
    answer, body = http("POST", FEED, {"message": "Hola"})
    assert (answer.status, answer.headers["Content-Type"].split(";")[0], b"502" in body) == (502, "text/html", True)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"service": "fax", "fault": "slow"},
        {"service": "graph", "fault": "volcano"},
        {"service": "graph", "fault": "slow", "match": {"path": "("}},
        {"service": "graph", "fault": "slow", "times": 0},
        {"service": "graph", "fault": "slow", "colour": "red"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(http: Call, body: object):
    answer, content = http("POST", "/control/faults", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert (answer.status, list(content)) == (400, ["error"])


def test_a_reset_takes_faults_and_posts_away(sandbox: SandboxProcess, http: Call):
    post(http)
    sandbox.fault("graph", "http_500")
    sandbox.reset()
    assert (sandbox.posts(), sandbox.state()["faults"]) == ([], [])


def test_numbers_are_not_given_again_after_a_reset(sandbox: SandboxProcess, http: Call):
    post(http)
    first = sandbox.posts()[0]["id"]
    sandbox.reset()
    post(http)
    assert sandbox.posts()[0]["id"] > first


def test_calls_are_counted(sandbox: SandboxProcess, http: Call):
    post(http, "Una")
    post(http, "Dos")
    read(http)
    assert (sandbox.count(f"graph POST /{PAGE}/feed"), sandbox.count(f"graph GET /{PAGE}/feed")) == (2, 1)


def test_no_call_shows_a_token(sandbox: SandboxProcess, http: Call):
    read(http)
    assert seed.PAGE_GOVERNMENT_TOKEN not in json.dumps(sandbox.state())


HTTP_FAULTS = [
    (service, fault)
    for service, faults in CATALOGUE.items()
    for fault in faults
    if service not in {"smtp", "imap"}
    and fault not in LATE_FAULTS.get(service, ())
    and not fault.startswith(("slow", "accept_then_slow", "stall"))
]
PROBES = {
    "graph": ("POST", FEED),
    "youtube": ("PUT", "/youtube/upload/youtube/v3/videos?upload_id=none"),
    "token": ("POST", "/google/token"),
}


@pytest.mark.parametrize(("service", "fault"), HTTP_FAULTS)
def test_every_fault_of_the_catalogue_strikes(sandbox: SandboxProcess, http: Call, service: str, fault: str):
    sandbox.fault(service, fault)
    method, path = PROBES[service]
    if service == "graph" and fault in {"chunk_lost", "session_lost", "processing", "processing_fails"}:
        path = f"/graph-video/v24.0/{PAGE}/videos"
    phase = "finish" if fault.startswith("processing") else "transfer"
    with suppress(HTTPException, OSError):
        http(method, path, {"message": "Hola", "upload_phase": phase})
    assert [call["fault"] for call in sandbox.state()["calls"]] == [fault]
