"""Addresses that no page can answer: those that hold a NUL, and those that only take forms."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

_STAFF = "/mesa/"


class NoNulMiddleware:
    """PostgreSQL stores no NUL, so nothing can be found by one; no link of ours holds it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next one."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Not found; of a query, what is left of it."""
        if "\x00" in request.path_info:
            raise Http404
        # Before anybody reads it.
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return self._get_response(request)


class FormAddressMiddleware:
    """Leads a person who opens a form's address to the page that holds the form.

    A form that was filled in wrongly is shown again at the address that took it; reloading that, or being sent back
    there by a refusal, would show the browser's own error page. Whoever is no browser gets the error all the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next one."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page above: a form's address lies below its page's."""
        response = self._get_response(request)
        is_page = request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document"
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_page and request.path.startswith(_STAFF):
            return HttpResponseRedirect(request.path.rstrip("/").rpartition("/")[0] + "/")
        return response
