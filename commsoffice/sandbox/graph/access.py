"""Who is calling the Graph API and for which page."""

from dataclasses import dataclass

from flask import request

from commsoffice.sandbox import seed
from commsoffice.sandbox.graph.errors import GraphError, invalid_token, no_permission
from commsoffice.sandbox.store import Record, Store


@dataclass(frozen=True)
class Caller:
    """The profile behind the token of this call."""

    token: str
    kind: str  # PAGE, USER or APP
    profile_id: str

    def require_page(self, page_id: str) -> None:
        """Raise the error of a token that isn't this page's own."""
        if self.kind != "PAGE" or self.profile_id != page_id:
            raise no_permission(page_id)

    def require_reader(self, page_id: str) -> None:
        """Raise the error of a token that may not read what the page posted."""
        if self.kind == "APP" or (self.kind == "PAGE" and self.profile_id != page_id):
            raise GraphError(
                10,
                "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content "
                "Access' feature. Refer to https://developers.facebook.com/docs/apps/review/login-permissions",
                status=403,
            )


def token_record(store: Store, token: str) -> Record | None:
    """Return what is known of a token."""
    if token == f"{seed.APP_ID}|{seed.APP_SECRET}":
        return {"token": token, "type": "APP", "profile_id": seed.APP_ID}
    return store.get("graph_token", token)


def identify(store: Store, params: dict[str, str]) -> Caller:
    """Return who calls, by access_token or a Bearer header. Raises GraphError."""
    token = params.get("access_token", "")
    authorization = request.headers.get("Authorization", "")
    if not token and authorization.startswith("Bearer "):
        token = authorization.removeprefix("Bearer ")
    if not token:
        raise GraphError(104, "An access token is required to request this resource.")
    record = token_record(store, token)
    if record is None:
        raise invalid_token()
    return Caller(token, record["type"], record["profile_id"])


def describe_token(store: Store, token: str) -> Record:
    """Answer of /debug_token."""
    record = token_record(store, token)
    if record is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    data = {
        "app_id": seed.APP_ID,
        "type": record["type"],
        "application": "commsoffice sandbox",
        # A page's token that came from a long-lived user token never expires.
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": True,
        "issued_at": 1767225600,
        "scopes": list(seed.PAGE_SCOPES),
        "user_id": seed.USER_ID,
    }
    if record["type"] == "PAGE":
        data["profile_id"] = record["profile_id"]
    return {"data": data}
