"""facebook-sdk, taught four things: today's versions, another base address, silence about the token, and how a
call failed.

The library adds its own base address to every path. Its session is ours, and puts ours in its place, so that
nothing global is changed and two threads may talk to two places. The library would write the token into the address
of every reading call, and so into logs; the session sends it as a header.
"""

import json
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Any

import facebook
import requests
from django.conf import settings
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError, SSLError

from social.channels.common import broke, moment_of
from social.channels.facebook_errors import asks_for_less

# Seconds: to be let in, and for each silence after that.
TIMEOUTS = (5.0, 60.0)
# Rows of a list that is asked for in pieces as small as that may be.
_FEWEST = 5
_USAGE_HEADERS = ("X-Business-Use-Case-Usage", "X-App-Usage")
_REGAIN = "estimated_time_to_regain_access"


class GraphRefusal(Exception):
    """Facebook answered with an error: its body, and how long it asks to wait."""

    def __init__(self, error: Mapping[str, Any], wait: timedelta | None) -> None:
        """``error`` is the object under "error"."""
        self.error = error
        self.wait = wait
        super().__init__(str(error.get("message", "")))


class NotReached(Exception):
    """No byte of the request left."""


class Broken(Exception):
    """The call was made and its answer is missing or can't be read."""


class _Bearer(AuthBase):
    """The token as a header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Session(requests.Session):
    """Calls our base address and remembers the last answer's headers. Nothing is sent twice: retries are off."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.auth = _Bearer(token)
        self.last: Mapping[str, str] = {}
        # A connection for each call: one that was kept may be dead, and a post on it could not be told from a lost one.
        self.headers["Connection"] = "close"

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        path = str(url).removeprefix(facebook.FACEBOOK_GRAPH_URL)
        self.last = {}
        kwargs["allow_redirects"] = False
        # Videos are taken by a host of their own, and by no other.
        is_video = method == "POST" and path.endswith("/videos")
        host = settings.FACEBOOK_VIDEO_URL if is_video else settings.FACEBOOK_GRAPH_URL
        response = super().request(method, host + path, *args, **kwargs)
        self.last = response.headers
        return response


class Graph:
    """One account's way to the Graph API. Raises GraphRefusal, NotReached or Broken, and nothing else."""

    def __init__(self, token: str, timeouts: tuple[float, float] = TIMEOUTS) -> None:
        """``timeouts`` in seconds: to connect, and to read."""
        self._session = _Session(token)
        self._api = facebook.GraphAPI(timeout=timeouts, session=self._session)
        # The constructor knows only versions of 2018 and refuses today's.
        self._api.version = settings.FACEBOOK_GRAPH_VERSION

    def get(self, path: str, **fields: str) -> dict[str, Any]:
        """Read a thing or an edge: ``100/feed``."""
        return self._call(f"{self._api.version}/{path}", args=dict(fields), method="GET")

    def post(self, path: str, fields: dict[str, str], source: IO[bytes] | None = None) -> dict[str, Any]:
        """Write; with ``source`` as multipart. Lists must be JSON already: the library sends Python's own badly."""
        return self._post(path, fields, {"source": source} if source is not None else None)

    def post_chunk(self, path: str, fields: dict[str, str], chunk: bytes) -> dict[str, Any]:
        """Write a piece of a video."""
        return self._post(path, fields, {"video_file_chunk": ("chunk", chunk)})

    def delete(self, path: str) -> dict[str, Any]:
        """Take a thing away."""
        return self._call(f"{self._api.version}/{path}", method="DELETE")

    def pages(self, path: str, most: int, **fields: str) -> tuple[list[dict[str, Any]], bool]:
        """Up to about ``most`` rows of an edge, page after page; the flag says whether they are all of them."""
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            try:
                answer = self.get(path, **fields, **({"after": after} if after else {}))
            except GraphRefusal as refusal:
                limit = int(fields.get("limit", "1"))
                if not asks_for_less(refusal.error) or limit <= _FEWEST:
                    raise
                fields["limit"] = str(max(limit // 4, _FEWEST))
                continue
            rows += answer.get("data", [])
            paging = answer.get("paging", {})
            after = paging.get("cursors", {}).get("after", "") if paging.get("next") else ""
            if not after:
                return rows, not paging.get("next")
            if len(rows) >= most:
                return rows, False

    @property
    def now(self) -> datetime | None:
        """The hour of the last answer, by Facebook's clock: nobody here can set that one."""
        return moment_of(self._session.last.get("Date", ""))

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _post(self, path: str, fields: dict[str, str], files: Mapping[str, Any] | None) -> dict[str, Any]:
        return self._call(f"{self._api.version}/{path}", post_args=dict(fields), files=files, method="POST")

    def _call(self, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer = self._api.request(path, **arguments)
        except facebook.GraphAPIError as error:
            body = error.result
            if isinstance(body, dict) and isinstance(body.get("error"), dict):
                raise GraphRefusal(body["error"], self._wait()) from None
            raise Broken(str(body)) from None
        except requests.RequestException as error:
            if _never_left(error):
                raise NotReached(broke(error)) from None
            raise Broken(broke(error)) from None
        except (KeyError, ValueError) as error:
            # No type of content, or one that lies.
            raise Broken(f"{type(error).__name__}: {error}") from None
        if not isinstance(answer, dict):
            raise Broken(str(answer))
        return answer

    def _wait(self) -> timedelta | None:
        """The longest that Facebook asks us to wait, in its headers: minutes."""
        minutes = [
            int(row.get(_REGAIN) or 0)
            for name in _USAGE_HEADERS
            for row in _usage_rows(self._session.last.get(name, ""))
            if str(row.get(_REGAIN) or 0).isdigit()
        ]
        longest = max(minutes, default=0)
        return timedelta(minutes=longest) if longest else None


def _usage_rows(header: str) -> list[dict[str, Any]]:
    """A header of the application holds one row; that of business use cases a list of them for each page."""
    try:
        usage = json.loads(header) if header else {}
    except ValueError:
        return []
    if not isinstance(usage, dict):
        return []
    listed = [row for rows in usage.values() if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    return [usage, *listed]


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, SSLError):
        # Of all that may break in TLS, only the refusal of their certificate comes before our first byte for sure.
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)
