"""What is live on the simulated network, as one JSON document for tests and for the curious."""

from dataclasses import asdict
from typing import Any

from commsoffice.sandbox import calls, witness
from commsoffice.sandbox.graph import posts
from commsoffice.sandbox.imap import mailbox
from commsoffice.sandbox.store import Record
from commsoffice.sandbox.web import Network
from commsoffice.sandbox.youtube.resources import google_time, privacy_now, processing_now

MAIL_FIELDS = (
    "number",
    "at",
    "sender",
    "recipients",
    "user",
    "from",
    "to",
    "cc",
    "subject",
    "text",
    "html",
    "message_id",
    "headers",
    "attachments",
    "size",
    "sha256",
)


def _kept(record: Record, names: tuple[str, ...]) -> Record:
    return {name: record[name] for name in names}


def _page(shared: Network, page: Record, now: float) -> Record:
    store = shared.store
    photo_fields = ("id", "sha256", "size", "type", "caption", "alt_text")
    video_fields = ("id", "sha256", "size", "title", "description")

    def shown(post: Record) -> Record:
        attached = [photo for key in post["photos"] if (photo := store.get("photo", key)) is not None]
        video = store.get("video", post["video"]) if post["video"] is not None else None
        return {
            "id": post["id"],
            "message": post["message"],
            "link": post["link"],
            "created_time": posts.created_at(post, now),
            "is_published": posts.is_live(post, now),
            "scheduled_publish_time": post["scheduled"],
            "photos": [_kept(photo, photo_fields) for photo in attached],
            "video": _kept(video, video_fields) if video is not None else None,
        }

    own = [photo for photo in store.all("photo") if photo["page"] == page["id"]]
    return {
        "name": page["name"],
        "posts": [shown(post) for post in posts.posts_of(store, page["id"], now)],
        "unpublished_photos": [_kept(photo, photo_fields) for photo in own if photo["post"] is None],
    }


def _channel(shared: Network, channel: Record, now: float) -> Record:
    store = shared.store

    def shown(video: Record) -> Record:
        publish_at = video["status"].get("publishAt")
        return {
            "id": video["id"],
            "title": video["snippet"]["title"],
            "description": video["snippet"]["description"],
            "tags": video["snippet"].get("tags", []),
            "privacyStatus": privacy_now(video, now),
            "publishAt": google_time(publish_at) if publish_at is not None else None,
            **processing_now(video, now),
            "sha256": video["sha256"],
            "size": video["size"],
            "thumbnail_sha256": video["thumbnail"]["sha256"] if video["thumbnail"] else None,
        }

    def session(upload: Record) -> Record:
        part = store.path("sessions", upload["id"])
        received = part.stat().st_size if part.exists() else upload["size"]
        return {"id": upload["id"], "size": upload["size"], "received": received, "video": upload["video"]}

    videos = [video for video in reversed(store.all("youtube_video")) if video["channel"] == channel["id"]]
    uploads = [upload for upload in store.all("upload") if upload["channel"] == channel["id"]]
    return {
        "title": channel["title"],
        "videos": [shown(video) for video in videos],
        "sessions": [session(upload) for upload in uploads],
    }


def inbox(shared: Network, recipient: str = "") -> list[Record]:
    """Return the messages, oldest first; with `recipient` only those that went to that address."""
    wanted = recipient.casefold()
    return [
        _kept(record, MAIL_FIELDS)
        for record in shared.store.all("mail")
        if not wanted or wanted in (address.casefold() for address in record["recipients"])
    ]


def mailbox_messages(shared: Network) -> list[Record]:
    """Return what lies in the return mailbox, folder by folder, oldest first."""
    return [
        mailbox.summary(shared.store, record)
        for folder in mailbox.folders(shared.store)
        for record in mailbox.messages(shared.store, folder)
    ]


def document(shared: Network) -> dict[str, Any]:
    """Return everything."""
    now = shared.store.now()
    return {
        "facebook": {page["id"]: _page(shared, page, now) for page in shared.store.all("page")},
        "youtube": {channel["id"]: _channel(shared, channel, now) for channel in shared.store.all("channel")},
        "seen": witness.seen(shared.store),
        "clock": {"offset": shared.store.clock_offset()},
        "inbox": inbox(shared),
        "mailbox": mailbox_messages(shared),
        "faults": [asdict(fault) for fault in shared.faults.all()],
        "calls": shared.store.all("call"),
        "counts": calls.counts(shared.store),
    }
