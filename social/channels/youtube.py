"""Uploading a video to a YouTube channel.

A video exists once its last byte has arrived, and the upload session can be asked. So the session's address is
written down before the first byte goes, and after a crash the session itself says where to go on, or which video
it made.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from commsoffice.outbox.channels.base import (
    Absent,
    AccountChoice,
    BadPayload,
    Channel,
    ChannelError,
    CredentialsExpired,
    Found,
    OutcomeUnknown,
    Reconciled,
    Refused,
    Sent,
    Story,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.models import Delivery
from social.channels.common import account_of, broke, cut, mark_expired, said
from social.channels.youtube_client import (
    CHUNK,
    LINE_ERRORS,
    TIMEOUT,
    GoogleAuthError,
    HttpError,
    SessionState,
    YouTube,
)
from social.channels.youtube_errors import Meaning, read, token_error, until_tomorrow
from social.enums import Network
from social.models import Profile
from social.queries import choices

TITLE_LIMIT = 100
# In bytes, as YouTube counts it.
DESCRIPTION_LIMIT = 5_000
TAGS_LIMIT = 500
_PRIVACIES = ("public", "unlisted", "private")
# News and politics.
_CATEGORY = "25"


class YouTubeChannel(Channel):
    """Payload: ``{"title", "description", "tags": [], "privacy", "video": attachment}``. An account is a channel."""

    label: ClassVar[StrOrPromise] = "YouTube"
    # A chunk on a slow line.
    lease: ClassVar[timedelta] = timedelta(minutes=15)

    def __init__(self, alias: str, *, timeout: float = TIMEOUT, **options: Any) -> None:
        """``timeout``: seconds of silence before a call is given up."""
        super().__init__(alias, **options)
        self._timeout = timeout

    def accounts(self) -> list[AccountChoice]:
        """Our channels."""
        return choices(Network.YOUTUBE)

    def compose(self, story: Story) -> dict[str, Any] | None:
        """The first video, with the release's title and address; None without a video."""
        if not story.videos:
            return None
        parts = [story.lead, "\n".join(f"• {line}" for line in story.highlights), story.url]
        return {
            "title": cut(_allowed(story.title), TITLE_LIMIT),
            "description": _cut_bytes(_allowed("\n\n".join(part for part in parts if part)), DESCRIPTION_LIMIT),
            "tags": _fitting([_allowed(tag) for tag in story.tags]),
            # Left out, it would be public by accident; here it is public by intent.
            "privacy": "public",
            "video": dict(story.videos[0]),
        }

    def check(self, payload: Mapping[str, Any]) -> None:
        """What YouTube would refuse before the first byte."""
        title, description = str(payload.get("title", "")), str(payload.get("description", ""))
        if not title.strip() or len(title) > TITLE_LIMIT or re.search("[<>]", title + description):
            raise BadPayload(_("The title of a video needs 1 to 100 characters, and no < or >."))
        if len(description.encode()) > DESCRIPTION_LIMIT:
            raise BadPayload(_("The description is too long for YouTube."))
        if payload.get("privacy") not in _PRIVACIES:
            raise BadPayload(_("A video must say who may see it."))
        if not payload.get("video"):
            raise BadPayload(_("There is no video to upload."))

    # --- Sending --------------------------------------------------------------------------------------

    def send(self, delivery: Delivery) -> Sent:
        """Upload in chunks, going on where an earlier call stopped, and read back who may see it."""
        profile = account_of(delivery, Network.YOUTUBE)
        youtube = YouTube(profile.credentials, self._timeout)
        try:
            video = self._upload(delivery, profile, youtube)
            return self._proof(delivery, youtube, video)
        finally:
            youtube.close()

    def _upload(self, delivery: Delivery, profile: Profile, youtube: YouTube) -> Mapping[str, Any]:
        size = int(delivery.message.payload["video"]["size"])
        session, offset = str(delivery.progress.get("session", "")), 0
        if session:
            state = self._asked(delivery, profile, youtube)
            if state.video is not None:
                return state.video
            if state.received is None:
                if delivery.progress.get("is_last"):
                    # Every byte was on its way and nobody can say what became of them.
                    raise OutcomeUnknown(_("The upload session is gone and does not say whether the video was made."))
                session = ""
            elif state.received >= size:
                raise Unavailable(_("YouTube has every byte and has not made the video yet."))
            else:
                offset = state.received
        return self._send_chunks(delivery, profile, youtube, session, offset=offset, size=size)

    def _asked(self, delivery: Delivery, profile: Profile, youtube: YouTube) -> SessionState:
        try:
            return youtube.ask(delivery.progress["session"], int(delivery.message.payload["video"]["size"]))
        except HttpError as error:
            raise self._meaning(profile, error, is_last=False) from None
        except GoogleAuthError as error:
            raise self._no_token(profile, error) from None
        except LINE_ERRORS as error:
            raise Unavailable(broke(error)) from None

    def _send_chunks(
        self, delivery: Delivery, profile: Profile, youtube: YouTube, session: str, *, offset: int, size: int
    ) -> Mapping[str, Any]:
        payload = delivery.message.payload
        video = payload["video"]

        def keep_session(address: str) -> None:
            self.keep(delivery, session=address, offset=0, is_last=size <= CHUNK)

        with default_storage.open(video["name"]) as file:
            request = youtube.insertion(_body(payload), file, video["content_type"], keep_session)
            if session:
                request.resumable_uri, request.resumable_progress = session, offset
            answer = None
            while answer is None:
                is_last = request.resumable_progress + CHUNK >= size
                if request.resumable_uri is not None:
                    # Before the bytes go: after a crash it tells whether the video may exist.
                    self.keep(delivery, offset=request.resumable_progress, is_last=is_last)
                answer = self._next(profile, request, is_last=is_last)
        self.keep(delivery, offset=size, video=str(answer["id"]))
        return dict(answer)

    def _next(self, profile: Profile, request: Any, *, is_last: bool) -> Any:
        was_open = request.resumable_uri is not None
        try:
            _progress, answer = request.next_chunk(num_retries=0)
        except HttpError as error:
            # Without a session no byte of the video has gone.
            raise self._meaning(profile, error, is_last=is_last and request.resumable_uri is not None) from None
        except GoogleAuthError as error:
            raise self._no_token(profile, error) from None
        except LINE_ERRORS as error:
            if (
                is_last
                and (was_open or request.resumable_uri is not None)
                and not isinstance(error, ConnectionRefusedError)
            ):
                raise OutcomeUnknown(broke(error)) from None
            raise Unavailable(broke(error)) from None
        return answer

    def _proof(self, delivery: Delivery, youtube: YouTube, video: Mapping[str, Any]) -> Sent:
        video_id = str(video["id"])
        wanted = delivery.message.payload["privacy"]
        try:
            status = youtube.status(video_id)
        except (HttpError, GoogleAuthError, *LINE_ERRORS):
            # It is up; that it could not be read back changes nothing.
            return Sent(remote_id=video_id, remote_url=watch_url(video_id), answer=video_id)
        status = status or video.get("status", {})
        if status.get("uploadStatus") in {"rejected", "failed"}:
            why = status.get("rejectionReason") or status.get("failureReason") or status["uploadStatus"]
            raise Refused(_("YouTube took the video and then rejected it: %(why)s") % {"why": why})
        privacy = status.get("privacyStatus")
        if privacy != wanted:
            words = _("Uploaded, but YouTube keeps it «%(privacy)s» and not «%(wanted)s»: change it there.")
            answer = words % {"privacy": privacy, "wanted": wanted}
            return Sent(remote_id=video_id, remote_url=watch_url(video_id), answer=answer)
        return Sent(remote_id=video_id, remote_url=watch_url(video_id), answer=video_id, confirmed=True)

    def _meaning(self, profile: Profile, error: HttpError, *, is_last: bool) -> ChannelError:
        refusal = read(int(error.resp.status), error.content)
        words = said(refusal.words)
        if refusal.meaning == Meaning.EXPIRED:
            mark_expired(profile)
            return CredentialsExpired(words)
        if refusal.meaning == Meaning.TOMORROW:
            return Unavailable(words, until_tomorrow(timezone.now()))
        if refusal.meaning == Meaning.BROKEN and is_last:
            return OutcomeUnknown(words)
        if refusal.meaning in {Meaning.LATER, Meaning.BROKEN}:
            return Unavailable(words)
        if is_last and int(error.resp.status) in {404, 410}:
            return OutcomeUnknown(words)
        return Unavailable(words) if int(error.resp.status) in {404, 410} else Refused(words)

    def _no_token(self, profile: Profile, error: GoogleAuthError) -> ChannelError:
        answer = next((arg for arg in error.args if isinstance(arg, Mapping)), {})
        words = said(error, profile.credentials.values())
        if token_error(answer) == Meaning.EXPIRED:
            mark_expired(profile)
            return CredentialsExpired(words)
        return Unavailable(words)

    # --- Asking ---------------------------------------------------------------------------------------

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Ask the session. Without one nothing was ever sent."""
        if not delivery.progress.get("session"):
            return Absent(_("No upload was begun."))
        profile = account_of(delivery, Network.YOUTUBE)
        youtube = YouTube(profile.credentials, self._timeout)
        try:
            if video_id := delivery.progress.get("video"):
                return self._still_there(youtube, str(video_id))
            state = self._asked(delivery, profile, youtube)
        finally:
            youtube.close()
        if state.video is not None:
            video_id = str(state.video["id"])
            return Found(video_id, watch_url(video_id), _("The upload session says that the video was made."))
        if state.received is not None and state.received < int(delivery.message.payload["video"]["size"]):
            return Absent(_("The upload session still waits for the rest: there is no video yet."))
        if state.received is None and not delivery.progress.get("is_last"):
            return Absent(_("The upload session is gone, and the last bytes had never left: there is no video."))
        return Undecided(_("The upload session is gone and does not say whether the video was made."))

    def _still_there(self, youtube: YouTube, video_id: str) -> Reconciled:
        try:
            status = youtube.status(video_id)
        except (HttpError, GoogleAuthError, *LINE_ERRORS) as error:
            return Undecided(broke(error))
        if status is None:
            return Undecided(_("The video was made, and now it is not there: look at the channel."))
        return Found(video_id, watch_url(video_id), _("The video is there."))


def watch_url(video_id: str) -> str:
    """Where people watch it; on the simulated network, its file."""
    if settings.SANDBOX_URL:
        return f"{settings.SANDBOX_URL.rstrip('/')}/youtube/videos/{video_id}"
    return f"https://www.youtube.com/watch?{urlencode({'v': video_id})}"


def _body(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "snippet": {
            "title": payload["title"],
            "description": payload.get("description", ""),
            "tags": list(payload.get("tags") or []),
            "categoryId": _CATEGORY,
        },
        "status": {"privacyStatus": payload["privacy"], "selfDeclaredMadeForKids": False},
    }


def _allowed(text: str) -> str:
    """YouTube takes no angle brackets."""
    return re.sub("[<>]", "", text).strip()


def _cut_bytes(text: str, limit: int) -> str:
    while len(text.encode()) > limit:
        text = cut(text, len(text) - max(1, (len(text.encode()) - limit) // 4))
    return text


def _fitting(tags: list[str]) -> list[str]:
    """As many tags as fit; one with a space counts with its quotation marks."""
    kept: list[str] = []
    length = 0
    for tag in tags:
        length += len(tag) + (2 if " " in tag else 0) + 1
        if tag and length <= TAGS_LIMIT:
            kept.append(tag)
    return kept
