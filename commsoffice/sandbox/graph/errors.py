"""The errors of the Graph API in the shapes in which the real one sends them.

The HTTP status is not the signal: an expired token and a throttled page both come as 400, a missing permission as
403, and only the code tells them apart.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, json

from commsoffice.sandbox.faults import Fault


class GraphError(Exception):
    """An answer that says no."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        kind: str = "OAuthException",
        subcode: int | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.kind = kind
        self.subcode = subcode
        self.headers = headers or {}
        self.more = more

    def response(self) -> Response:
        """Return the HTTP answer."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code, **self.more}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        response = graph_response({"error": error}, self.status)
        if self.kind == "OAuthException":
            # A header takes one line of ASCII without quotes, whatever the message quotes back.
            message = re.sub(r"[^ !#-~]", "?", self.message)
            response.headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_request" "{message}"'
        response.headers.update(self.headers)
        return response


def graph_response(body: Any, status: int = 200) -> Response:
    """Return JSON with the headers that every answer of the Graph API carries."""
    response = Response(json.dumps(body), status=status, content_type="application/json; charset=UTF-8")
    response.headers["x-fb-request-id"] = secrets.token_hex(8)
    response.headers["x-fb-trace-id"] = secrets.token_urlsafe(8)
    return response


def invalid_parameter(message: str, subcode: int | None = None, **more: Any) -> GraphError:
    """Say that a parameter is missing or wrong."""
    return GraphError(100, f"(#100) {message}", subcode=subcode, **more)


def no_such_object(method: str, key: str) -> GraphError:
    """Say that there is no such thing, or not for this token: Graph doesn't tell which."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{key}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        kind="GraphMethodException",
        subcode=33,
    )


def invalid_token() -> GraphError:
    """Say that the token is none of ours."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token")


def no_permission(page_id: str) -> GraphError:
    """Say that this token may not act for the page."""
    return GraphError(
        200,
        "(#200) Requires pages_manage_posts permission to manage the object "
        f"{page_id}. If posting to a page, requires both pages_read_engagement and pages_manage_posts as an admin",
        status=403,
    )


def duplicate_post() -> GraphError:
    """Say that the same text was posted just before."""
    return GraphError(
        506,
        "(#506) Duplicate status message",
        subcode=1455006,
        is_transient=False,
        error_user_title="Duplicate Status Update",
        error_user_msg="This status update is identical to the last one you posted.",
    )


def unknown_error() -> GraphError:
    """Say that something went wrong; it may have been done all the same."""
    return GraphError(1, "An unknown error occurred", status=500, subcode=99)


def failed_after_publishing() -> Response:
    """Report a failure for what was in fact done, as the real API has been seen to do."""
    message = "An unexpected error has occurred. Please retry your request later."
    return GraphError(2, message, status=500, is_transient=True).response()


# name → sub-code and message of code 190: why a token that was good is worthless now.
SESSION_ERRORS: dict[str, tuple[int, str]] = {
    "expired_token": (
        463,
        (
            "Error validating access token: Session has expired on Thursday, 01-Jan-26 00:00:00 PST. The current "
            "time is Friday, 02-Jan-26 00:00:00 PST."
        ),
    ),
    "password_changed": (
        460,
        (
            "Error validating access token: The session has been invalidated because the user changed their password "
            "or Facebook has changed the session for security reasons."
        ),
    ),
    "checkpoint": (
        459,
        (
            "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow "
            "the instructions given."
        ),
    ),
    "app_removed": (
        458,
        "Error validating access token: The user has not authorized application 900000000000001.",
    ),
    "role_lost": (
        492,
        (
            "Error validating access token: Sessions for the user are not allowed because the user does not have a "
            "role on the Page."
        ),
    ),
}


def session_error(name: str) -> GraphError:
    """Say why a token is worthless now, by a name of SESSION_ERRORS."""
    subcode, message = SESSION_ERRORS[name]
    return GraphError(190, message, subcode=subcode)


def _throttled(code: int, message: str, subcode: int | None, fault: Fault) -> GraphError:
    minutes = int(fault.params.get("minutes", 5))
    usage = {"call_count": 100, "total_cputime": 25, "total_time": 25}
    business = {**usage, "type": "pages", "estimated_time_to_regain_access": minutes}
    headers = {"x-app-usage": json.dumps(usage)}
    if code in {32, 80000, 80001}:
        page_id = str(fault.params.get("page", "100000000000001"))
        headers["X-Business-Use-Case-Usage"] = json.dumps({page_id: [business]})
    return GraphError(code, message, subcode=subcode, is_transient=True, headers=headers)


def error_for(fault: Fault) -> GraphError | None:
    """Return the error that a fault asks for, or None if it is no error."""
    if fault.fault in SESSION_ERRORS:
        return session_error(fault.fault)
    errors: dict[str, Callable[[], GraphError]] = {
        "permission": lambda: no_permission("this page"),
        "invalid_parameter": lambda: GraphError(100, "(#100) Invalid parameter"),
        "blocked": lambda: GraphError(
            368,
            "The action attempted has been deemed abusive or is otherwise disallowed",
            subcode=1390008,
            is_transient=False,
            error_user_title="You're Temporarily Blocked",
            error_user_msg="It looks like you were misusing this feature by going too fast. You've been temporarily "
            "blocked from using it.",
        ),
        "duplicate": duplicate_post,
        "app_throttle": lambda: _throttled(4, "(#4) Application request limit reached", None, fault),
        "user_throttle": lambda: _throttled(17, "(#17) User request limit reached", 2446079, fault),
        "page_throttle": lambda: _throttled(32, "(#32) Page request limit reached", None, fault),
        "throttle": lambda: _throttled(
            80000,
            "(#80000) There have been too many calls from this account. Wait a bit and try again.",
            2446079,
            fault,
        ),
        "http_500": unknown_error,
        "unavailable": lambda: GraphError(2, "(#2) Service temporarily unavailable", is_transient=True),
    }
    make = errors.get(fault.fault)
    return make() if make is not None else None


def answer_fault(fault: Fault) -> Response | None:
    """Return the HTTP answer that a fault asks for, or None if it is no answer."""
    error = error_for(fault)
    return error.response() if error is not None else None
