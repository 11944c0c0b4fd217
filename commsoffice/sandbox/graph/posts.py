"""Posts of a page: what is live, what is scheduled, what is only prepared."""

import json
import re

from commsoffice.sandbox.graph.errors import GraphError, duplicate_post, invalid_parameter, no_such_object
from commsoffice.sandbox.graph.fields import Node, graph_time, parse_boolean, parse_time
from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import network

SCHEDULE_EARLIEST = 10 * 60
SCHEDULE_LATEST = 30 * 24 * 3600
TEMPORARY_LIFE = 24 * 3600
MESSAGE_LIMIT = 63206


def is_live(post: Record, now: float) -> bool:
    """Whether the public sees it: published, or scheduled for a moment that has come."""
    scheduled = post["scheduled"]
    is_due = bool(post["published"] or (scheduled is not None and scheduled <= now))
    # A video that is still being processed is seen by nobody, whatever its hour.
    return is_due and float(post.get("ready", 0)) <= now


def created_at(post: Record, now: float) -> int:
    """When it appeared; a scheduled one appears at its hour."""
    if post["scheduled"] is not None and is_live(post, now):
        return int(post["scheduled"])
    return int(post["created"])


def posts_of(store: Store, page_id: str, now: float) -> list[Record]:
    """Return all posts of a page, newest first, live or not."""
    posts = [post for post in store.all("post") if post["page"] == page_id]
    return sorted(posts, key=lambda post: (created_at(post, now), post["number"]), reverse=True)


def read_schedule(params: dict[str, str], now: float) -> tuple[bool, int | None]:
    """Return (published, scheduled moment) as the parameters ask. Raises GraphError."""
    published = parse_boolean("published", params.get("published", "true"))
    text = params.get("scheduled_publish_time", "")
    if not text:
        return published, None
    if published:
        raise invalid_parameter("You cannot specify a scheduled publish time on a published post")
    moment = parse_time("scheduled_publish_time", text)
    if not SCHEDULE_EARLIEST <= moment - now <= SCHEDULE_LATEST:
        raise invalid_parameter(
            "The specified scheduled publish time is invalid.",
            error_user_title="Invalid scheduled publish time",
            error_user_msg="The time must be between 10 minutes and 30 days from now.",
        )
    return False, moment


def read_attached_media(params: dict[str, str]) -> list[str]:
    """Return ids of attached photos, from a JSON array or from attached_media[0], attached_media[1] and so on."""
    if "attached_media" in params:
        try:
            items = json.loads(params["attached_media"])
        except ValueError:
            items = None
        if not isinstance(items, list):
            raise invalid_parameter("param attached_media must be an array.")
    else:
        numbered = sorted(
            (int(match[1]), value)
            for name, value in params.items()
            if (match := re.fullmatch(r"attached_media\[(\d+)\]", name))
        )
        try:
            items = [json.loads(value) for _, value in numbered]
        except ValueError:
            raise invalid_parameter("param attached_media must be an array.") from None
    if not all(isinstance(item, dict) and "media_fbid" in item for item in items):
        raise invalid_parameter("param attached_media[0] must have media_fbid.")
    return [str(item["media_fbid"]) for item in items]


def add_post(
    store: Store,
    page_id: str,
    *,
    message: str,
    link: str = "",
    photos: list[str] | None = None,
    video: str | None = None,
    published: bool,
    scheduled: int | None,
    ready: float = 0,
) -> Record:
    """Write a post down and take its photos for it; nobody sees it before it is `ready`."""
    if len(message) > MESSAGE_LIMIT:
        raise invalid_parameter(f"Message is too long; the limit is {MESSAGE_LIMIT} characters")
    late = {name: _taken_late(page_id, message, name) for name in ("late_listing", "late_media")}
    with store.lock:
        number = store.next_number("graph", 700001)
        post: Record = {
            "id": f"{page_id}_{number}",
            "page": page_id,
            "number": number,
            "message": message,
            "link": link,
            "photos": photos or [],
            "video": video,
            "created": int(store.now()),
            "updated": int(store.now()),
            "published": published,
            "scheduled": scheduled,
            "ready": ready,
            "listed": store.now() + late["late_listing"],
            "shows_media": store.now() + late["late_media"],
        }
        for photo_id in post["photos"]:
            photo = store.get("photo", photo_id)
            if photo is not None:
                store.put("photo", photo_id, {**photo, "post": post["id"]})
        store.put("post", post["id"], post)
    return post


def _is_thrown_away(photo: Record, now: float) -> bool:
    """Whether nothing took a temporary photo within a day."""
    return bool(photo["temporary"]) and photo["post"] is None and photo["created"] + TEMPORARY_LIFE < now


def _taken_late(page_id: str, message: str, name: str) -> float:
    """For how many seconds a new post is not told whole: Graph's lists are put together apart from its posts."""
    facts = {"method": "POST", "path": f"/{page_id}/feed", "form.message": message}
    fault = network().faults.take("graph", facts, only=frozenset({name}))
    return fault.seconds(60) if fault is not None else 0.0


def create(store: Store, page_id: str, params: dict[str, str]) -> Record:
    """POST /{page}/feed."""
    message, link = params.get("message", ""), params.get("link", "")
    photos = read_attached_media(params)
    if not (message.strip() or link or photos):
        raise invalid_parameter("Requires one of the params: message, link, attached_media")
    if link and not re.match(r"https?://\S+$", link):
        raise GraphError(100, "(#100) link URL is not properly formatted", subcode=1500)
    published, scheduled = read_schedule(params, store.now())
    with store.lock:
        for photo_id in photos:
            photo = store.get("photo", photo_id)
            if photo is None or photo["page"] != page_id or _is_thrown_away(photo, store.now()):
                raise no_such_object("post", photo_id)
            if photo["post"] is not None:
                raise invalid_parameter(
                    "Photos were already posted.", 1366051, error_user_title="These Photos Were Already Posted"
                )
        # Photos are always new to the check; only text is compared, and only with the post just before.
        if message.strip() and not photos and _repeats_the_last(store, page_id, message, link):
            raise duplicate_post()
        post = add_post(
            store, page_id, message=message, link=link, photos=photos, published=published, scheduled=scheduled
        )
    return {"id": post["id"]}


def _repeats_the_last(store: Store, page_id: str, message: str, link: str) -> bool:
    posts = [post for post in store.all("post") if post["page"] == page_id]
    last = max(posts, key=lambda post: int(post["number"]), default=None)
    return last is not None and last["message"].strip() == message.strip() and last["link"] == link


def update(store: Store, post: Record, params: dict[str, str]) -> Record:
    """POST /{post}: its text, its hour, or publish it now."""
    now = store.now()
    changed = dict(post)
    if "message" in params:
        changed["message"] = params["message"]
    if parse_boolean("is_published", params.get("is_published", "false")):
        if is_live(post, now):
            raise invalid_parameter("This post is already published")
        changed.update(published=True, scheduled=None, created=int(now))
    elif "scheduled_publish_time" in params:
        if is_live(post, now):
            raise invalid_parameter("You cannot specify a scheduled publish time on a published post")
        _, changed["scheduled"] = read_schedule({**params, "published": "false"}, now)
    changed["updated"] = int(now)
    store.put("post", post["id"], changed)
    return {"success": True}


def delete(store: Store, post: Record) -> Record:
    """DELETE /{post}; its photos and its video go with it."""
    with store.lock:
        video = store.get("video", post["video"]) if post["video"] is not None else None
        gone = {**post, "removed": store.now(), "video_sha256": video["sha256"] if video is not None else None}
        store.put("removed_post", post["id"], gone)
        store.delete("post", post["id"])
        for photo_id in post["photos"]:
            store.delete("photo", photo_id)
            store.path("photos", photo_id).unlink(missing_ok=True)
        if post["video"] is not None:
            store.delete("video", post["video"])
            store.path("videos", post["video"]).unlink(missing_ok=True)
    return {"success": True}


def _photo_attachment(photo: Record, base: str) -> Record:
    url = f"{base}facebook/photos/{photo['id']}"
    return {
        "media_type": "photo",
        "type": "photo",
        "url": url,
        "description": photo["caption"],
        "target": {"id": photo["id"], "url": url},
        "media": {"image": {"src": url}},
    }


def _attachments(store: Store, post: Record, base: str) -> Record | None:
    photos = [photo for key in post["photos"] if (photo := store.get("photo", key)) is not None]
    if len(photos) == 1:
        return {"data": [_photo_attachment(photos[0], base)]}
    if photos:
        album = {
            **_photo_attachment(photos[0], base),
            "media_type": "album",
            "type": "album",
            "title": f"Photos from {post['page']}'s post",
            "subattachments": {"data": [_photo_attachment(photo, base) for photo in photos]},
        }
        return {"data": [album]}
    if post["video"] is not None:
        url = f"{base}facebook/videos/{post['video']}"
        target = {"id": post["video"], "url": url}
        return {"data": [{"media_type": "video", "type": "video_inline", "url": url, "target": target}]}
    if post["link"]:
        return {"data": [{"media_type": "link", "type": "share", "url": post["link"]}]}
    return None


def node(store: Store, post: Record, base: str) -> Node:
    """Return what can be asked of a post, by field name."""
    now = store.now()
    page = store.get("page", post["page"]) or {"id": post["page"], "name": ""}
    live = is_live(post, now)
    pictures = [f"{base}facebook/photos/{key}" for key in post["photos"]]
    kind = "added_photos" if post["photos"] else "added_video" if post["video"] else "mobile_status_update"
    return {
        "id": lambda: post["id"],
        "message": lambda: post["message"] or None,
        "created_time": lambda: graph_time(created_at(post, now)),
        "updated_time": lambda: graph_time(max(int(post["updated"]), created_at(post, now))),
        "permalink_url": lambda: f"{base}facebook/{post['page']}/#{post['id']}",
        "is_published": lambda: live,
        "is_hidden": lambda: False,
        "is_expired": lambda: False,
        "scheduled_publish_time": lambda: None if live else post["scheduled"],
        "status_type": lambda: kind,
        "from": lambda: {"name": page["name"], "id": page["id"]},
        "full_picture": lambda: pictures[0] if pictures else None,
        "attachments": lambda: _attachments(store, post, base) if post["shows_media"] <= now else None,
        "object_id": lambda: post["video"] or (post["photos"][0] if post["photos"] else None),
        "shares": lambda: None,
        "comments": lambda: {"data": [], "summary": {"total_count": 0}},
        "reactions": lambda: {"data": [], "summary": {"total_count": 0}},
    }
