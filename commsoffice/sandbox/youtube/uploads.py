"""Resumable uploads: a session is opened, bytes come in pieces, and only the final byte makes the video."""

import os
import re
import secrets
import threading
from collections import defaultdict
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import ClientDisconnected

from commsoffice.sandbox.blobs import image_type, looks_like_video, sha256_of
from commsoffice.sandbox.store import Record, Store, append_stream, removed_on_failure
from commsoffice.sandbox.web import network
from commsoffice.sandbox.youtube.errors import YouTubeError, bad_request, google_response, not_found
from commsoffice.sandbox.youtube.resources import VIDEO_PARTS, etag, read_parts, read_snippet, read_status
from commsoffice.sandbox.youtube.resources import video_resource as resource_of
from commsoffice.sandbox.youtube.tokens import require_channel

uploads = Blueprint("youtube_uploads", __name__, url_prefix="/youtube/upload/youtube/v3")

GRANULARITY = 256 * 1024
VIDEO_LIMIT = 256 * 1024**3
THUMBNAIL_LIMIT = 50 * 1024**2
SESSION_LIFETIME = 7 * 24 * 3600

# Two calls for one session must not write at once; the truth about a session is the size of its file.
_session_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@uploads.errorhandler(YouTubeError)
def _refused(error: YouTubeError) -> Response:
    return error.response()


@uploads.post("/videos")
def open_session() -> Response:
    """Open the session of a video; its description is checked now, its bytes come later."""
    store = network().store
    channel = require_channel(store)
    if request.args.get("uploadType") != "resumable":
        raise bad_request("mediaBodyRequired", "The request does not include the video content.", "body")
    parts = read_parts(request.args.get("part", ""), VIDEO_PARTS)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise bad_request("parseError", "Parse Error", domain="global")
    snippet, status = read_snippet(body), read_status(body)
    length = request.headers.get("X-Upload-Content-Length", "")
    if length and (not length.isdigit() or not 0 < int(length) <= VIDEO_LIMIT):
        raise bad_request("mediaBodyRequired", "The request does not include the video content.", "body")
    return _new_session(
        store,
        {
            "channel": channel["id"],
            "parts": parts,
            "snippet": snippet,
            "status": status,
            "size": int(length) if length else None,
            "type": request.headers.get("X-Upload-Content-Type", "application/octet-stream"),
            "video": None,
        },
    )


def _new_session(store: Store, session: Record) -> Response:
    upload_id = secrets.token_urlsafe(32)
    store.path("sessions", upload_id).touch()
    store.put("upload", upload_id, {**session, "id": upload_id, "created": store.now()})
    query = {**request.args.to_dict(), "upload_id": upload_id}
    response = Response(status=200)
    response.headers["Location"] = f"{request.base_url}?{urlencode(query)}"
    response.headers["X-GUploader-UploadID"] = upload_id
    return response


@uploads.put("/videos")
def send_bytes() -> Response:
    """Take a piece of the video, or tell how much of it is here."""
    store = network().store
    upload_id = request.args.get("upload_id", "")
    with _session_locks[upload_id]:
        session = store.get("upload", upload_id)
        fault = g.get("fault")
        if fault is not None and fault.fault in {"session_lost", "session_gone"} and session is not None:
            _forget(store, session)
            return Response(status=410 if fault.fault == "session_gone" else 404)
        if session is None:
            return Response("Not Found", status=404, mimetype="text/html")
        if session["created"] + SESSION_LIFETIME < store.now():
            _forget(store, session)
            return Response(status=410)
        if session["video"] is not None:
            return _finished(store, session)
        return _receive(store, session)


def _forget(store: Store, session: Record) -> None:
    store.delete("upload", session["id"])
    store.path("sessions", session["id"]).unlink(missing_ok=True)


def _resume_incomplete(received: int) -> Response:
    response = Response(status=308)
    response.headers["Content-Length"] = "0"
    if received:
        response.headers["Range"] = f"bytes=0-{received - 1}"
    return response


def _content_range(session: Record) -> tuple[int, int, int | None]:
    """Return (first, last, total) of the bytes in this request. Raises YouTubeError."""
    header, length = request.headers.get("Content-Range"), request.content_length or 0
    total: int | None
    if header is None:
        first, last, total = 0, length - 1, length
    elif match := re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", header):
        first, last, total = int(match[1]), int(match[2]), (None if match[3] == "*" else int(match[3]))
    else:
        raise bad_request("badRequest", "Failed to parse Content-Range header.", domain="global")
    if last < first or last - first + 1 != length:
        raise bad_request("badRequest", "Invalid Content-Length for the Content-Range.", domain="global")
    if total is not None and session["size"] not in {None, total}:
        raise bad_request("badRequest", "Content-Range does not match X-Upload-Content-Length.", domain="global")
    if last + 1 != total and length % GRANULARITY:
        raise bad_request("badRequest", f"Chunks must be multiples of {GRANULARITY} bytes.", domain="global")
    return first, last, total


def _receive(store: Store, session: Record) -> Response:
    part = store.path("sessions", session["id"])
    received = part.stat().st_size
    if asked := re.fullmatch(r"bytes \*/(\d+|\*)", request.headers.get("Content-Range", "")):
        if asked[1] == str(received) and received:
            # The last byte is here and only the making of the video was interrupted.
            return _finished(store, _make_video(store, session))
        return _resume_incomplete(received)
    first, last, total = _content_range(session)
    if first != received:
        # Bytes that we have already, or a gap: the truth is in the answer.
        return _resume_incomplete(received)
    try:
        append_stream(part, request.stream.read)
    except (ClientDisconnected, ConnectionError):
        # What came before the line broke is kept, in whole units.
        os.truncate(part, received + (part.stat().st_size - received) // GRANULARITY * GRANULARITY)
        raise
    if last + 1 != total:
        return _resume_incomplete(last + 1)
    return _finished(store, _make_video(store, session))


def _make_video(store: Store, session: Record) -> Record:
    video_id = secrets.token_urlsafe(8)
    part, target = store.path("sessions", session["id"]), store.path("youtube", video_id)
    readable = looks_like_video(part)
    os.link(part, target)
    processing = {"uploadStatus": "processed"} if readable else {"uploadStatus": "failed", "failureReason": "codec"}
    status = session["status"]
    facts = {"method": request.method, "path": request.path, "title": session["snippet"]["title"]}
    late = network().faults.take("youtube", facts, only=frozenset({"force_private"}))
    if late is not None:
        status = {**status, "privacyStatus": "private"}
    late = network().faults.take("youtube", facts, only=frozenset({"reject_video", "processing"}))
    if late is not None and late.fault == "reject_video":
        processing = {"uploadStatus": "rejected", "rejectionReason": late.params.get("reason", "duplicate")}
    ready = store.now() + (late.seconds(600 if late.fault == "processing" else 0) if late is not None else 0)
    late = network().faults.take("youtube", facts, only=frozenset({"late_listing"}))
    video = {
        "id": video_id,
        "channel": session["channel"],
        "snippet": session["snippet"],
        "status": status,
        "processing": processing,
        "ready": ready,
        "listed": store.now() + (late.seconds(60) if late is not None else 0),
        "type": session["type"],
        "size": target.stat().st_size,
        "sha256": sha256_of(target),
        "created": store.now(),
        "history": [{"at": store.now(), "status": status}],
        "thumbnail": None,
    }
    with store.lock:
        store.put("youtube_video", video_id, video)
        done = {**session, "video": video_id}
        store.put("upload", session["id"], done)
    part.unlink()
    return done


def _finished(store: Store, session: Record) -> Response:
    video, channel = store.get("youtube_video", session["video"]), store.get("channel", session["channel"])
    if video is None or channel is None:
        return Response(status=404)
    resource = resource_of(video, channel, session["parts"], request.host_url, store.now())
    if "status" in resource:
        # What becomes of the video is known only later, by asking.
        resource["status"] = {**resource["status"], "uploadStatus": "uploaded"}
        resource["status"].pop("rejectionReason", None)
        resource["status"].pop("failureReason", None)
    return google_response(resource)


@uploads.post("/thumbnails/set")
def set_thumbnail() -> Response:
    """Take a video's own thumbnail: the bytes of a JPEG or PNG as the body."""
    store = network().store
    channel = require_channel(store)
    video = store.get("youtube_video", request.args.get("videoId", ""))
    if video is None or video["channel"] != channel["id"]:
        raise not_found("The video that you are trying to insert a thumbnail for cannot be found.")
    if request.args.get("uploadType") != "media" or not request.content_length:
        raise bad_request("mediaBodyRequired", "The request does not include the image content.", "body")
    if request.content_length > THUMBNAIL_LIMIT:
        raise YouTubeError(413, "uploadTooLarge", "The thumbnail is too large.", domain="global")
    with removed_on_failure(store.incoming()) as path:
        append_stream(path, request.stream.read)
        if image_type(path) not in {"image/jpeg", "image/png"}:
            raise bad_request("invalidImage", "The provided image content is invalid.", "body", "youtube.thumbnail")
        thumbnail = {"type": image_type(path), "sha256": sha256_of(path), "size": path.stat().st_size}
        path.replace(store.path("thumbnails", video["id"]))
        store.put("youtube_video", video["id"], {**video, "thumbnail": thumbnail})
    url = {"url": f"{request.host_url}youtube/thumbnails/{video['id']}", "width": 320, "height": 180}
    body = {"kind": "youtube#thumbnailSetResponse", "items": [{"default": url}]}
    return google_response({**body, "etag": etag(body)})
