"""Videos and channels as resources: what a request may say of them and how an answer shows them."""

import hashlib
import json
import re
from datetime import UTC, datetime

from commsoffice.sandbox.store import Record
from commsoffice.sandbox.youtube.errors import bad_request

TITLE_LIMIT = 100
DESCRIPTION_BYTES = 5000
TAGS_LIMIT = 500
CATEGORIES = frozenset({"1", "2", "10", "15", "17", "19", "20", "22", "23", "24", "25", "26", "27", "28", "29"})
DEFAULT_CATEGORY = "22"
PRIVACIES = frozenset({"public", "private", "unlisted"})
STATUS_DEFAULTS = {"embeddable": True, "license": "youtube", "publicStatsViewable": True, "madeForKids": False}
WRITABLE_STATUS = ("embeddable", "license", "publicStatsViewable", "selfDeclaredMadeForKids", "containsSyntheticMedia")
WRITABLE_SNIPPET = ("title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage")
VIDEO_PARTS = frozenset(
    {"id", "snippet", "status", "contentDetails", "processingDetails", "statistics", "player", "fileDetails"}
)


def read_parts(text: str, allowed: frozenset[str]) -> list[str]:
    """Return the parts asked for. Raises YouTubeError for none or an unknown one."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise bad_request("required", "Required parameter: part", "part", "global")
    for part in parts:
        if part not in allowed:
            raise bad_request("unknownPart", f"'{part}'", "part", "youtube.part")
    return parts


def google_time(unix: float) -> str:
    """Write a moment as Google does: 2026-10-15T17:00:00Z."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_snippet(body: Record) -> Record:
    """Check what is said about a video and return what is kept of it. Raises YouTubeError."""
    snippet = body.get("snippet")
    if not isinstance(snippet, dict):
        raise bad_request("invalidVideoMetadata", "The request metadata is invalid.", "body")
    title, description = str(snippet.get("title") or ""), str(snippet.get("description") or "")
    if not title.strip() or len(title) > TITLE_LIMIT or re.search("[<>]", title):
        message = "The request metadata specifies an invalid or empty video title."
        raise bad_request("invalidTitle", message, "body.snippet.title")
    if len(description.encode()) > DESCRIPTION_BYTES or re.search("[<>]", description):
        message = "The request metadata specifies an invalid video description."
        raise bad_request("invalidDescription", message, "body.snippet.description")
    tags = snippet.get("tags") or []
    # A tag with a space counts with the two quotation marks that it needs.
    length = sum(len(str(tag)) + (2 if " " in str(tag) else 0) for tag in tags) + max(0, len(tags) - 1)
    if length > TAGS_LIMIT or any(re.search("[<>]", str(tag)) for tag in tags):
        message = "The request metadata specifies invalid video keywords."
        raise bad_request("invalidTags", message, "body.snippet.tags")
    category = str(snippet.get("categoryId") or DEFAULT_CATEGORY)
    if category not in CATEGORIES:
        message = "The <code>snippet.categoryId</code> property specifies an invalid category ID."
        raise bad_request("invalidCategoryId", message, "body.snippet.categoryId")
    kept = {name: snippet[name] for name in WRITABLE_SNIPPET if snippet.get(name) is not None}
    return {**kept, "title": title, "description": description, "categoryId": category}


def read_status(body: Record) -> Record:
    """Check who may see a video and return what is kept of it. Raises YouTubeError.

    Privacy that is left out means public, at upload and at every later update.
    """
    status = body.get("status") or {}
    if not isinstance(status, dict):
        raise bad_request("invalidVideoMetadata", "The request metadata is invalid.", "body")
    privacy = status.get("privacyStatus") or "public"
    if privacy not in PRIVACIES:
        message = f"Invalid value at 'resource.status.privacy_status': \"{privacy}\""
        raise bad_request("invalidVideoMetadata", message, "body.status.privacyStatus", "global")
    kept = {name: status[name] for name in WRITABLE_STATUS if status.get(name) is not None}
    kept["privacyStatus"] = privacy
    if status.get("publishAt") is not None:
        message = "The request metadata specifies an invalid scheduled publishing time."
        refusal = bad_request("invalidPublishAt", message, "body.status.publishAt")
        if privacy != "private":
            raise refusal
        try:
            moment = datetime.fromisoformat(str(status["publishAt"]))
        except ValueError:
            raise refusal from None
        if moment.tzinfo is None:
            raise refusal
        kept["publishAt"] = moment.timestamp()
    return kept


def privacy_now(video: Record, now: float) -> str:
    """Who may see it now: a private one becomes public at its hour."""
    publish_at = video["status"].get("publishAt")
    if publish_at is not None and publish_at <= now:
        return "public"
    return str(video["status"]["privacyStatus"])


def processing_now(video: Record, now: float) -> Record:
    """What has become of the bytes; before they are processed nobody knows."""
    return dict(video["processing"]) if video["ready"] <= now else {"uploadStatus": "uploaded"}


def video_resource(video: Record, channel: Record, parts: list[str], base: str, now: float) -> Record:
    """Return the parts of a video."""
    thumbnail = {"url": f"{base}youtube/thumbnails/{video['id']}", "width": 320, "height": 180}
    publish_at = video["status"].get("publishAt")
    privacy = privacy_now(video, now)
    scheduled = {"publishAt": google_time(publish_at)} if publish_at is not None and privacy == "private" else {}
    kept_status = {name: value for name, value in video["status"].items() if name != "publishAt"}
    known: Record = {
        "snippet": {
            **video["snippet"],
            "publishedAt": google_time(video["created"]),
            "channelId": channel["id"],
            "channelTitle": channel["title"],
            "liveBroadcastContent": "none",
            "localized": {name: video["snippet"][name] for name in ("title", "description")},
            "thumbnails": {"default": thumbnail} if video["thumbnail"] else {},
        },
        "status": {
            **STATUS_DEFAULTS,
            **kept_status,
            "privacyStatus": privacy,
            **scheduled,
            **processing_now(video, now),
        },
        "contentDetails": {"duration": "P0D", "dimension": "2d", "definition": "hd", "caption": "false"},
        "processingDetails": {
            "processingStatus": "processing" if video["ready"] > now else "succeeded",
            "thumbnailsAvailability": "available",
        },
        "statistics": {"viewCount": "0", "likeCount": "0", "favoriteCount": "0", "commentCount": "0"},
        "player": {"embedHtml": ""},
        "fileDetails": {"fileSize": str(video["size"]), "fileType": "video"},
    }
    resource = {"kind": "youtube#video", "etag": "", "id": video["id"]}
    resource.update({part: known[part] for part in parts if part in known})
    return {**resource, "etag": etag(resource)}


def channel_resource(channel: Record, parts: list[str], videos: int) -> Record:
    """Return the parts of a channel."""
    known = {
        "snippet": {
            "title": channel["title"],
            "description": "",
            "customUrl": "@amatistatv",
            "publishedAt": "2026-01-01T00:00:00Z",
            "thumbnails": {},
            "localized": {"title": channel["title"], "description": ""},
        },
        "contentDetails": {"relatedPlaylists": {"likes": "LL", "uploads": uploads_playlist(channel)}},
        "statistics": {"viewCount": "0", "subscriberCount": "0", "videoCount": str(videos)},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
    }
    resource = {"kind": "youtube#channel", "id": channel["id"]}
    return {**resource, "etag": etag(known), **{part: known[part] for part in parts if part in known}}


def uploads_playlist(channel: Record) -> str:
    """Id of the playlist of everything that a channel uploaded."""
    return "UU" + str(channel["id"]).removeprefix("UC")


def etag(body: Record) -> str:
    """Return a mark that changes with the content."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:27]
