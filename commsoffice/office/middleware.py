"""The office's clock for every page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from commsoffice.office.queries import office_zone, remembered

# Health is asked also when there is no database; the bytes of a photograph show no hour.
WITHOUT_HOUR = ("/health/", "/archivos/")


class OfficeTimeMiddleware:
    """Shows times in the office's zone, and reads the office's profile once a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        if request.path.startswith(WITHOUT_HOUR):
            return self.get_response(request)
        with remembered(), timezone.override(office_zone()):
            return self.get_response(request)
