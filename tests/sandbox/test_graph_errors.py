"""The errors have the recorded shapes: HTTP status, code, sub-code, type."""

import json

import facebook
import pytest

from commsoffice.sandbox import seed
from tests.sandbox.conftest import PAGE, Call
from tests.sandbox.process import SandboxProcess

# fault → HTTP status, code, sub-code, is_transient
RECORDED = {
    "expired_token": (400, 190, 463, None),
    "password_changed": (400, 190, 460, None),
    "checkpoint": (400, 190, 459, None),
    "app_removed": (400, 190, 458, None),
    "role_lost": (400, 190, 492, None),
    "permission": (403, 200, None, None),
    "invalid_parameter": (400, 100, None, None),
    "blocked": (400, 368, 1390008, False),
    "duplicate": (400, 506, 1455006, False),
    "app_throttle": (400, 4, None, True),
    "user_throttle": (400, 17, 2446079, True),
    "page_throttle": (400, 32, None, True),
    "throttle": (400, 80000, 2446079, True),
    "http_500": (500, 1, 99, None),
    "unavailable": (400, 2, None, True),
}


@pytest.mark.parametrize("fault", RECORDED)
def test_an_error_has_its_recorded_shape(sandbox: SandboxProcess, http: Call, fault: str):
    sandbox.fault("graph", fault)
    form = {"message": "Hola", "access_token": seed.PAGE_GOVERNMENT_TOKEN}
    answer, body = http("POST", f"/graph/v24.0/{PAGE}/feed", form)
    error = body["error"]
    shape = (answer.status, error["code"], error.get("error_subcode"), error.get("is_transient"))
    assert (shape, error["type"], "fbtrace_id" in error) == (RECORDED[fault], "OAuthException", True)


@pytest.mark.parametrize("fault", RECORDED)
def test_an_error_publishes_nothing(sandbox: SandboxProcess, graph, fault: str):
    sandbox.fault("graph", fault)
    with pytest.raises(facebook.GraphAPIError):
        graph.put_object(PAGE, "feed", message="Hola")
    assert sandbox.posts() == []


def test_a_throttled_page_is_told_when_to_come_back(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "throttle", minutes=17)
    answer, _ = http("GET", f"/graph/v24.0/{PAGE}?access_token={seed.PAGE_GOVERNMENT_TOKEN}")
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])[PAGE][0]
    assert (usage["call_count"], usage["estimated_time_to_regain_access"]) == (100, 17)


def test_a_failure_may_be_told_after_publishing(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "accept_then_error", match={"method": "POST"})
    form = {"message": "Sí salió", "access_token": seed.PAGE_GOVERNMENT_TOKEN}
    answer, body = http("POST", f"/graph/v24.0/{PAGE}/feed", form)
    assert (answer.status, body["error"]["code"], len(sandbox.posts())) == (500, 2, 1)
