"""Uploading a video to a YouTube channel, at once or for its hour.

The upload itself is in ``youtube_upload``. A video that was made is never uploaded again: its id is kept, and what is
still missing (its privacy, its hour, its picture) can be set as often as needed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from commsoffice.outbox.channels.base import (
    Absent,
    AccountChoice,
    Channel,
    Found,
    OutcomeUnknown,
    Proved,
    PulledBack,
    Reconciled,
    Refused,
    Scheduled,
    Sent,
    Story,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.models import Delivery
from social.channels import youtube_text
from social.channels.common import account_of
from social.channels.youtube_client import CHUNK, TIMEOUT, TROUBLE, YouTube
from social.channels.youtube_lookup import look_through
from social.channels.youtube_thumbnail import settle_thumbnail
from social.channels.youtube_upload import ask, upload
from social.channels.youtube_visit import Visit
from social.enums import Network
from social.queries import choices

Status = Mapping[str, Any]

# Of a status only these may be written, and all of them are: what is left out falls back to its default.
_WRITABLE = ("embeddable", "license", "publicStatsViewable", "selfDeclaredMadeForKids", "containsSyntheticMedia")
_THROWN_AWAY = frozenset({"rejected", "failed", "deleted"})


class YouTubeChannel(Channel):
    """Payload: ``{"title", "description", "tags": [], "privacy", "video": attachment, "thumbnail": attachment|None}``.

    An account is a channel.
    """

    label: ClassVar[StrOrPromise] = "YouTube"
    # A chunk on a slow line.
    lease: ClassVar[timedelta] = timedelta(minutes=15)
    has_accounts: ClassVar[bool] = True
    can_schedule: ClassVar[bool] = True
    proves: ClassVar[bool] = True

    def __init__(
        self,
        alias: str,
        *,
        timeout: float = TIMEOUT,
        chunk: int = CHUNK,
        settle_seconds: int = 600,
        **options: Any,
    ) -> None:
        """``timeout``: seconds of silence before a call is given up; ``chunk``: bytes, a multiple of 256 KiB.

        ``settle_seconds``: how long a video may take to show on its channel. Only what was missing twice, so far
        apart, is absent.
        """
        super().__init__(alias, **options)
        self._timeout = timeout
        self._chunk = chunk
        self._settle = timedelta(seconds=settle_seconds)

    def accounts(self) -> list[AccountChoice]:
        """Our channels."""
        return choices(Network.YOUTUBE)

    def compose(self, story: Story) -> dict[str, Any] | None:
        """The first video, with the release's title and address; None without a video."""
        return youtube_text.compose(story)

    def check(self, payload: Mapping[str, Any]) -> None:
        """What YouTube would refuse before the first byte."""
        youtube_text.check(payload)

    @contextmanager
    def _visit(self, delivery: Delivery) -> Iterator[Visit]:
        profile = account_of(delivery, Network.YOUTUBE)
        youtube = YouTube(profile.credentials, self._timeout, self._chunk)
        try:
            yield Visit(delivery, profile, youtube, self.keep, partial(self.ask_whether_wanted, delivery))
        finally:
            youtube.close()

    # --- Sending --------------------------------------------------------------------------------------

    def send(self, delivery: Delivery) -> Sent | Scheduled:
        """Upload, going on where an earlier call stopped, or show what lies there; then read back who may see it."""
        with self._visit(delivery) as visit:
            if visit.noted("video"):
                video_id, status = self._go_on(visit)
            else:
                video_id, status = self._upload(visit)
            note = settle_thumbnail(visit, video_id)
            try:
                status = visit.youtube.status(video_id) or status
            except TROUBLE:
                # It is up; that it could not be read back changes nothing.
                return _unproven(visit, video_id, status, note)
            return _outcome(visit, video_id, status, note)

    def _upload(self, visit: Visit) -> tuple[str, Status]:
        video = upload(visit, youtube_text.body_of(visit.payload, _wanted(visit)))
        return str(video["id"]), video.get("status", {})

    def _go_on(self, visit: Visit) -> tuple[str, Status]:
        """The video was made by an earlier call: nothing is uploaded again."""
        video_id = str(visit.noted("video"))
        with visit.reading():
            status = visit.youtube.status(video_id)
        if status is None:
            if not visit.is_decided():
                raise OutcomeUnknown(_gone_words())
            visit.keep(visit.delivery, video="", session="", is_last=False, pulled=False, thumbnail=False)
            return self._upload(visit)
        if status.get("uploadStatus") not in _THROWN_AWAY and not _is_as_wanted(visit, status):
            # We made it private, or a person wants it sent. What YouTube itself keeps private stays so.
            if visit.noted("pulled") or visit.is_decided():
                with visit.changing():
                    status = visit.youtube.set_status(video_id, {**_kept(status), **_wanted(visit)})
            visit.keep(visit.delivery, pulled=False)
        return video_id, status

    # --- Asking ---------------------------------------------------------------------------------------

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Ask the upload session; when it is gone, look through the channel. Without a session nothing was ever sent.

        The only thing it may change is the thumbnail, which a crash left unset.
        """
        if not delivery.progress.get("session") and not delivery.progress.get("video"):
            return Absent(_("No upload was begun."))
        with self._visit(delivery) as visit:
            if not visit.noted("video"):
                missing = self._find(visit)
                if missing is not None:
                    return missing
            video_id = str(visit.noted("video"))
            with visit.reading():
                status = visit.youtube.status(video_id)
            if status is None:
                return Undecided(_gone_words())
            said = self._standing(visit, video_id, status)
            if isinstance(said, Undecided) and visit.noted("pulled"):
                return Absent(_("It is on the channel, private: what is left is to make it public."))
            if isinstance(said, Undecided):
                return said
            return replace(said, answer=_joined(said.answer, settle_thumbnail(visit, video_id)))

    def _find(self, visit: Visit) -> Absent | Undecided | None:
        """Learn which video the upload made, and keep its id: None. Else what that means."""
        state = ask(visit)
        if state.video is not None:
            visit.keep(visit.delivery, video=str(state.video["id"]), session="")
            return None
        if state.received is not None:
            if state.received < visit.size:
                return Absent(_("The upload session still waits for the rest: there is no video yet."))
            return Undecided(_("YouTube has every byte and has not made the video yet."))
        if not visit.noted("is_last"):
            return Absent(_("The upload session is gone, and the last bytes had never left: there is no video."))
        return self._look_through(visit)

    def _look_through(self, visit: Visit) -> Absent | Undecided | None:
        began, left = visit.noted_time("began"), visit.noted_time("left")
        if began is None or left is None:
            return Undecided(_("The upload session is gone and does not say whether the video was made."))
        with visit.reading():
            seen = look_through(visit.youtube, visit.delivery, began)
        if len(seen.ids) == 1:
            visit.keep(visit.delivery, video=seen.ids[0], session="")
            return None
        if seen.ids:
            return Undecided(_("The upload session is gone, and the channel has more than one video like this."))
        if not seen.is_whole or visit.missing_for() < self._settle:
            return Undecided(_("The upload session is gone, and the channel does not show the video yet."))
        # The next call must not wonder about it again.
        visit.keep(visit.delivery, session="", is_last=False)
        return Absent(_("The upload session is gone, and the channel has no such video."))

    def look(self, delivery: Delivery) -> Reconciled:
        """Ask after one that waits there for its hour."""
        with self._visit(delivery) as visit:
            video_id = _id_of(delivery)
            with visit.reading():
                status = visit.youtube.status(video_id)
            if status is None:
                return Absent(_("The video is not on the channel any more."))
            if status.get("uploadStatus") in _THROWN_AWAY:
                return Absent(_thrown_words(status))
            return self._standing(visit, video_id, status)

    def _standing(self, visit: Visit, video_id: str, status: Status) -> Found | Scheduled | Undecided:
        """What a video's status says of the delivery."""
        url = watch_url(video_id)
        if status.get("uploadStatus") in _THROWN_AWAY:
            return Undecided(_thrown_words(status))
        if status.get("privacyStatus") in {"public", visit.payload["privacy"]}:
            return Found(video_id, url, _("The video is there."))
        if status.get("publishAt") and visit.delivery.publish_at is not None:
            return Scheduled(video_id, url, _("The video is there and waits for its hour."))
        if visit.noted("pulled") or visit.delivery.publish_at is not None:
            return Undecided(_("The video is there, private and without an hour: somebody changed it on YouTube."))
        return Found(video_id, url, _kept_words(visit, status))

    def prove(self, delivery: Delivery) -> Proved:
        """Whether YouTube has processed it by now, or rejected it."""
        video_id = _id_of(delivery)
        if not video_id:
            return Undecided()
        with self._visit(delivery) as visit:
            with visit.reading():
                status = visit.youtube.status(video_id)
            if status is None:
                return Undecided(_gone_words())
            if status.get("uploadStatus") in _THROWN_AWAY:
                return Absent(_thrown_words(status))
            if status.get("uploadStatus") != "processed":
                return Undecided(_("YouTube is still processing the video."))
            if not _is_shown(visit, status):
                return Undecided(_kept_words(visit, status))
            return Found(video_id, watch_url(video_id), _("The video is there."))

    # --- Pulling back ---------------------------------------------------------------------------------

    def pull_back(self, delivery: Delivery) -> PulledBack:
        """Take its hour away: it stays on the channel, private. One that is public already is left as it is."""
        with self._visit(delivery) as visit:
            video_id = _id_of(delivery)
            with visit.reading():
                status = visit.youtube.status(video_id)
            if status is None:
                return Absent(_("The video is not on the channel any more."))
            if status.get("privacyStatus") != "private":
                return Found(video_id, watch_url(video_id), _("It is public already; nothing was changed."))
            # Before the call: whoever sends it again shows this video and uploads none.
            self.keep(delivery, video=video_id, pulled=True)
            if status.get("publishAt"):
                with visit.changing():
                    visit.youtube.set_status(video_id, {**_kept(status), "privacyStatus": "private"})
                with visit.reading():
                    status = visit.youtube.status(video_id) or {}
            if status.get("privacyStatus") == "private" and not status.get("publishAt"):
                return Absent(_("It is on the channel, private and without an hour."))
            if status.get("privacyStatus") == "public":
                return Found(video_id, watch_url(video_id), _("It became public before it could be pulled back."))
            return Undecided(_("YouTube still keeps its hour."))


def watch_url(video_id: str) -> str:
    """Where people watch it; on the simulated network, its file."""
    if settings.SANDBOX_URL:
        return f"{settings.SANDBOX_URL.rstrip('/')}/youtube/videos/{video_id}"
    return f"https://www.youtube.com/watch?{urlencode({'v': video_id})}"


def _id_of(delivery: Delivery) -> str:
    return delivery.remote_id or str(delivery.progress.get("video") or "")


def _wanted(visit: Visit) -> dict[str, str]:
    """Who may see it now: always said. What has its hour still to come is private until then."""
    privacy, hour = str(visit.payload["privacy"]), visit.delivery.publish_at
    now = timezone.now()
    if hour is None or hour <= now or privacy == "private":
        return {"privacyStatus": privacy}
    if privacy != "public":
        # YouTube makes nothing «unlisted» by itself.
        raise Unavailable(_("It is uploaded when its hour has come."), hour - now)
    return youtube_text.hidden_until(hour)


def _is_as_wanted(visit: Visit, status: Status) -> bool:
    wanted = _wanted(visit)
    if status.get("privacyStatus") == "public" or "publishAt" not in wanted:
        return status.get("privacyStatus") in {"public", wanted["privacyStatus"]}
    return bool(status.get("publishAt"))


def _kept(status: Status) -> dict[str, Any]:
    return {name: status[name] for name in _WRITABLE if name in status}


def _outcome(visit: Visit, video_id: str, status: Status, note: str) -> Sent | Scheduled:
    if status.get("uploadStatus") in _THROWN_AWAY:
        raise Refused(_thrown_words(status))
    url = watch_url(video_id)
    if _is_shown(visit, status):
        # Until it is processed YouTube may still reject it: whether it did is asked later.
        is_made = status.get("uploadStatus") == "processed"
        return Sent(video_id, url, _joined(video_id, note), confirmed=is_made)
    if status.get("publishAt") and visit.delivery.publish_at is not None:
        return Scheduled(video_id, url, _joined(video_id, note))
    return Sent(video_id, url, _joined(_kept_words(visit, status), note))


def _is_shown(visit: Visit, status: Status) -> bool:
    privacy = status.get("privacyStatus")
    return privacy == visit.payload["privacy"] or (privacy == "public" and visit.delivery.publish_at is not None)


def _unproven(visit: Visit, video_id: str, status: Status, note: str) -> Sent | Scheduled:
    kind = Scheduled if status.get("publishAt") and visit.delivery.publish_at is not None else Sent
    return kind(video_id, watch_url(video_id), _joined(video_id, note))


def _joined(answer: str, note: str) -> str:
    return f"{answer}. {note}" if note else answer


def _gone_words() -> str:
    return _("The video was made, and now it is not there: look at the channel.")


def _thrown_words(status: Status) -> str:
    why = status.get("rejectionReason") or status.get("failureReason") or status["uploadStatus"]
    return _("YouTube took the video and then rejected it: %(why)s") % {"why": why}


def _kept_words(visit: Visit, status: Status) -> str:
    words = _("Uploaded, but YouTube keeps it «%(privacy)s» and not «%(wanted)s»: change it there.")
    return words % {"privacy": status.get("privacyStatus"), "wanted": visit.payload["privacy"]}
