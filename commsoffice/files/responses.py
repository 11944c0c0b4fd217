"""Answering with a stored file: whole, a part of it (films are watched from the middle), or «you have it»."""

import re
from http import HTTPStatus
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

# One range, as players ask for; a list of several may be answered with the whole (RFC 9110, 14.2).
# So many digits as a size may have: a longer number is no place in any file.
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_BLOCK = 1 << 16


class _Part:
    """A stretch of an open file, read to its end and closed by the response."""

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        file.seek(start)
        self.file = file
        self.left = length

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(min(_BLOCK if size < 0 else size, self.left))
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.file.close()


def stored_file(
    request: HttpRequest,
    name: str,
    *,
    content_type: str,
    size: int,
    sha256: str,
    filename: str,
    as_attachment: bool = False,
) -> HttpResponseBase:
    """Answer with a file of the storage. The caller has judged who may have it.

    The browser may keep it but asks each time, so that a file that is withdrawn is gone at once;
    `size` in bytes. Raises Http404 when the storage doesn't have it.
    """
    etag = f'"{sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _content(request, name, content_type, size, etag)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    # Opened by its address it is a document of its own: it may run and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = content_disposition_header(as_attachment, filename) or "inline"
    return response


def _content(request: HttpRequest, name: str, content_type: str, size: int, etag: str) -> HttpResponseBase:
    asked = _asked_part(request, size, etag)
    if asked is not None and asked[1] <= 0:
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"}
        )
    try:
        file = default_storage.open(name)
    except OSError as error:
        raise Http404 from error
    start, length = asked or (0, size)
    response = FileResponse(_Part(file, start, length), content_type=content_type)
    response["Content-Length"] = str(length)
    if asked is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    return response


def _asked_part(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Start and length of the range asked for; None for the whole; a length of 0 or less cannot be had."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    condition = request.headers.get("If-Range", etag)
    if found is None or request.method != "GET" or condition != etag or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        return size - length, length
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        # Not a range at all (RFC 9110, 14.1.1): as if nothing had been asked.
        return None
    return start, end - start + 1
