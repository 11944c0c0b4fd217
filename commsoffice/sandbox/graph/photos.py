"""Photos of a page: published at once with a post of their own, or kept for a post to come."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

from flask import request

from commsoffice.sandbox.blobs import image_type, settle, sha256_of
from commsoffice.sandbox.graph import posts
from commsoffice.sandbox.graph.errors import GraphError, invalid_parameter
from commsoffice.sandbox.graph.fields import Node, graph_time, parse_boolean
from commsoffice.sandbox.store import Record, Store, append_stream, removed_on_failure
from commsoffice.sandbox.web import LOOPBACK_NAMES

SIZE_LIMIT = 4_000_000
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/webp"})


def _bad_image() -> GraphError:
    return GraphError(
        324,
        "(#324) Missing or invalid image file",
        subcode=2069019,
        is_transient=False,
        error_user_title="Missing or invalid image file",
        error_user_msg="Your photos couldn't be uploaded. Photos should be saved as JPEG, PNG, GIF, TIFF or BMP.",
    )


def _fetch(url: str, target: Path) -> None:
    """Fetch a photo by its address; the real network would, this one reaches only this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK_NAMES:
        raise _bad_image()
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=10)
    try:
        connection.request("GET", parts._replace(scheme="", netloc="").geturl() or "/")
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise _bad_image()
        append_stream(target, answer.read)
    except OSError:
        raise _bad_image() from None
    finally:
        connection.close()


def create(store: Store, page_id: str, params: dict[str, str]) -> Record:
    """POST /{page}/photos with multipart `source` or with `url`."""
    published, scheduled = posts.read_schedule(params, store.now())
    caption = params.get("caption") or params.get("message", "")
    source = request.files.get("source") or next(iter(request.files.values()), None)
    if source is None and not params.get("url"):
        raise GraphError(324, "(#324) Requires upload file")
    photo_id = str(store.next_number("graph", 700001))
    with removed_on_failure(store.path("photos", photo_id)) as path:
        if source is not None:
            settle(source.stream, path)
        else:
            _fetch(params["url"], path)
        kind = image_type(path)
        if kind not in IMAGE_TYPES:
            raise _bad_image()
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise invalid_parameter(
                "Invalid parameter",
                1366046,
                error_user_title="Can't Read Files",
                error_user_msg="Your photos couldn't be uploaded. Photos should be smaller than 4 MB.",
            )
        photo = {
            "id": photo_id,
            "page": page_id,
            "caption": caption,
            "alt_text": params.get("alt_text_custom", ""),
            "type": kind,
            "size": size,
            "sha256": sha256_of(path),
            "created": int(store.now()),
            "temporary": parse_boolean("temporary", params.get("temporary", "false")),
            "post": None,
        }
        store.put("photo", photo_id, photo)
    if not published and scheduled is None:
        return {"id": photo_id}
    post = posts.add_post(store, page_id, message=caption, photos=[photo_id], published=published, scheduled=scheduled)
    return {"id": photo_id, "post_id": post["id"]}


def node(store: Store, photo: Record, base: str) -> Node:
    """Return what can be asked of a photo, by field name."""
    url = f"{base}facebook/photos/{photo['id']}"
    page = store.get("page", photo["page"]) or {"id": photo["page"], "name": ""}
    return {
        "id": lambda: photo["id"],
        "name": lambda: photo["caption"] or None,
        "alt_text_custom": lambda: photo["alt_text"] or None,
        "created_time": lambda: graph_time(photo["created"]),
        "updated_time": lambda: graph_time(photo["created"]),
        "from": lambda: {"name": page["name"], "id": page["id"]},
        "link": lambda: url,
        "picture": lambda: url,
        "images": lambda: [{"source": url}],
        "page_story_id": lambda: photo["post"],
    }


def delete(store: Store, photo: Record) -> Record:
    """DELETE /{photo}."""
    store.delete("photo", photo["id"])
    store.path("photos", photo["id"]).unlink(missing_ok=True)
    return {"success": True}
