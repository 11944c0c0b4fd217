"""What the world saw is told as it was, whatever became of it since."""

import smtplib
from typing import Any

import facebook
import pytest

from tests.sandbox.conftest import PAGE
from tests.sandbox.process import SandboxProcess
from tests.sandbox.test_schedules import HOUR, schedule
from tests.sandbox.test_schedules import video as scheduled_video

video = scheduled_video
__all__ = ["video"]


def seen(sandbox: SandboxProcess) -> list[tuple[str, bool]]:
    """The words of each stretch, and whether it lasts."""
    return [(row["words"], row["until"] is None) for row in sandbox.state()["seen"]]


def test_a_post_is_seen_from_its_first_moment(graph: facebook.GraphAPI, sandbox: SandboxProcess) -> None:
    graph.put_object(PAGE, "feed", message="Hoy")
    assert seen(sandbox) == [("Hoy", True)]


def test_a_scheduled_post_is_seen_from_its_hour(graph: facebook.GraphAPI, sandbox: SandboxProcess) -> None:
    schedule(graph, sandbox)
    before = seen(sandbox)
    hour = sandbox.state()["facebook"][PAGE]["posts"][0]["scheduled_publish_time"]
    sandbox.clock(HOUR + 60)
    assert (before, [row["since"] for row in sandbox.state()["seen"]]) == ([], [hour])


def test_what_was_taken_down_before_its_hour_was_never_seen(graph: facebook.GraphAPI, sandbox: SandboxProcess) -> None:
    graph.delete_object(schedule(graph, sandbox))
    sandbox.clock(HOUR + 60)
    assert seen(sandbox) == []


def test_what_was_taken_down_later_was_seen_until_then(graph: facebook.GraphAPI, sandbox: SandboxProcess) -> None:
    key = schedule(graph, sandbox)
    sandbox.clock(HOUR + 60)
    graph.delete_object(key)
    assert seen(sandbox) == [("Mañana", False)]


@pytest.mark.parametrize(
    ("pulled_back_at", "expected"), [(0, []), (HOUR + 60, [("Informe", False)]), (None, [("Informe", True)])]
)
def test_a_video_is_seen_while_its_status_lets_anybody(
    youtube: Any, sandbox: SandboxProcess, video: str, pulled_back_at: int | None, expected: list[tuple[str, bool]]
) -> None:
    if pulled_back_at is not None:
        sandbox.clock(pulled_back_at)
        body = {"id": video, "status": {"privacyStatus": "private"}}
        youtube.videos().update(part="status", body=body).execute()
    sandbox.clock(2 * HOUR)
    assert seen(sandbox) == expected


def test_a_removed_video_was_seen_until_then(youtube: Any, sandbox: SandboxProcess, video: str) -> None:
    sandbox.clock(HOUR + 60)
    youtube.videos().delete(id=video).execute()
    assert seen(sandbox) == [("Informe", False)]


def test_a_mail_has_the_moment_at_which_it_was_taken(sandbox: SandboxProcess) -> None:
    sandbox.clock(HOUR)
    now = sandbox.call("GET", "/control/clock")["now"]
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as client:
        client.sendmail("a@b.example", ["c@d.example"], b"Subject: Hola\r\n\r\nHola\r\n")
    assert 0 <= sandbox.inbox()[0]["at"] - now < 60
