"""Bringing the bytes of one video to YouTube, once, whatever happens on the way.

A video exists when its last byte has arrived, and one session makes one video at most. So its address is written
down before the first byte goes; a session that lives can be asked, and going on in it never makes a second one.
Only when it is gone, and the last bytes had left, nobody can say from here what became of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import ChannelError, OutcomeUnknown, Refused, Unavailable
from social.channels.common import broke
from social.channels.youtube_client import LINE_ERRORS, NOT_REACHED, TROUBLE, GoogleAuthError, HttpError, SessionState
from social.channels.youtube_visit import Visit, is_gone, meaning_of
from social.fields import seal
from social.quota import QuotaSpent

Video = Mapping[str, Any]


def upload(visit: Visit, body: dict[str, Any]) -> Video:
    """Upload it, or go on where an earlier call stopped; return the video as YouTube answers it.

    Raises the errors of a channel's ``send``.
    """
    session, offset = visit.session() or "", 0
    if visit.noted("session"):
        state = ask(visit)
        if state.video is not None:
            return _made(visit, state.video)
        if state.received is None:
            if visit.noted("is_last") and not visit.is_decided():
                raise OutcomeUnknown(_("The upload session is gone and does not say whether the video was made."))
            session = ""
        elif state.received >= visit.size:
            raise OutcomeUnknown(_("YouTube has every byte and has not made the video yet."))
        else:
            offset = state.received
    return _made(visit, _bring(visit, body, session, offset))


def ask(visit: Visit) -> SessionState:
    """Ask the upload session what it has."""
    session = visit.session()
    if session is None:
        return SessionState()
    with visit.reading():
        return visit.youtube.ask(session, visit.size)


def _made(visit: Visit, video: Video) -> Video:
    visit.keep(visit.delivery, offset=visit.size, video=str(video["id"]), session="")
    return video


def _bring(visit: Visit, body: dict[str, Any], session: str, offset: int) -> Video:
    def keep_session(address: str) -> None:
        is_last = visit.size <= visit.youtube.chunk
        now = timezone.now().isoformat()
        visit.keep(
            visit.delivery, session=seal(address), offset=0, is_last=is_last, began=now, left=now if is_last else ""
        )

    with _opened(visit.payload["video"]["name"]) as file:
        while True:
            request = visit.youtube.insertion(body, file, visit.payload["video"]["content_type"], keep_session)
            if session:
                request.resumable_uri, request.resumable_progress = session, offset
            try:
                return _chunks(visit, request)
            except LINE_ERRORS as error:
                if request.resumable_uri is None:
                    raise Unavailable(broke(error)) from None
                state = _after_a_cut(visit, request, error)
                if state.video is not None:
                    return state.video
                session, offset = request.resumable_uri, state.received or 0


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Refused(_("The file of the video is not there any more.")) from None
    with file:
        yield file


def _chunks(visit: Visit, request: Any) -> Video:
    """Send what is left. A line that breaks is raised as it is; everything else by its meaning."""
    answer = None
    while answer is None:
        is_last = _is_last(visit, request)
        if is_last:
            # With them the video is there for everybody to see.
            visit.ask_whether_wanted()
        if request.resumable_uri is not None:
            # Before the bytes go: after a crash it tells whether the video may exist.
            left = timezone.now().isoformat() if is_last else ""
            visit.keep(visit.delivery, offset=request.resumable_progress, is_last=is_last, left=left, missing_since="")
        try:
            answer = visit.youtube.next_chunk(request)
        except HttpError as error:
            raise _refused(visit, request, error, is_last=is_last) from None
        except (GoogleAuthError, QuotaSpent) as error:
            raise meaning_of(visit.profile, error, at_risk=False) from None
    return answer


def _is_last(visit: Visit, request: Any) -> bool:
    return bool(request.resumable_progress + visit.youtube.chunk >= visit.size)


def _refused(visit: Visit, request: Any, error: HttpError, *, is_last: bool) -> ChannelError:
    # Without a session no byte of the video has gone.
    at_risk = is_last and request.resumable_uri is not None
    if request.resumable_uri is not None and is_gone(error):
        words = _("The upload session is gone and does not say whether the video was made.")
        return OutcomeUnknown(words) if at_risk else Unavailable(_("The upload session is gone: it begins anew."))
    return meaning_of(visit.profile, error, at_risk=at_risk)


def _after_a_cut(visit: Visit, request: Any, error: Exception) -> SessionState:
    """The line broke in a chunk: ask how far it is. Only what got further goes on at once; the rest goes later."""
    is_at_risk = _is_last(visit, request) and not isinstance(error, NOT_REACHED)
    lost = OutcomeUnknown(broke(error)) if is_at_risk else Unavailable(broke(error))
    try:
        state = visit.youtube.ask(request.resumable_uri, visit.size)
    except TROUBLE:
        raise lost from None
    if state.video is not None:
        return state
    if state.received is None or not request.resumable_progress < state.received < visit.size:
        raise lost
    return state
