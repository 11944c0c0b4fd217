"""Reading and changing what is on a channel: videos, channels, playlistItems, search."""

import re
from typing import Any

from flask import Blueprint, Response, request

from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import network
from commsoffice.sandbox.youtube.errors import YouTubeError, bad_request, google_response, not_found
from commsoffice.sandbox.youtube.resources import (
    VIDEO_PARTS,
    channel_resource,
    etag,
    google_time,
    privacy_now,
    read_parts,
    read_snippet,
    read_status,
    uploads_playlist,
    video_resource,
)
from commsoffice.sandbox.youtube.tokens import require_channel

youtube = Blueprint("youtube", __name__, url_prefix="/youtube/youtube/v3")

PAGE_SIZE = 5
PAGE_SIZE_LIMIT = 50
CHANNEL_PARTS = frozenset({"id", "snippet", "contentDetails", "statistics", "status"})
PLAYLIST_ITEM_PARTS = frozenset({"id", "snippet", "contentDetails", "status"})
SEARCH_PARTS = frozenset({"id", "snippet"})


@youtube.errorhandler(YouTubeError)
def _refused(error: YouTubeError) -> Response:
    return error.response()


def _base() -> str:
    return request.host_url


def _part(allowed: frozenset[str]) -> list[str]:
    # The client library repeats the parameter where others send one list with commas.
    return read_parts(",".join(request.args.getlist("part")), allowed)


def _listing(kind: str, items: list[Record], *, size: int, total: int, next_token: str = "") -> Response:
    body: dict[str, Any] = {"kind": kind, "items": items, "pageInfo": {"totalResults": total, "resultsPerPage": size}}
    if next_token:
        body["nextPageToken"] = next_token
    return google_response({**body, "etag": etag(body)})


def videos_of(store: Store, channel: Record) -> list[Record]:
    """Return the videos of a channel, newest first."""
    return [video for video in reversed(store.all("youtube_video")) if video["channel"] == channel["id"]]


def _paged(rows: list[Record]) -> tuple[list[Record], int, str]:
    size_text, token = request.args.get("maxResults", str(PAGE_SIZE)), request.args.get("pageToken", "")
    if not re.fullmatch(r"\d{1,3}", size_text) or int(size_text) > PAGE_SIZE_LIMIT:
        message = f"Invalid value '{size_text}'. Values must be within the range: [0, {PAGE_SIZE_LIMIT}]"
        raise bad_request("invalidParameter", message, "maxResults", "global")
    if token and not re.fullmatch(r"CA\d+", token):
        raise bad_request("invalidPageToken", "The request specifies an invalid page token.", "pageToken")
    size, start = int(size_text), int(token.removeprefix("CA") or 0)
    following = f"CA{start + size}" if start + size < len(rows) else ""
    return rows[start : start + size], size, following


@youtube.get("/videos")
def list_videos() -> Response:
    """Return the videos asked for by id; ids that don't exist are left out without a word."""
    store = network().store
    channel = require_channel(store)
    parts = _part(VIDEO_PARTS)
    ids = [key for text in request.args.getlist("id") for key in text.split(",") if key]
    if not ids:
        message = "No filter selected. Expected one of: id, myRating, chart"
        raise bad_request("missingRequiredParameter", message, "parameters.", "youtube.parameter")
    now = store.now()
    found = [video for key in ids if (video := store.get("youtube_video", key)) is not None]
    visible = [v for v in found if v["channel"] == channel["id"] or privacy_now(v, now) != "private"]
    items = [video_resource(video, channel, parts, _base(), store.now()) for video in visible]
    return _listing("youtube#videoListResponse", items, size=len(items), total=len(items))


def _own_video(store: Store, channel: Record, key: str) -> Record:
    video = store.get("youtube_video", key)
    if video is None or video["channel"] != channel["id"]:
        raise not_found()
    return video


@youtube.put("/videos")
def update_video() -> Response:
    """Replace whole parts of a video; what a part leaves out falls back to its default."""
    store = network().store
    channel = require_channel(store)
    parts = _part(VIDEO_PARTS)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise bad_request("parseError", "Parse Error", domain="global")
    with store.lock:
        video = _own_video(store, channel, str(body.get("id", "")))
        if "snippet" in parts:
            video["snippet"] = read_snippet(body)
        if "status" in parts:
            video["status"] = read_status(body)
            video["history"] = [*video["history"], {"at": store.now(), "status": video["status"]}]
        store.put("youtube_video", video["id"], video)
    return google_response(video_resource(video, channel, parts, _base(), store.now()))


@youtube.delete("/videos")
def delete_video() -> Response:
    """Take a video from the channel for good."""
    store = network().store
    video = _own_video(store, require_channel(store), request.args.get("id", ""))
    store.put("removed_video", video["id"], {**video, "removed": store.now()})
    store.delete("youtube_video", video["id"])
    store.path("youtube", video["id"]).unlink(missing_ok=True)
    store.path("thumbnails", video["id"]).unlink(missing_ok=True)
    return Response(status=204)


@youtube.get("/channels")
def list_channels() -> Response:
    """Return the caller's channel, or channels by id."""
    store = network().store
    own = require_channel(store)
    parts = _part(CHANNEL_PARTS)
    if request.args.get("mine") == "true":
        channels = [own]
    elif ids := request.args.get("id"):
        channels = [channel for key in ids.split(",") if (channel := store.get("channel", key)) is not None]
    else:
        message = "No filter selected. Expected one of: mine, id, forHandle, forUsername, managedByMe, categoryId"
        raise bad_request("missingRequiredParameter", message, "parameters.", "youtube.parameter")
    items = [channel_resource(channel, parts, len(videos_of(store, channel))) for channel in channels]
    return _listing("youtube#channelListResponse", items, size=PAGE_SIZE, total=len(items))


@youtube.get("/playlistItems")
def list_playlist_items() -> Response:
    """Return what a channel uploaded, newest first: the cheap way to look for a video."""
    store = network().store
    channel = require_channel(store)
    parts = _part(PLAYLIST_ITEM_PARTS)
    playlist = request.args.get("playlistId", "")
    if playlist != uploads_playlist(channel):
        message = "The playlist identified with the request's <code>playlistId</code> parameter cannot be found."
        raise YouTubeError(404, "playlistNotFound", message, domain="youtube.playlistItem")
    now = store.now()
    # Put together apart from the videos, it may be behind them.
    rows = [video for video in videos_of(store, channel) if video.get("listed", 0) <= now]
    page, size, following = _paged(rows)
    items = []
    for position, video in enumerate(page):
        snippet = video_resource(video, channel, ["snippet"], _base(), now)["snippet"]
        known = {
            "snippet": {
                "publishedAt": snippet["publishedAt"],
                "channelId": channel["id"],
                "channelTitle": channel["title"],
                "title": snippet["title"],
                "description": snippet["description"],
                "playlistId": playlist,
                "position": position,
                "resourceId": {"kind": "youtube#video", "videoId": video["id"]},
            },
            "contentDetails": {"videoId": video["id"], "videoPublishedAt": google_time(video["created"])},
            "status": {"privacyStatus": privacy_now(video, now)},
        }
        item = {"kind": "youtube#playlistItem", "id": f"{playlist}.{video['id']}"}
        items.append({**item, **{part: known[part] for part in parts if part in known}})
    return _listing("youtube#playlistItemListResponse", items, size=size, total=len(rows), next_token=following)


@youtube.get("/search")
def search() -> Response:
    """Look through the caller's videos (forMine) or the public ones for the words of q."""
    store = network().store
    channel = require_channel(store)
    _part(SEARCH_PARTS)
    mine, now = request.args.get("forMine") == "true", store.now()
    if mine and request.args.get("type") != "video":
        message = "The request contains an invalid combination of search filters and/or restrictions."
        raise bad_request("invalidSearchFilter", message, "parameters.", "youtube.search")
    words = request.args.get("q", "").casefold().split()
    rows = [
        video
        for video in videos_of(store, channel)
        if (mine or privacy_now(video, now) == "public")
        and all(word in f"{video['snippet']['title']} {video['snippet']['description']}".casefold() for word in words)
    ]
    page, size, following = _paged(rows)
    items = [
        {
            "kind": "youtube#searchResult",
            "id": {"kind": "youtube#video", "videoId": video["id"]},
            "snippet": video_resource(video, channel, ["snippet"], _base(), now)["snippet"],
        }
        for video in page
    ]
    return _listing("youtube#searchListResponse", items, size=size, total=len(rows), next_token=following)
