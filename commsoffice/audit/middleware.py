"""Ties what happens to the request in which it happened."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar

import pghistory
from django.http import HttpRequest, HttpResponse

_request_id: ContextVar[str] = ContextVar("request_id", default="")

NextInChain = Callable[[HttpRequest], HttpResponse]


def current_request_id() -> str:
    """Return the id of the request being served; empty in a worker."""
    return _request_id.get()


class RequestIdMiddleware:
    """Gives each request an id of ours and answers with it; the sender's own is not trusted."""

    def __init__(self, get_response: NextInChain) -> None:
        """Keep the next in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        request_id = str(uuid.uuid4())
        token = _request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response.headers["X-Request-Id"] = request_id
        return response


class HistoryContextMiddleware:
    """Lets the row history say who, and in which request."""

    def __init__(self, get_response: NextInChain) -> None:
        """Keep the next in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request; reading changes nothing and needs no context."""
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        user = getattr(request, "user", None)
        with pghistory.context(
            user=user.pk if user is not None and user.is_authenticated else None,
            request_id=current_request_id(),
        ):
            return self.get_response(request)
