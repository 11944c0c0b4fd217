"""Reading a page back: is what we published there, and who else may it be."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import Found, Scheduled
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from social.channels.facebook_client import GraphRefusal
from social.channels.facebook_errors import is_missing
from social.channels.facebook_visit import Visit, on_the_site
from social.models import Profile

# A clock may be wrong by an hour, ours or theirs: the page is read from so long before the call.
MARGIN = timedelta(hours=2)
_READ_LIMIT = 500
_FIELDS = (
    "id,message,created_time,permalink_url,from{id},"
    "attachments{media_type,url,unshimmed_url,target{id},subattachments{media_type}}"
)
_POST_FIELDS = "is_published,scheduled_publish_time,permalink_url"
_VIDEO_FIELDS = "published,scheduled_publish_time,permalink_url,status"
# Facebook has every byte and makes the video; it is public, or waits, when that is done.
_UNDERWAY = frozenset({"processing", "ready", "live"})
_COME_TO_NOTHING = frozenset({"error", "expired", "upload_failed"})


class There(Enum):
    """What the page says of one post or video."""

    PUBLIC = auto()
    WAITING = auto()  # for its hour
    UNFINISHED = auto()  # an upload that nobody finished
    GONE = auto()  # or never there, or not for this token
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class Remote:
    """One post or video, as the page has it now."""

    there: There
    key: str
    url: str = ""

    def told(self) -> Found | Scheduled | None:
        """For the ledger; None where it proves nothing."""
        if self.there == There.PUBLIC:
            return Found(self.key, self.url, _("It is on the page."))
        if self.there == There.WAITING:
            return Scheduled(self.key, self.url, _("It waits on the page for its hour."))
        return None


@dataclass(frozen=True, slots=True)
class Search:
    """What was found among the page's posts. Absence is proven only where it ``is_whole`` and not ``is_doubtful``."""

    found: Found | Scheduled | None
    is_whole: bool
    is_doubtful: bool = False


class _Match(Enum):
    OURS = auto()
    DOUBTFUL = auto()
    OTHER = auto()


def remote(visit: Visit) -> Remote | None:
    """Ask for what this delivery made, by its number; None while it has none. Raises GraphRefusal, Unavailable."""
    key = visit.video_id or visit.delivery.remote_id
    if not key:
        return None
    try:
        node = visit.ask(key, fields=_VIDEO_FIELDS if visit.has_video else _POST_FIELDS)
    except GraphRefusal as refusal:
        if is_missing(refusal.error):
            return Remote(There.GONE, key)
        raise
    there = _video_state(node, visit) if visit.has_video else _post_state(node)
    return Remote(there, key, on_the_site(str(node.get("permalink_url", ""))))


def _post_state(node: Mapping[str, Any]) -> There:
    if node.get("is_published"):
        return There.PUBLIC
    return There.WAITING if node.get("scheduled_publish_time") else There.UNCLEAR


def _video_state(node: Mapping[str, Any], visit: Visit) -> There:
    if node.get("published"):
        return There.PUBLIC
    if node.get("scheduled_publish_time"):
        return There.WAITING
    status = (node.get("status") or {}).get("video_status")
    if status in _UNDERWAY:
        # One with an hour is asked for again; of one without, nothing more is left to do.
        return There.PUBLIC if visit.delivery.publish_at is None else There.WAITING
    return There.UNFINISHED if status in {"uploading", "upload_complete"} else There.UNCLEAR


def processed(visit: Visit) -> bool | None:
    """Whether the video is made and public; False: it never will be, None: that is open. Raises GraphRefusal."""
    node = visit.ask(visit.video_id, fields=_VIDEO_FIELDS)
    status = node.get("status") or {}
    phases = [phase.get("status") for phase in status.values() if isinstance(phase, dict)]
    if status.get("video_status") in _COME_TO_NOTHING or "error" in phases:
        return False
    return True if node.get("published") and status.get("video_status") == "ready" else None


def search(visit: Visit, *, since: datetime | None) -> Search:
    """Our post among the page's, by its text, its photographs, its video and its link. Raises the channel's errors."""
    is_whole = True
    waiting: dict[str, dict[str, Any]] = {}
    if visit.delivery.publish_at is not None:
        # Read first: what becomes public meanwhile is then in the other lists. Older than its hour, so without bounds.
        waiting, is_whole = _posts(visit, ["scheduled_posts"], {})
    public, is_public_whole = _posts(
        visit, ["published_posts", "feed"], {"since": str(int(since.timestamp()))} if since else {}
    )
    posts = {**waiting, **public}
    matches = {key: _match(post, visit) for key, post in posts.items()}
    ours = [key for key, match in matches.items() if match == _Match.OURS]
    key = _claim(visit, sorted(ours, key=lambda key: _distance(posts[key], since))) if ours else ""
    if not key:
        is_doubtful = key is None or _free(visit, [key for key, match in matches.items() if match == _Match.DOUBTFUL])
        return Search(None, is_whole and is_public_whole, bool(is_doubtful))
    there = There.PUBLIC if key in public else There.WAITING
    found = Remote(there, visit.video_id or key, str(posts[key].get("permalink_url", "")))
    return Search(found.told(), is_whole and is_public_whole)


def is_listed(visit: Visit, key: str) -> bool:
    """Whether a post or video stands among the page's scheduled ones. Raises the channel's errors."""
    posts, _is_whole = _posts(visit, ["scheduled_posts"], {})
    return key in posts or any(key in _targets(post) for post in posts.values())


def _posts(visit: Visit, edges: Iterable[str], bounds: dict[str, str]) -> tuple[dict[str, dict[str, Any]], bool]:
    posts: dict[str, dict[str, Any]] = {}
    is_whole = True
    for edge in edges:
        rows, whole = visit.rows(edge, _READ_LIMIT, fields=_FIELDS, limit="100", **bounds)
        posts.update((str(row["id"]), row) for row in rows)
        is_whole = is_whole and whole
    return posts, is_whole


def _claim(visit: Visit, keys: list[str]) -> str | None:
    """Take the first post that no other delivery has; "" when all are taken, None while that can't be told."""
    with transaction.atomic():
        # One at a time of an account: two that say the same must not both take the only post.
        Profile.objects.select_for_update().only("pk").get(pk=visit.profile.pk)
        free = _free(visit, keys)
        if not free:
            return ""
        if not visit.has_video and _is_being_said(visit):
            return None
        visit.keep(post=free[0])
        return free[0]


def _free(visit: Visit, keys: list[str]) -> list[str]:
    others = Delivery.objects.filter(channel=visit.delivery.channel).exclude(pk=visit.delivery.pk)
    taken = {
        *others.filter(remote_id__in=keys).values_list("remote_id", flat=True),
        *others.filter(state=DeliveryState.UNKNOWN, progress__post__in=keys).values_list("progress__post", flat=True),
    }
    return [key for key in keys if key not in taken]


def _is_being_said(visit: Visit) -> bool:
    """Whether the same is being published from the same account at this moment: then the post may be that one's."""
    leaving = Delivery.objects.filter(
        channel=visit.delivery.channel, account=visit.delivery.account, state=DeliveryState.SENDING
    ).exclude(pk=visit.delivery.pk)
    mine = _plain(visit.payload.get("message", ""))
    return any(
        _plain(other.message.payload.get("message", "")) == mine and other.progress.get("publishing_since")
        for other in leaving.select_related("message")
    )


def _distance(post: Mapping[str, Any], since: datetime | None) -> float:
    created = parse_datetime(str(post.get("created_time", "")))
    if created is None:
        return float("inf")
    # Without a moment, the newest.
    return abs((created - (since + MARGIN)).total_seconds()) if since else -created.timestamp()


def _match(post: Mapping[str, Any], visit: Visit) -> _Match:
    if str((post.get("from") or {}).get("id") or visit.profile.external_id) != visit.profile.external_id:
        # The feed holds what visitors write on the page, too.
        return _Match.OTHER
    if visit.has_video:
        # A video has a number of its own before it is published: nothing else is it.
        return _Match.OURS if visit.video_id and visit.video_id in _targets(post) else _Match.OTHER
    payload = visit.payload
    theirs, mine = post.get("message", ""), payload.get("message", "")
    if _plain(theirs) != _plain(mine):
        # A sign that Facebook writes otherwise must not make ours another's.
        return _Match.DOUBTFUL if _letters(mine) and _letters(theirs) == _letters(mine) else _Match.OTHER
    missing = len(payload.get("photos") or []) - _count(post, "photo")
    if missing < 0 or (_count(post, "video") and not payload.get("link")):
        return _Match.OTHER
    if missing or _count(post, "video"):
        # What hangs in a post is told after it, and what a link shows may be a film. Silence is no sign.
        return _Match.DOUBTFUL if _letters(mine) else _Match.OTHER
    shown = [_address(item.get("unshimmed_url") or item.get("url")) for item in _items(post, "link", "share")]
    named = _address(payload.get("link"))
    # Facebook shows a link of the text by itself, and sometimes another address of the same page.
    is_told = all(link == named or link in str(payload.get("message", "")) for link in shown)
    return _Match.OURS if is_told else _Match.DOUBTFUL


def _plain(text: object) -> str:
    """Facebook trims and recomposes: compare what is left."""
    seen = "".join(mark for mark in unicodedata.normalize("NFC", str(text)) if unicodedata.category(mark) != "Cf")
    return " ".join(seen.split())


def _letters(text: object) -> str:
    """Letters and digits alone."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", str(text)) if mark.isalnum())


def _address(link: object) -> str:
    parts = urlsplit(str(link or ""))
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def _items(post: Mapping[str, Any], *kinds: str) -> list[Mapping[str, Any]]:
    return [item for item in post.get("attachments", {}).get("data", []) if item.get("media_type") in kinds]


def _count(post: Mapping[str, Any], kind: str) -> int:
    count = 0
    for item in post.get("attachments", {}).get("data", []):
        inner = [item.get("media_type") for item in item.get("subattachments", {}).get("data", [])]
        count += (inner or [item.get("media_type")]).count(kind)
    return count


def _targets(post: Mapping[str, Any]) -> set[str]:
    return {str(item.get("target", {}).get("id", "")) for item in post.get("attachments", {}).get("data", [])}
