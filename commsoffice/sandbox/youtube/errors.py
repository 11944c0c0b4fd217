"""The errors of Google's APIs in the shapes in which the real ones send them."""

from collections.abc import Callable
from typing import Any

from flask import Response, json

from commsoffice.sandbox.faults import Fault

# bucket → how the daily limit calls it
DAILY_LIMITS = {"insert": "Video Uploads", "search": "Search Queries"}


class YouTubeError(Exception):
    """An answer that says no."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        domain: str = "youtube.video",
        more: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **entry: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.domain = domain
        self.more = more or {}
        self.headers = headers or {}
        self.entry = entry

    def response(self) -> Response:
        """Return the HTTP answer."""
        entry = {"message": self.message, "domain": self.domain, "reason": self.reason, **self.entry}
        error = {"code": self.status, "message": self.message, "errors": [entry], **self.more}
        response = google_response({"error": error}, self.status)
        response.headers.update(self.headers)
        return response


def google_response(body: Any, status: int = 200) -> Response:
    """Return JSON as Google's servers send it."""
    return Response(json.dumps(body), status=status, content_type="application/json; charset=UTF-8")


def bad_request(reason: str, message: str, location: str = "", domain: str = "youtube.video") -> YouTubeError:
    """Say that the request itself is wrong."""
    place: dict[str, Any] = {"location": location, "locationType": "other"} if location else {}
    return YouTubeError(400, reason, message, domain=domain, **place)


def not_found(message: str = "The video that you are trying to reach cannot be found.") -> YouTubeError:
    """Say that there is no such video, or not for this account."""
    return YouTubeError(404, "videoNotFound", message, location="id", locationType="parameter")


def invalid_credentials() -> YouTubeError:
    """Say that the access token is none or has expired."""
    return YouTubeError(
        401,
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        domain="global",
        more={"status": "UNAUTHENTICATED"},
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
        location="Authorization",
        locationType="header",
    )


def quota_exceeded() -> YouTubeError:
    """Say that the project's pool of units is used up until midnight Pacific."""
    return YouTubeError(
        403,
        "quotaExceeded",
        'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started'
        '#quota">quota</a>.',
        domain="youtube.quota",
    )


def rate_limit_exceeded(bucket: str) -> YouTubeError:
    """Say that the project's calls of one kind are used up until midnight Pacific, in the shape of being too fast."""
    name = DAILY_LIMITS[bucket]
    message = (
        f"Quota exceeded for quota metric '{name}' and limit '{name} per day' of service 'youtube.googleapis.com' "
        "for consumer 'project_number:900000000001'."
    )
    return YouTubeError(429, "rateLimitExceeded", message, domain="global", more={"status": "RESOURCE_EXHAUSTED"})


def too_fast() -> YouTubeError:
    """Say that the calls come too fast; within a minute or two it has passed."""
    message = (
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service "
        "'youtube.googleapis.com' for consumer 'project_number:900000000001'."
    )
    return YouTubeError(429, "rateLimitExceeded", message, domain="global", more={"status": "RESOURCE_EXHAUSTED"})


def insufficient_scope() -> YouTubeError:
    """Say that the person didn't consent to this."""
    return YouTubeError(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        domain="global",
        more={"status": "PERMISSION_DENIED"},
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"'},
    )


def backend_error(status: int = 500) -> YouTubeError:
    """Say that something went wrong; it may have been done all the same."""
    if status == 503:  # noqa: PLR2004 - the status itself
        message = "The service is currently unavailable."
        return YouTubeError(503, "backendError", message, domain="global", more={"status": "UNAVAILABLE"})
    message = "Internal error encountered."
    return YouTubeError(status, "backendError", message, domain="global", more={"status": "INTERNAL"})


def answer_fault(fault: Fault) -> Response | None:
    """Return the HTTP answer that a fault asks for, or None if the handler plays it."""
    errors: dict[str, Callable[[], YouTubeError]] = {
        "expired_token": invalid_credentials,
        "quota_exceeded": quota_exceeded,
        "upload_limit": lambda: YouTubeError(
            400, "uploadLimitExceeded", "The user has exceeded the number of videos they may upload."
        ),
        "throttle": lambda: rate_limit_exceeded("insert"),
        "too_fast": too_fast,
        "forbidden": lambda: YouTubeError(
            403, "forbidden", "The request might not be properly authorized.", domain="youtube.common"
        ),
        "http_500": backend_error,
        "unavailable": lambda: backend_error(503),
    }
    make = errors.get(fault.fault)
    return make().response() if make is not None else None


def token_error(status: int, error: str, description: str) -> Response:
    """Return the answer of the token endpoint that refuses; its shape differs from the API's own."""
    return google_response({"error": error, "error_description": description}, status)


def answer_token_fault(fault: Fault) -> Response | None:
    """Return the HTTP answer of the token endpoint that a fault asks for, or None if the handler plays it."""
    answers = {
        "invalid_grant": (400, "invalid_grant", "Token has been expired or revoked."),
        "invalid_client": (401, "invalid_client", "The OAuth client was not found."),
        "http_500": (500, "internal_failure", "Internal error."),
    }
    answer = answers.get(fault.fault)
    return token_error(*answer) if answer is not None else None
