"""How both doors answer with a photograph."""

from pathlib import PurePath

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from commsoffice.files.models import Rendition
from commsoffice.files.responses import stored_file


def photo_response(request: HttpRequest, copy: Rendition) -> HttpResponseBase:
    """Answer with a clean copy. The caller has judged who may have it."""
    name = str(copy.file.name)
    return stored_file(
        request,
        name,
        content_type=copy.content_type,
        size=copy.size,
        sha256=copy.sha256,
        filename=f"{copy.name}{PurePath(name).suffix}",
    )
