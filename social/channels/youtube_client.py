"""google-api-python-client, with nothing sent twice behind our back and the upload session's address in our hands."""

import copy
import http.client
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import IO, Any

import google_auth_httplib2
import httplib2
from django.conf import settings
from django.utils import timezone
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

from social import quota
from social.channels.common import moment_of
from social.channels.youtube_errors import read

# Seconds of silence before a call is given up.
TIMEOUT = 60.0
# YouTube takes multiples of 256 KiB.
CHUNK = 8 * 1024 * 1024

# Any of these: the line broke, and what happened on the other side is not known.
LINE_ERRORS = (OSError, http.client.HTTPException, httplib2.HttpLib2Error)
NOT_REACHED = (httplib2.ServerNotFoundError, ConnectionRefusedError)

# All that a call may end in, but an answer.
TROUBLE = (HttpError, GoogleAuthError, quota.QuotaSpent, *LINE_ERRORS)
_PAGE = 50

__all__ = ["CHUNK", "LINE_ERRORS", "NOT_REACHED", "TROUBLE", "GoogleAuthError", "HttpError", "SessionState", "YouTube"]


class _AnswerOnce:
    """A connection that says «lost» when no answer comes.

    httplib2 takes that particular error for a stale connection and sends the request again, even a POST,
    whatever its RETRIES say; a reset it lets through.
    """

    def getresponse(self) -> http.client.HTTPResponse:
        """Return the answer or say that the line broke."""
        try:
            answer: http.client.HTTPResponse = super().getresponse()  # type: ignore[misc]  # the connection's own, beside this class
        except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
            raise ConnectionResetError(str(error)) from error
        return answer


class _Plain(_AnswerOnce, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # an untyped library
    pass


class _Secure(_AnswerOnce, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # an untyped library
    pass


class _Http(httplib2.Http):  # type: ignore[misc]  # an untyped library
    """Tells the address of an upload session as soon as it is known, before any byte of the video goes."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout)
        # 308 means «go on» here, not «look elsewhere».
        self.redirect_codes = httplib2.REDIRECT_CODES - {HTTPStatus.PERMANENT_REDIRECT}
        self.on_session: Callable[[str], None] | None = None
        # The head of the last answer.
        self.date = ""

    def request(self, uri: str, method: str = "GET", **kwargs: Any) -> tuple[Any, bytes]:
        kwargs["connection_type"] = _Secure if uri.startswith("https:") else _Plain
        try:
            response, content = super().request(uri, method, **kwargs)
        except Exception:
            # A connection that broke is half way through a request and takes no other.
            self.close()
            raise
        self.date = response.get("date", "")
        if self.on_session is not None and method == "POST" and response.status == HTTPStatus.OK:
            location = response.get("location")
            if location:
                self.on_session(location)
        return response, content


@dataclass(frozen=True, slots=True)
class SessionState:
    """What an upload session answers: the video it made, or how many bytes it has; None when it is gone."""

    video: Mapping[str, Any] | None = None
    received: int | None = None


class YouTube:
    """One channel's way to YouTube. Each call is counted first. Raises one of TROUBLE."""

    def __init__(self, credentials: Mapping[str, str], timeout: float = TIMEOUT, chunk: int = CHUNK) -> None:
        """``timeout`` in seconds of silence; ``chunk`` in bytes, a multiple of 256 KiB."""
        self.chunk = chunk
        self._project = quota.project_of(credentials)
        self._http = _Http(timeout)
        self._granted = Credentials(  # type: ignore[no-untyped-call]  # the library's constructor has no types
            None,
            refresh_token=credentials["refresh_token"],
            client_id=self._project,
            client_secret=credentials.get("client_secret") or settings.GOOGLE_CLIENT_SECRET,
            token_uri=settings.GOOGLE_TOKEN_URL,
        )
        self._authorized = google_auth_httplib2.AuthorizedHttp(self._granted, http=self._http)
        # After «401» the library would send a chunk again from a stream that it has already read to its end.
        self._once = google_auth_httplib2.AuthorizedHttp(self._granted, http=self._http, max_refresh_attempts=0)
        self._api = build_from_document(_document(settings.YOUTUBE_ROOT_URL), http=self._authorized)

    # --- Uploading ------------------------------------------------------------------------------------

    def insertion(
        self, body: dict[str, Any], file: IO[bytes], content_type: str, on_session: Callable[[str], None]
    ) -> Any:
        """A resumable upload, not begun; ``on_session`` gets its address before any byte goes."""
        self._http.on_session = on_session
        media = MediaIoBaseUpload(file, mimetype=content_type, chunksize=self.chunk, resumable=True)
        return self._api.videos().insert(part="snippet,status", body=body, media_body=media)

    def next_chunk(self, request: Any) -> Mapping[str, Any] | None:
        """Send one more chunk of an insertion, opening its session first where it has none; return the video."""
        if request.resumable_uri is not None:
            return self._chunk(request)
        with self._paid("videos.insert", lambda: request.resumable_uri is not None):
            return self._chunk(request)

    def _chunk(self, request: Any) -> Mapping[str, Any] | None:
        try:
            _progress, answer = request.next_chunk(http=self._once, num_retries=0)
        except HttpError as error:
            if error.resp.status != HTTPStatus.UNAUTHORIZED:
                raise
            # An access token lives for an hour; an upload may take longer.
            self._granted.refresh(google_auth_httplib2.Request(self._http))  # type: ignore[no-untyped-call]  # see above
            _progress, answer = request.next_chunk(http=self._once, num_retries=0)
        return None if answer is None else dict(answer)

    def ask(self, session: str, size: int) -> SessionState:
        """Ask an upload session what it has. Changes nothing, costs nothing."""
        headers = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        response, content = self._authorized.request(session, "PUT", body=b"", headers=headers)
        if response.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
            return SessionState(video=json.loads(content))
        if response.status == HTTPStatus.PERMANENT_REDIRECT:
            last = response.get("range", "").rpartition("-")[2]
            return SessionState(received=int(last) + 1 if last.isdigit() else 0)
        if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return SessionState()
        # Without the address, which the error would say.
        raise HttpError(response, content)

    # --- What is there --------------------------------------------------------------------------------

    def status(self, video_id: str) -> Mapping[str, Any] | None:
        """The status of a video, None where there is none: privacyStatus, publishAt, uploadStatus and the like."""
        videos = self.videos([video_id], "status")
        return dict(videos[0]["status"]) if videos else None

    def videos(self, ids: Sequence[str], parts: str) -> list[Mapping[str, Any]]:
        """The videos with these ids, at most 50, as far as they exist. ``fileDetails`` is shown to their owner only."""
        return list(self._call("videos.list", self._api.videos().list(part=parts, id=",".join(ids))).get("items", []))

    def uploads(self) -> Iterator[list[Mapping[str, Any]]]:
        """Everything on our channel whoever may see it, as items of a playlist, page by page, newest first."""
        mine = self._call("channels.list", self._api.channels().list(part="contentDetails", mine=True))
        playlist = mine["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
        items = self._api.playlistItems()
        request = items.list(part="snippet", playlistId=playlist, maxResults=_PAGE)
        while request is not None:
            page = self._call("playlistItems.list", request)
            yield list(page.get("items", []))
            request = items.list_next(request, page)

    # --- Changing it ----------------------------------------------------------------------------------

    def set_status(self, video_id: str, status: Mapping[str, Any]) -> Mapping[str, Any]:
        """Replace the status of a video, and return it. What is left out gets its default: privacy becomes public."""
        body = {"id": video_id, "status": dict(status)}
        video = self._call("videos.update", self._api.videos().update(part="status", body=body))
        return dict(video["status"])

    def set_thumbnail(self, video_id: str, content: bytes, content_type: str) -> None:
        """Give a video its picture. Doing it twice does no harm."""
        media = MediaIoBaseUpload(io.BytesIO(content), mimetype=content_type)
        self._call("thumbnails.set", self._api.thumbnails().set(videoId=video_id, media_body=media))

    @property
    def now(self) -> datetime | None:
        """The hour of the last answer, by YouTube's clock."""
        return moment_of(self._http.date)

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    # --- Inside ---------------------------------------------------------------------------------------

    def _call(self, method: str, request: Any) -> Mapping[str, Any]:
        with self._paid(method):
            answer: Mapping[str, Any] = request.execute(num_retries=0)
        return answer

    @contextmanager
    def _paid(self, method: str, reached: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Count a call before it is made, and not at all when it didn't get through to YouTube."""
        quota.spend(self._project, method, timezone.now())
        try:
            yield
        except (GoogleAuthError, *NOT_REACHED):
            if not reached():
                quota.give_back(self._project, method, timezone.now())
            raise
        except HttpError as error:
            if read(int(error.resp.status), error.content).is_of_project:
                quota.exhaust(self._project, method, timezone.now())
            raise


def _document(root: str) -> dict[str, Any]:
    """The library's own description of the API, at our address."""
    document = copy.copy(_bundled())
    document["rootUrl"] = document["baseUrl"] = root
    return document


@lru_cache(maxsize=1)
def _bundled() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return document
