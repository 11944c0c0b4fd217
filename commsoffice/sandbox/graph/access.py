"""Who is calling the Graph API and for which page."""

from dataclasses import dataclass

from flask import request

from commsoffice.sandbox import seed
from commsoffice.sandbox.graph import grants
from commsoffice.sandbox.graph.errors import GraphError, invalid_token, no_permission
from commsoffice.sandbox.graph.login import check_proof
from commsoffice.sandbox.store import Record, Store

# The seeded tokens were always there.
SEEDED_AT = 1767225600


@dataclass(frozen=True)
class Caller:
    """The profile behind the token of this call."""

    token: str
    kind: str  # PAGE, USER or APP
    profile_id: str
    scopes: frozenset[str] = frozenset()

    def require_page(self, page_id: str) -> None:
        """Raise the error of a token that isn't this page's own."""
        if self.kind != "PAGE" or self.profile_id != page_id or "pages_manage_posts" not in self.scopes:
            raise no_permission(page_id)

    def require_reader(self, page_id: str) -> None:
        """Raise the error of a token that may not read what the page posted."""
        foreign = self.kind == "APP" or (self.kind == "PAGE" and self.profile_id != page_id)
        if foreign or "pages_read_engagement" not in self.scopes:
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
    trouble = grants.trouble_with(store, record)
    if trouble is not None:
        raise trouble
    check_proof(token, params.get("appsecret_proof", ""))
    scopes = frozenset() if record["type"] == "APP" else frozenset(grants.grant_of(store)["scopes"])
    return Caller(token, record["type"], record["profile_id"], scopes)


def describe_token(store: Store, token: str) -> Record:
    """Answer of /debug_token."""
    record = token_record(store, token)
    if record is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    grant, trouble = grants.grant_of(store), grants.trouble_with(store, record)
    issued = int(record.get("issued", SEEDED_AT))
    data = {
        "app_id": seed.APP_ID,
        "type": record["type"],
        "application": "commsoffice sandbox",
        "data_access_expires_at": issued + grants.DATA_ACCESS_LIFE if "issued" in record else 0,
        # A page's token that came from a long-lived user token never expires.
        "expires_at": int(record.get("expires", 0)),
        "is_valid": trouble is None,
        "issued_at": issued,
        "scopes": grant["scopes"] if trouble is None else [],
        "granular_scopes": [
            {"scope": scope, "target_ids": grant["pages"]} for scope in grant["scopes"] if scope.startswith("pages_")
        ],
        "user_id": seed.USER_ID,
    }
    if trouble is not None:
        data["error"] = {"code": trouble.code, "message": trouble.message, "subcode": trouble.subcode}
    if record["type"] == "PAGE":
        data["profile_id"] = record["profile_id"]
    return {"data": data}
