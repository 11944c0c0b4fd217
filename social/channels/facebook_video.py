"""A video on a page: opened, brought there in pieces, and published by the call that ends it.

Its number is known before its first byte goes, and it is nobody else's. What is there already is kept after each
piece; where the network knows better, it says so and the upload goes on there. Until it is ended nothing of it can be
seen, so a lost upload begins anew; of a lost end the video itself is asked.
"""

import time
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import Found, OutcomeUnknown, Refused, Scheduled, Sent, Unavailable
from social.channels.common import cut, said
from social.channels.facebook_client import Broken, GraphRefusal, NotReached
from social.channels.facebook_errors import Meaning, is_about_hour, offsets, rule_for
from social.channels.facebook_hours import hour_fields, too_near
from social.channels.facebook_look import There, remote
from social.channels.facebook_visit import Visit, on_the_site

_TITLE_LIMIT = 100
# Where the network doesn't say how much it wants.
_CHUNK = 4 * 1024 * 1024
# So often in a row a piece may be lost before it is left for later.
_CUTS = 4
# An upload that is lost again and again is left for later as well.
_SESSIONS = 3


class _Incomplete(Exception):
    """Not every byte is there. Nothing is public."""


class _Lost(Exception):
    """The upload has ended, whether by us or by itself."""


def publish_video(visit: Visit, pause: float) -> Sent | Scheduled:
    """Upload what is not there yet, and publish. ``pause``: seconds after a lost piece. Raises the channel's errors."""
    for _round in range(_SESSIONS):
        try:
            _upload(visit, pause)
            return _finish(visit)
        except _Incomplete:
            continue
        except _Lost:
            made = _made(visit)
            if made is not None:
                return made
            if visit.delivery.progress["video"].get("is_ended"):
                # It was ended once and nobody heard the answer: only what is read back may say that it is not there.
                raise OutcomeUnknown(
                    _("The upload is gone and does not say whether the video was published.")
                ) from None
            visit.keep(video={})
    raise Unavailable(_("Facebook lost the upload of the video several times."))


def _made(visit: Visit) -> Sent | Scheduled | None:
    """The video, where its upload was ended by publishing it; None where nothing was made of it."""
    try:
        there = remote(visit)
    except GraphRefusal as refusal:
        raise visit.meaning(refusal, repeatable=True) from None
    told = there.told() if there is not None else None
    if isinstance(told, Found):
        return Sent(told.remote_id, told.remote_url, told.answer, confirmed=True)
    if there is not None and there.there == There.UNCLEAR:
        raise OutcomeUnknown(_("The page does not say what became of it."))
    return told


def _upload(visit: Visit, pause: float) -> None:
    """Bring every byte there. Raises _Lost and the channel's errors."""
    size = int(visit.payload["video"]["size"])
    video = dict(visit.delivery.progress.get("video") or {}) or _start(visit, size)
    with default_storage.open(visit.payload["video"]["name"]) as source:
        cuts, farthest = 0, int(video["start"])
        while video["start"] < size:
            answer = _transfer(visit, video, source)
            if isinstance(answer, str):
                reached = None
            else:
                reached = offsets(answer)
                answer = ""
            if reached is not None:
                video["start"], video["end"] = reached
                # Written down before the next piece goes, and the lease with it.
                visit.keep(video=video)
            if video["start"] > farthest:
                cuts, farthest = 0, video["start"]
                continue
            cuts += 1
            if cuts == _CUTS:
                raise Unavailable(answer or _("Facebook does not take the next piece of the video."))
            time.sleep(pause * cuts)


def _start(visit: Visit, size: int) -> dict[str, Any]:
    # A start whose answer is lost leaves an upload that nobody goes on with; Facebook forgets it.
    answer = visit.prepare("videos", {"upload_phase": "start", "file_size": str(size)})
    reached = offsets(answer)
    if reached is None or not answer.get("video_id") or not answer.get("upload_session_id"):
        raise Unavailable(_("Facebook did not say where to upload the video."))
    video = {
        "session": str(answer["upload_session_id"]),
        "id": str(answer["video_id"]),
        "start": reached[0],
        "end": reached[1],
    }
    visit.keep(video=video)
    return video


def _transfer(visit: Visit, video: Mapping[str, Any], source: IO[bytes]) -> Mapping[str, Any] | str:
    """Send one piece; answer with where to go on, or with what happened to it. Raises _Lost, the channel's errors."""
    source.seek(video["start"])
    chunk = source.read(max(video["end"] - video["start"], 0) or _CHUNK)
    if not chunk:
        raise Refused(_("The file of the video is shorter than it was."))
    fields = {
        "upload_phase": "transfer",
        "upload_session_id": str(video["session"]),
        "start_offset": str(video["start"]),
    }
    try:
        return visit.graph.post_chunk(visit.edge("videos"), fields, chunk)
    except GraphRefusal as refusal:
        meaning = rule_for(refusal.error).meaning
        if meaning == Meaning.OFFSET:
            return dict(refusal.error.get("error_data") or {})
        if meaning == Meaning.SESSION_GONE:
            raise _Lost from None
        if meaning == Meaning.UNKNOWN:
            return said(refusal)
        raise visit.meaning(refusal, repeatable=True) from None
    except (NotReached, Broken) as error:
        return said(error)


def _finish(visit: Visit) -> Sent | Scheduled:
    """End the upload, and so publish. Raises _Incomplete, _Lost and the channel's errors."""
    hour = hour_fields(visit.delivery.publish_at, timezone.now())
    message = str(visit.payload.get("message", ""))
    video: dict[str, Any] = visit.delivery.progress["video"]
    fields = {
        "upload_phase": "finish",
        "upload_session_id": str(video["session"]),
        "title": cut(message.partition("\n")[0], _TITLE_LIMIT),
        "description": message,
        **hour,
    }
    try:
        answer = visit.publish("videos", fields, video={**video, "is_ended": True})
    except GraphRefusal as refusal:
        raise _refused(visit, refusal, video, is_scheduled=bool(hour)) from None
    except Unavailable:
        visit.keep(video=video)
        raise
    if answer.get("success") is not True:
        raise OutcomeUnknown(said(answer))
    key = visit.video_id
    return Scheduled(key, _url(visit), key) if hour else Sent(key, _url(visit), key)


def _refused(visit: Visit, refusal: GraphRefusal, video: dict[str, Any], *, is_scheduled: bool) -> Exception:
    """What a refused end means; ``video`` as it was before the call."""
    meaning = rule_for(refusal.error).meaning
    if meaning == Meaning.UNKNOWN:
        return visit.meaning(refusal, repeatable=False)
    if meaning == Meaning.OFFSET:
        start, end = offsets(refusal.error.get("error_data") or {}) or (0, 0)
        visit.keep(video={**video, "start": start, "end": end, "is_ended": False})
        return _Incomplete()
    # A person may have a refused one sent again: then with another upload.
    visit.keep(video={} if meaning == Meaning.REFUSED and not is_about_hour(refusal.error) else video)
    if meaning == Meaning.SESSION_GONE:
        return _Lost()
    publish_at = visit.delivery.publish_at
    if is_scheduled and publish_at is not None and is_about_hour(refusal.error):
        return too_near(publish_at, timezone.now())
    return visit.meaning(refusal, repeatable=False)


def _url(visit: Visit) -> str:
    # It is published: nothing that goes wrong from here on may say otherwise.
    try:
        return on_the_site(str(visit.graph.get(visit.video_id, fields="permalink_url").get("permalink_url", "")))
    except (GraphRefusal, NotReached, Broken):
        return on_the_site(f"/{visit.video_id}")
