"""What the world saw: each post and each video, from when to when, with what was taken down since."""

from collections.abc import Iterator

from commsoffice.sandbox.graph import posts
from commsoffice.sandbox.store import Record, Store


def seen(store: Store) -> list[Record]:
    """Return one row for each stretch of time in which anybody could see a thing; ``until`` is None while they can."""
    return [*_posts(store), *_videos(store)]


def _posts(store: Store) -> Iterator[Record]:
    now = store.now()
    for post in [*store.all("post"), *store.all("removed_post")]:
        # A removed one as it was at that moment.
        until = post.get("removed")
        if posts.is_live(post, until or now):
            video = post["video"]
            yield {
                "account": post["page"],
                "id": post["id"],
                "words": post["message"],
                "pictures": len(post["photos"]),
                "video": post.get("video_sha256") or (video and (store.get("video", video) or {}).get("sha256")),
                "since": max(float(posts.created_at(post, until or now)), float(post.get("ready", 0))),
                "until": until,
            }


def _videos(store: Store) -> Iterator[Record]:
    now = store.now()
    for video in [*store.all("youtube_video"), *store.all("removed_video")]:
        end = float(video.get("removed") or now)
        # Each status with the moment from which it held, the last one until now.
        history: list[Record] = video.get("history") or [{"at": video["created"], "status": video["status"]}]
        ends = [*(float(row["at"]) for row in history[1:]), end]
        for row, until in zip(history, ends, strict=True):
            since = _public_from(row)
            if since is not None and since < until:
                is_over = until < end or "removed" in video
                yield {
                    "account": video["channel"],
                    "id": video["id"],
                    "words": video["snippet"]["title"],
                    "pictures": 0,
                    "video": video["sha256"],
                    "since": since,
                    "until": until if is_over else None,
                }


def _public_from(row: Record) -> float | None:
    """From when on a status let anybody see it; None for one that never did."""
    if row["status"]["privacyStatus"] != "private":
        return float(row["at"])
    hour = row["status"].get("publishAt")
    return None if hour is None else max(float(hour), float(row["at"]))
