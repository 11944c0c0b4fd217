"""`/marca.css`: the one stylesheet that depends on the office's profile."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from commsoffice.office.queries import office
from commsoffice.ui import brand as brands

YEAR = 60 * 60 * 24 * 365
MINUTES = 60 * 10


@require_safe
def brand(request: HttpRequest) -> HttpResponse:
    """The accent of the office. Kept for a year when the address names the version asked for."""
    color = office().brand_color
    current = brands.version(color)
    etag = f'"{current}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(brands.stylesheet(color), content_type="text/css; charset=utf-8")
    response["ETag"] = etag
    is_named = request.GET.get("v") == current
    keep = f"public, max-age={YEAR}, immutable" if is_named else f"public, max-age={MINUTES}"
    response["Cache-Control"] = keep
    return response
