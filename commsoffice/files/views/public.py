"""One address a copy: public once something published shows it, gone as soon as nothing does."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from commsoffice.accounts.models import User
from commsoffice.files.permissions import may_look
from commsoffice.files.queries import copy_at, public_filename
from commsoffice.files.responses import stored_file


@require_safe
def rendition(request: HttpRequest, token: UUID, name: str) -> HttpResponseBase:
    """Answer with a copy. 404 to those who may not see it: the address must not tell that it exists."""
    found = copy_at(token, name)
    if found is None:
        raise Http404
    copy, is_public = found
    if not is_public:
        user = request.user
        if not isinstance(user, User) or not may_look(user, copy.asset):
            raise Http404
    return stored_file(
        request,
        str(copy.file.name),
        content_type=copy.content_type,
        size=copy.size,
        sha256=copy.sha256,
        filename=public_filename(copy.asset, copy),
        as_attachment="descargar" in request.GET,
    )
