"""Looking through our own channel for a video whose upload session can no longer be asked.

The playlist of a channel's uploads holds every video, private ones too, and costs a unit a page; a search would cost
one of a hundred a day and knows a new video only after a while.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from commsoffice.outbox.models import Delivery
from social.channels.youtube_client import YouTube

# Clocks differ; the channel is read from so long before the upload began.
_MARGIN = timedelta(minutes=5)
_PAGES = 10


@dataclass(slots=True)
class Seen:
    """What the channel has that fits; ``is_whole``: everything since the upload began was read."""

    ids: list[str] = field(default_factory=list)
    is_whole: bool = False


def look_through(youtube: YouTube, delivery: Delivery, began: datetime) -> Seen:
    """Look for the delivery's video among what the channel got since ``began``. Raises one of TROUBLE."""
    payload, since = delivery.message.payload, began - _MARGIN
    seen, alike = Seen(), []
    for number, page in enumerate(youtube.uploads(), start=1):
        recent = [item["snippet"] for item in page if _time_of(item["snippet"]) >= since]
        alike += [snippet["resourceId"]["videoId"] for snippet in recent if _same(snippet, payload, "title")]
        if page and not recent:
            seen.is_whole = True
            break
        if number == _PAGES:
            break
    else:
        seen.is_whole = True
    alike = [video_id for video_id in alike if not _is_of_another(delivery, video_id)]
    for video in youtube.videos(alike[:50], "snippet,fileDetails") if alike else []:
        size = str(video.get("fileDetails", {}).get("fileSize", ""))
        if _same(video["snippet"], payload, "description") and size in {"", str(payload["video"]["size"])}:
            seen.ids.append(str(video["id"]))
    return seen


def _time_of(snippet: Mapping[str, Any]) -> datetime:
    moment = parse_datetime(str(snippet["publishedAt"]))
    if moment is None:
        message = f"YouTube's publishedAt is no moment: {snippet['publishedAt']}"
        raise ValueError(message)
    return moment


def _same(snippet: Mapping[str, Any], payload: Mapping[str, Any], name: str) -> bool:
    # YouTube trims and folds white space.
    return str(snippet.get(name, "")).split() == str(payload.get(name, "")).split()


def _is_of_another(delivery: Delivery, video_id: str) -> bool:
    """Whether another delivery made it: the same story may be told twice on purpose."""
    others = Delivery.objects.filter(channel=delivery.channel, account=delivery.account).exclude(pk=delivery.pk)
    return others.filter(Q(remote_id=video_id) | Q(progress__video=video_id)).exists()
