"""The real client libraries, pointed at the sandbox."""

import json
import struct
import zlib
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import facebook
import google.oauth2.credentials
import google_auth_httplib2
import googleapiclient
import httplib2
import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.http import build_http

from commsoffice.sandbox import seed
from tests.sandbox.process import SandboxProcess

PAGE = seed.PAGE_GOVERNMENT_ID


def png(colour: int = 0, size: int = 8) -> bytes:
    """A small picture; another colour gives other bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([colour]) * size) * size
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def mp4(size: int) -> bytes:
    """Bytes that begin as an MP4 does."""
    head = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
    return head + (bytes(range(256)) * (size // 256 + 1))[: size - len(head)]


@pytest.fixture
def graph(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> facebook.GraphAPI:
    """facebook-sdk as the page «Gobierno de Valle de Amatista»."""
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", sandbox.graph_url)
    api = facebook.GraphAPI(seed.PAGE_GOVERNMENT_TOKEN, timeout=60)
    api.version = "v24.0"
    return api


@pytest.fixture
def youtube_document(sandbox: SandboxProcess) -> dict[str, Any]:
    """The library's own description of YouTube's API, with only the address changed."""
    path = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "youtube.v3.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return {**document, "rootUrl": sandbox.youtube_root_url, "baseUrl": sandbox.youtube_root_url}


@pytest.fixture
def credentials(sandbox: SandboxProcess) -> google.oauth2.credentials.Credentials:
    return google.oauth2.credentials.Credentials(
        None,
        refresh_token=seed.GOOGLE_REFRESH_TOKEN,
        token_uri=sandbox.google_token_url,
        client_id=seed.GOOGLE_CLIENT_ID,
        client_secret=seed.GOOGLE_CLIENT_SECRET,
    )


@pytest.fixture
def youtube(
    youtube_document: dict[str, Any],
    credentials: google.oauth2.credentials.Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """google-api-python-client as the channel «Amatista TV»."""
    # httplib2 sends a request again by itself when the answer is lost; these tests look at one request.
    monkeypatch.setattr(httplib2, "RETRIES", 1)
    http = build_http()
    http.timeout = 60
    authorized = google_auth_httplib2.AuthorizedHttp(credentials, http=http)
    return build_from_document(youtube_document, http=authorized)


Call = Callable[..., tuple[HTTPResponse, Any]]


@pytest.fixture
def http(sandbox: SandboxProcess) -> Call:
    """Bare HTTP: call(method, path, form or body, headers) → answer and its JSON or bytes."""

    def call(
        method: str, path: str, body: dict[str, str] | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, Any]:
        connection = HTTPConnection("127.0.0.1", sandbox.http_port, timeout=60)
        headers = dict(headers or {})
        if isinstance(body, dict):
            body = urlencode(body).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer, json.loads(content) if is_json else content

    return call
