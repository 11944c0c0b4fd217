"""Page videos: three phases, offsets, resuming."""

import hashlib
import io
from typing import Any

import facebook
import pytest

from tests.sandbox.conftest import PAGE, mp4
from tests.sandbox.process import SandboxProcess


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
