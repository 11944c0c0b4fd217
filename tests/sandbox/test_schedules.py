"""What is scheduled goes live at its hour by the network's clock, and may be looked at, changed and taken back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import facebook
import pytest
from googleapiclient.http import MediaFileUpload

from tests.sandbox.conftest import PAGE, mp4
from tests.sandbox.process import SandboxProcess

HOUR = 3600


def schedule(graph: facebook.GraphAPI, sandbox: SandboxProcess, message: str = "Mañana") -> str:
    moment = int(sandbox.call("GET", "/control/clock")["now"]) + HOUR
    post = graph.put_object(PAGE, "feed", message=message, published="false", scheduled_publish_time=str(moment))
    return str(post["id"])


def waiting(graph: facebook.GraphAPI) -> list[str]:
    return [post["message"] for post in graph.get_connections(PAGE, "scheduled_posts")["data"]]


def published(graph: facebook.GraphAPI) -> list[str]:
    return [post["message"] for post in graph.get_connections(PAGE, "published_posts")["data"]]


def test_a_scheduled_post_waits_for_its_hour(graph: facebook.GraphAPI, sandbox: SandboxProcess):
    schedule(graph, sandbox)
    assert (waiting(graph), published(graph), sandbox.posts()) == (["Mañana"], [], [])


def test_a_scheduled_post_goes_live_at_its_hour(graph: facebook.GraphAPI, sandbox: SandboxProcess):
    key = schedule(graph, sandbox)
    sandbox.clock(HOUR + 1)
    live = [(post["id"], post["message"]) for post in sandbox.posts()]
    assert (waiting(graph), published(graph), live) == ([], ["Mañana"], [(key, "Mañana")])


def test_a_scheduled_post_may_be_taken_back(graph: facebook.GraphAPI, sandbox: SandboxProcess):
    graph.delete_object(schedule(graph, sandbox))
    sandbox.clock(HOUR + 1)
    assert (waiting(graph), sandbox.posts()) == ([], [])


def test_a_scheduled_post_may_be_changed_and_moved(graph: facebook.GraphAPI, sandbox: SandboxProcess):
    key = schedule(graph, sandbox)
    later = int(sandbox.call("GET", "/control/clock")["now"]) + 3 * HOUR
    graph.request(f"v24.0/{key}", post_args={"message": "Más tarde", "scheduled_publish_time": str(later)})
    sandbox.clock(2 * HOUR)
    before = published(graph)
    sandbox.clock(3 * HOUR + 1)
    assert (before, published(graph)) == ([], ["Más tarde"])


def test_a_scheduled_post_may_be_published_at_once(graph: facebook.GraphAPI, sandbox: SandboxProcess):
    graph.request(f"v24.0/{schedule(graph, sandbox)}", post_args={"is_published": "true"})
    assert [post["message"] for post in sandbox.posts()] == ["Mañana"]


def test_a_live_post_can_not_be_scheduled(graph: facebook.GraphAPI, sandbox: SandboxProcess):
    key = schedule(graph, sandbox)
    sandbox.clock(HOUR + 1)
    with pytest.raises(facebook.GraphAPIError):
        graph.request(f"v24.0/{key}", post_args={"scheduled_publish_time": str(2_000_000_000)})


@pytest.fixture
def video(youtube: Any, sandbox: SandboxProcess, tmp_path: Path) -> str:
    """A private video that becomes public in an hour."""
    film = tmp_path / "film.mp4"
    film.write_bytes(mp4(1000))
    moment = datetime.fromtimestamp(sandbox.call("GET", "/control/clock")["now"] + HOUR, UTC).isoformat()
    body = {"snippet": {"title": "Informe"}, "status": {"privacyStatus": "private", "publishAt": moment}}
    media = MediaFileUpload(str(film), mimetype="video/mp4", resumable=True)
    return str(youtube.videos().insert(part="snippet,status", body=body, media_body=media).execute()["id"])


def status(youtube: Any, video: str) -> dict[str, Any]:
    found: dict[str, Any] = youtube.videos().list(part="status", id=video).execute()["items"][0]["status"]
    return found


def test_a_scheduled_video_is_private_until_its_hour(youtube: Any, sandbox: SandboxProcess, video: str):
    before = status(youtube, video)
    sandbox.clock(HOUR + 1)
    after = status(youtube, video)
    assert (before["privacyStatus"], "publishAt" in before, after["privacyStatus"], "publishAt" in after) == (
        "private",
        True,
        "public",
        False,
    )


def test_a_scheduled_video_may_be_held_back(youtube: Any, sandbox: SandboxProcess, video: str):
    body = {"id": video, "status": {"privacyStatus": "private"}}
    youtube.videos().update(part="status", body=body).execute()
    sandbox.clock(HOUR + 1)
    assert status(youtube, video)["privacyStatus"] == "private"
