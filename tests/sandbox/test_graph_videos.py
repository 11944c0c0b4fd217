"""Page videos: three phases, offsets, resuming."""

import hashlib
import io
from typing import Any

import facebook
import pytest

from tests.sandbox.conftest import PAGE, mp4
from tests.sandbox.process import SandboxProcess


@pytest.fixture
def graph(graph: facebook.GraphAPI, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> facebook.GraphAPI:
    """The same, at the host that takes videos."""
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", sandbox.video_url)
    return graph


def phase(graph: facebook.GraphAPI, name: str, chunk: bytes | None = None, **fields: str) -> dict[str, Any]:
    files = {"video_file_chunk": ("chunk", io.BytesIO(chunk))} if chunk is not None else None
    answer: dict[str, Any] = graph.request(
        f"v24.0/{PAGE}/videos", post_args={"upload_phase": name, **fields}, files=files, method="POST"
    )
    return answer


def transfer_all(graph: facebook.GraphAPI, data: bytes, session: dict[str, Any]) -> None:
    start, end = int(session["start_offset"]), int(session["end_offset"])
    while start < end:
        answer = phase(
            graph,
            "transfer",
            data[start:end],
            upload_session_id=session["upload_session_id"],
            start_offset=str(start),
        )
        start, end = int(answer["start_offset"]), int(answer["end_offset"])


def test_a_video_arrives_whole_in_pieces(graph, sandbox: SandboxProcess):
    data = mp4(9_000_000)
    session = phase(graph, "start", file_size=str(len(data)))
    transfer_all(graph, data, session)
    answer = phase(
        graph, "finish", upload_session_id=session["upload_session_id"], title="Luminarias", description="El video"
    )
    video = sandbox.posts()[0]["video"]
    assert (answer, video["id"], video["sha256"]) == (
        {"success": True},
        session["video_id"],
        hashlib.sha256(data).hexdigest(),
    )


def test_the_other_host_takes_no_videos(graph, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", sandbox.graph_url)
    with pytest.raises(facebook.GraphAPIError, match="graph-video"):
        phase(graph, "start", file_size="1000")


def test_nothing_is_live_before_finish(graph, sandbox: SandboxProcess):
    data = mp4(1000)
    transfer_all(graph, data, phase(graph, "start", file_size="1000"))
    assert sandbox.posts() == []


def test_a_wrong_offset_tells_where_to_go_on(graph):
    data = mp4(9_000_000)
    session = phase(graph, "start", file_size=str(len(data)))
    first = int(session["end_offset"])
    phase(graph, "transfer", data[:first], upload_session_id=session["upload_session_id"], start_offset="0")
    with pytest.raises(facebook.GraphAPIError) as caught:
        phase(graph, "transfer", data[:first], upload_session_id=session["upload_session_id"], start_offset="0")
    error = caught.value.result["error"]
    assert (error["code"], error["error_subcode"], error["error_data"]["start_offset"]) == (6001, 1363037, first)


def test_an_unfinished_upload_can_not_be_finished(graph):
    session = phase(graph, "start", file_size="1000")
    with pytest.raises(facebook.GraphAPIError) as caught:
        phase(graph, "finish", upload_session_id=session["upload_session_id"])
    assert caught.value.code == 6001


def test_finish_comes_once(graph, sandbox: SandboxProcess):
    data = mp4(1000)
    session = phase(graph, "start", file_size="1000")
    transfer_all(graph, data, session)
    phase(graph, "finish", upload_session_id=session["upload_session_id"])
    with pytest.raises(facebook.GraphAPIError):
        phase(graph, "finish", upload_session_id=session["upload_session_id"])
    assert len(sandbox.posts()) == 1


def test_a_video_can_be_asked_for_after_a_lost_answer(graph, sandbox: SandboxProcess):
    data = mp4(1000)
    session = phase(graph, "start", file_size="1000")
    transfer_all(graph, data, session)
    sandbox.fault("graph", "accept_then_drop", match={"form.upload_phase": "finish"})
    with pytest.raises(OSError, match="Connection aborted"):
        phase(graph, "finish", upload_session_id=session["upload_session_id"])
    video = graph.get_object(session["video_id"], fields="published,status")
    assert (video["published"], video["status"]["video_status"]) == (True, "ready")


def test_a_chunk_may_be_kept_in_part(graph, sandbox: SandboxProcess):
    data = mp4(9_000_000)
    session = phase(graph, "start", file_size=str(len(data)))
    known = {"upload_session_id": session["upload_session_id"]}
    sandbox.fault("graph", "chunk_lost")
    with pytest.raises(facebook.GraphAPIError) as caught:
        phase(graph, "transfer", data[: int(session["end_offset"])], start_offset="0", **known)
    error = caught.value.result["error"]
    offsets = {name: str(error["error_data"][name]) for name in ("start_offset", "end_offset")}
    transfer_all(graph, data, {**session, **offsets})
    phase(graph, "finish", **known)
    assert (error["error_subcode"], offsets["start_offset"], sandbox.posts()[0]["video"]["sha256"]) == (
        1363037,
        str(int(session["end_offset"]) // 2),
        hashlib.sha256(data).hexdigest(),
    )


@pytest.mark.parametrize("fault", ["accept_then_drop", "drop_before", "drop_during"])
def test_a_broken_line_in_a_transfer_is_made_good_by_the_offsets(graph, sandbox: SandboxProcess, fault: str):
    data = mp4(9_000_000)
    session = phase(graph, "start", file_size=str(len(data)))
    known = {"upload_session_id": session["upload_session_id"]}
    sandbox.fault("graph", fault, match={"path": "/videos$"})
    with pytest.raises(OSError):  # noqa: PT011 - which of the socket's errors is a matter of the moment
        phase(graph, "transfer", data[: int(session["end_offset"])], start_offset="0", **known)
    # What is there is asked for with an empty hand: a chunk at an impossible place.
    with pytest.raises(facebook.GraphAPIError) as caught:
        phase(graph, "transfer", b"x", start_offset=str(len(data)), **known)
    offsets = {name: str(value) for name, value in caught.value.result["error"]["error_data"].items()}
    transfer_all(graph, data, {**session, **offsets})
    phase(graph, "finish", **known)
    assert [post["video"]["sha256"] for post in sandbox.posts()] == [hashlib.sha256(data).hexdigest()]


def test_a_lost_start_leaves_nothing_on_the_page(graph, sandbox: SandboxProcess):
    sandbox.fault("graph", "accept_then_drop", match={"form.upload_phase": "start"})
    with pytest.raises(OSError, match="Connection aborted"):
        phase(graph, "start", file_size="1000")
    data = mp4(1000)
    session = phase(graph, "start", file_size="1000")
    transfer_all(graph, data, session)
    phase(graph, "finish", upload_session_id=session["upload_session_id"])
    assert len(sandbox.posts()) == 1


def test_an_unfinished_video_tells_how_much_is_there(graph):
    data = mp4(9_000_000)
    session = phase(graph, "start", file_size=str(len(data)))
    end = int(session["end_offset"])
    phase(graph, "transfer", data[:end], upload_session_id=session["upload_session_id"], start_offset="0")
    status = graph.get_object(session["video_id"], fields="status")["status"]
    assert (status["video_status"], status["uploading_phase"]["bytes_transferred"]) == ("uploading", end)


def test_an_unfinished_video_may_be_asked_as_a_finished_one(graph):
    session = phase(graph, "start", file_size="1000")
    fields = "published,scheduled_publish_time,permalink_url,post_id,title"
    video = graph.get_object(session["video_id"], fields=fields)
    assert video == {"id": session["video_id"], "published": False}


def test_a_lost_session_is_told(graph, sandbox: SandboxProcess):
    session = phase(graph, "start", file_size="1000")
    sandbox.fault("graph", "session_lost")
    with pytest.raises(facebook.GraphAPIError) as caught:
        phase(graph, "transfer", mp4(1000), upload_session_id=session["upload_session_id"], start_offset="0")
    error = caught.value.result["error"]
    assert (error["code"], error["error_subcode"]) == (6000, 1363041)


def test_an_upload_may_be_cancelled(graph):
    session = phase(graph, "start", file_size="1000")
    phase(graph, "cancel", upload_session_id=session["upload_session_id"])
    with pytest.raises(facebook.GraphAPIError):
        graph.get_object(session["video_id"], fields="status")


def test_a_video_may_take_its_time_to_be_processed(graph, sandbox: SandboxProcess):
    data = mp4(1000)
    session = phase(graph, "start", file_size="1000")
    transfer_all(graph, data, session)
    sandbox.fault("graph", "processing", seconds=300)
    phase(graph, "finish", upload_session_id=session["upload_session_id"])
    before = graph.get_object(session["video_id"], fields="published,status")
    hidden = sandbox.posts()
    sandbox.clock(301)
    after = graph.get_object(session["video_id"], fields="published,status")
    assert (before["published"], before["status"]["video_status"], hidden) == (False, "processing", [])
    assert (after["published"], after["status"]["video_status"], len(sandbox.posts())) == (True, "ready", 1)
