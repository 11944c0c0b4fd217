"""Videos of a page, uploaded in three phases (start, transfer, finish) or in one request."""

import io
import os
import threading
from collections import defaultdict

from flask import g, request

from commsoffice.sandbox.blobs import looks_like_video, settle, sha256_of
from commsoffice.sandbox.graph import posts
from commsoffice.sandbox.graph.errors import GraphError, invalid_parameter
from commsoffice.sandbox.graph.fields import Node, graph_time
from commsoffice.sandbox.store import Record, Store, append_stream, removed_on_failure

CHUNK = 4 * 1024 * 1024
NEVER = 1e12
VIDEO_FIELDS = (
    "id",
    "title",
    "description",
    "created_time",
    "updated_time",
    "permalink_url",
    "source",
    "from",
    "post_id",
    "published",
    "scheduled_publish_time",
    "status",
)

_session_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def create(store: Store, page_id: str, params: dict[str, str]) -> Record:
    """POST /{page}/videos."""
    phases = {"start": _start, "transfer": _transfer, "finish": _finish, "cancel": _cancel}
    phase = params.get("upload_phase", "")
    if not phase:
        return _whole(store, page_id, params)
    if phase not in phases:
        raise invalid_parameter("Param upload_phase must be one of {START, TRANSFER, FINISH, CANCEL}")
    # One at a time in a session; the others go on while a long video is being read.
    with _session_locks[params.get("upload_session_id", "")]:
        return phases[phase](store, page_id, params)


def _bad_video() -> GraphError:
    return GraphError(
        352,
        "(#352) Video file format is not supported",
        subcode=1363024,
        error_user_title="Unsupported Video Format",
        error_user_msg="The format of the video isn't supported.",
    )


def _whole(store: Store, page_id: str, params: dict[str, str]) -> Record:
    source = request.files.get("source")
    if source is None:
        raise GraphError(389, "(#389) Unable to fetch video file from URL.", subcode=1363057)
    video_id = str(store.next_number("graph", 700001))
    with removed_on_failure(store.path("videos", video_id)) as path:
        settle(source.stream, path)
        if not looks_like_video(path):
            raise _bad_video()
        _publish(store, page_id, video_id, params)
    return {"id": video_id}


def _publish(store: Store, page_id: str, video_id: str, params: dict[str, str]) -> None:
    published, scheduled = posts.read_schedule(params, store.now())
    path = store.path("videos", video_id)
    description = params.get("description", "")
    video = {
        "id": video_id,
        "page": page_id,
        "title": params.get("title", ""),
        "description": description,
        "size": path.stat().st_size,
        "sha256": sha256_of(path),
        "created": int(store.now()),
        "post": None,
        "until_ready": "ready",
    }
    ready = 0.0
    fault = g.get("fault")
    if fault is not None and fault.fault == "processing":
        ready = store.now() + fault.seconds(600)
        video["until_ready"] = str(fault.params.get("status", "processing"))
    elif fault is not None and fault.fault == "processing_fails":
        # What became of it is known only later; nobody ever sees it.
        ready, video["fails"] = NEVER, store.now() + fault.seconds(600)
        video["until_ready"] = "processing"
    post = posts.add_post(
        store, page_id, message=description, video=video_id, published=published, scheduled=scheduled, ready=ready
    )
    store.put("video", video_id, {**video, "post": post["id"]})


def _start(store: Store, page_id: str, params: dict[str, str]) -> Record:
    size = params.get("file_size", "")
    if not size.isdigit() or int(size) < 1:
        raise invalid_parameter("The parameter file_size is required and must be a positive number")
    session_id = str(store.next_number("graph", 700001))
    video_id = str(store.next_number("graph", 700001))
    session = {"id": session_id, "page": page_id, "video": video_id, "size": int(size), "done": False}
    store.path("sessions", f"fb-{session_id}").touch()
    store.put("video_session", session_id, session)
    return {"upload_session_id": session_id, "video_id": video_id, **_offsets(session, 0)}


def _offsets(session: Record, received: int) -> Record:
    return {"start_offset": str(received), "end_offset": str(min(received + CHUNK, session["size"]))}


def _session(store: Store, page_id: str, params: dict[str, str]) -> tuple[Record, int]:
    """Return the session and how many bytes of it are on disk."""
    session = store.get("video_session", params.get("upload_session_id", ""))
    if session is not None and _struck_by("session_lost"):
        forget(store, session)
        session = None
    if session is None or session["page"] != page_id or session["done"]:
        raise GraphError(
            6000,
            "There was a problem uploading your video file. Please try again with another file.",
            subcode=1363041,
            error_user_title="Invalid upload session",
            error_user_msg="The upload session is invalid or has expired.",
        )
    return session, store.path("sessions", f"fb-{session['id']}").stat().st_size


def _transfer(store: Store, page_id: str, params: dict[str, str]) -> Record:
    session, received = _session(store, page_id, params)
    chunk = request.files.get("video_file_chunk")
    if chunk is None:
        raise invalid_parameter("The parameter video_file_chunk is required")
    if params.get("start_offset") != str(received):
        raise _wrong_offset(session, received)
    chunk.stream.seek(0, 2)
    length = chunk.stream.tell()
    if length == 0 or received + length > session["size"]:
        raise _wrong_offset(session, received)
    chunk.stream.seek(0)
    if _struck_by("chunk_lost"):
        part = io.BytesIO(chunk.stream.read(length // 2))
        received += append_stream(store.path("sessions", f"fb-{session['id']}"), part.read)
        raise _wrong_offset(session, received)
    received += append_stream(store.path("sessions", f"fb-{session['id']}"), chunk.stream.read)
    return _offsets(session, received)


def _struck_by(name: str) -> bool:
    fault = g.get("fault")
    return fault is not None and fault.fault == name


def forget(store: Store, session: Record) -> None:
    """Drop an upload that will not be finished."""
    store.delete("video_session", session["id"])
    store.path("sessions", f"fb-{session['id']}").unlink(missing_ok=True)


def session_of_video(store: Store, video_id: str) -> Record | None:
    """Return the upload that will become a video, or None."""
    return next((row for row in store.all("video_session") if row["video"] == video_id and not row["done"]), None)


def unfinished_node(store: Store, session: Record) -> Node:
    """Return what can be asked of a video of which not all is here."""
    received = store.path("sessions", f"fb-{session['id']}").stat().st_size
    phases = {
        "video_status": "uploading",
        "uploading_phase": {"status": "in_progress", "bytes_transferred": received},
        "processing_phase": {"status": "not_started"},
        "publishing_phase": {"status": "not_started"},
    }
    # Every field may be asked for; most have no value yet.
    empty: Node = dict.fromkeys(VIDEO_FIELDS, lambda: None)
    return {**empty, "id": lambda: session["video"], "published": lambda: False, "status": lambda: phases}


def _wrong_offset(session: Record, received: int) -> GraphError:
    return GraphError(
        6001,
        "There was a problem uploading your video file. Please retry with the correct offset.",
        subcode=1363037,
        is_transient=True,
        error_data={
            "start_offset": received,
            "end_offset": min(received + CHUNK, session["size"]),
        },
        error_user_title="Error Uploading Video",
        error_user_msg="The chunk doesn't begin where the last one ended.",
    )


def _finish(store: Store, page_id: str, params: dict[str, str]) -> Record:
    session, received = _session(store, page_id, params)
    if received < session["size"]:
        raise _wrong_offset(session, received)
    part = store.path("sessions", f"fb-{session['id']}")
    if not looks_like_video(part):
        raise _bad_video()
    posts.read_schedule(params, store.now())
    target = store.path("videos", session["video"])
    target.unlink(missing_ok=True)
    os.link(part, target)
    _publish(store, page_id, session["video"], params)
    store.put("video_session", session["id"], {**session, "done": True})
    part.unlink()
    return {"success": True}


def _cancel(store: Store, page_id: str, params: dict[str, str]) -> Record:
    session, _ = _session(store, page_id, params)
    forget(store, session)
    return {"success": True}


def node(store: Store, video: Record, base: str) -> Node:
    """Return what can be asked of a video, by field name."""
    now = store.now()
    post = store.get("post", video["post"])
    page = store.get("page", video["page"]) or {"id": video["page"], "name": ""}
    live = post is not None and posts.is_live(post, now)
    is_ready = post is None or float(post.get("ready", 0)) <= now
    has_failed = float(video.get("fails", NEVER)) <= now
    unready = "error" if has_failed else video["until_ready"]
    processing = "complete" if is_ready else "error" if has_failed else "in_progress"
    return {
        "id": lambda: video["id"],
        "title": lambda: video["title"] or None,
        "description": lambda: video["description"] or None,
        "created_time": lambda: graph_time(video["created"]),
        "updated_time": lambda: graph_time(video["created"]),
        "permalink_url": lambda: f"/facebook/{video['page']}/#{video['post']}",
        "source": lambda: f"{base}facebook/videos/{video['id']}",
        "from": lambda: {"name": page["name"], "id": page["id"]},
        "post_id": lambda: str(video["post"]).partition("_")[2],
        "published": lambda: live,
        "scheduled_publish_time": lambda: (
            graph_time(post["scheduled"]) if post is not None and not live and post["scheduled"] else None
        ),
        "status": lambda: {
            "video_status": "ready" if is_ready else unready,
            "uploading_phase": {"status": "complete", "bytes_transferred": video["size"]},
            "processing_phase": {"status": processing},
            "publishing_phase": {"status": "complete" if live else "not_started"},
        },
    }
