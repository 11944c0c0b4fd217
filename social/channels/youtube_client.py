"""google-api-python-client, with nothing sent twice behind our back and the upload session's address in our hands."""

import copy
import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import IO, Any

import google_auth_httplib2
import httplib2
from django.conf import settings
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

# Seconds of silence before a call is given up.
TIMEOUT = 60.0
# YouTube takes multiples of 256 KiB.
CHUNK = 8 * 1024 * 1024

# Any of these: the line broke, and what happened on the other side is not known.
LINE_ERRORS = (OSError, http.client.HTTPException, httplib2.HttpLib2Error)
NOT_REACHED = (httplib2.ServerNotFoundError, ConnectionRefusedError)

__all__ = ["CHUNK", "LINE_ERRORS", "NOT_REACHED", "GoogleAuthError", "HttpError", "SessionState", "YouTube"]


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

    def request(self, uri: str, method: str = "GET", **kwargs: Any) -> tuple[Any, bytes]:
        kwargs["connection_type"] = _Secure if uri.startswith("https:") else _Plain
        response, content = super().request(uri, method, **kwargs)
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
    """One channel's way to YouTube. Raises HttpError, GoogleAuthError or one of LINE_ERRORS."""

    def __init__(self, credentials: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        """``timeout`` in seconds of silence."""
        self._http = _Http(timeout)
        granted = Credentials(  # type: ignore[no-untyped-call]  # the library's constructor has no types
            None,
            refresh_token=credentials["refresh_token"],
            client_id=credentials["client_id"],
            client_secret=credentials["client_secret"],
            token_uri=settings.GOOGLE_TOKEN_URL,
        )
        self._authorized = google_auth_httplib2.AuthorizedHttp(granted, http=self._http)
        self._api = build_from_document(_document(settings.YOUTUBE_ROOT_URL), http=self._authorized)

    def insertion(
        self, body: dict[str, Any], file: IO[bytes], content_type: str, on_session: Callable[[str], None]
    ) -> Any:
        """A resumable upload, not begun; ``on_session`` gets its address before any byte goes."""
        self._http.on_session = on_session
        media = MediaIoBaseUpload(file, mimetype=content_type, chunksize=CHUNK, resumable=True)
        return self._api.videos().insert(part="snippet,status", body=body, media_body=media)

    def ask(self, session: str, size: int) -> SessionState:
        """Ask an upload session what it has. Changes nothing."""
        headers = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        response, content = self._authorized.request(session, "PUT", body=b"", headers=headers)
        if response.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
            return SessionState(video=json.loads(content))
        if response.status == HTTPStatus.PERMANENT_REDIRECT:
            last = response.get("range", "").rpartition("-")[2]
            return SessionState(received=int(last) + 1 if last.isdigit() else 0)
        if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return SessionState()
        raise HttpError(response, content, uri=session)

    def status(self, video_id: str) -> Mapping[str, Any] | None:
        """The status of a video, None where there is none: privacyStatus, uploadStatus and the like."""
        items = self._api.videos().list(part="status", id=video_id).execute(num_retries=0).get("items", [])
        return dict(items[0]["status"]) if items else None

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()


def _document(root: str) -> dict[str, Any]:
    """The library's own description of the API, at our address."""
    document = copy.copy(_bundled())
    document["rootUrl"] = document["baseUrl"] = root
    return document


@lru_cache(maxsize=1)
def _bundled() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return document
