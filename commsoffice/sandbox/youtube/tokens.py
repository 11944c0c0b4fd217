"""Google's token endpoint: codes and refresh tokens become access tokens for an hour, until they are taken back."""

import base64
import hashlib
import secrets

from flask import Blueprint, Response, g, request

from commsoffice.sandbox import oauth, seed
from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import network
from commsoffice.sandbox.youtube import quota
from commsoffice.sandbox.youtube.errors import google_response, insufficient_scope, invalid_credentials, token_error
from commsoffice.sandbox.youtube.login import YOUTUBE_SCOPE

google = Blueprint("google", __name__, url_prefix="/google")

LIFETIME = 3599
EVERYTHING = frozenset({YOUTUBE_SCOPE, f"{YOUTUBE_SCOPE}.force-ssl"})
MAY_READ = EVERYTHING | {f"{YOUTUBE_SCOPE}.readonly"}
MAY_UPLOAD = EVERYTHING | {f"{YOUTUBE_SCOPE}.upload"}


@google.post("/token")
def token() -> Response:
    """Answer the grants of a web application: authorization_code and refresh_token."""
    form = request.form
    if (form.get("client_id"), form.get("client_secret")) != (seed.GOOGLE_CLIENT_ID, seed.GOOGLE_CLIENT_SECRET):
        return token_error(401, "invalid_client", "The OAuth client was not found.")
    grant_type = form.get("grant_type", "")
    if grant_type == "authorization_code":
        return _exchange_code()
    if grant_type != "refresh_token":
        return token_error(400, "unsupported_grant_type", f"Invalid grant_type: {grant_type}")
    record = network().store.get("google_refresh", form.get("refresh_token", ""))
    if record is None or record["broken"]:
        return token_error(400, "invalid_grant", "Token has been expired or revoked.")
    return google_response(_access(record, record["token"]))


def _exchange_code() -> Response:
    store, form = network().store, request.form
    try:
        consented = oauth.redeem(store, "google", form.get("code", ""), form.get("redirect_uri", ""))
    except oauth.CodeRefused as error:
        if error.reason == "redirect":
            return token_error(400, "redirect_uri_mismatch", "Bad Request")
        return token_error(400, "invalid_grant", "Malformed auth code." if error.reason == "unknown" else "Bad Request")
    if consented["challenge"]:
        verifier = form.get("code_verifier", "")
        if not verifier:
            return token_error(400, "invalid_grant", "Missing code verifier.")
        if _challenge(verifier, consented["challenge_method"]) != consented["challenge"]:
            return token_error(400, "invalid_grant", "Invalid code verifier.")
    # Only the first consent gives a refresh token, and those that expressly ask again.
    first = not any(row["channel"] == consented["channel"] and not row["broken"] for row in store.all("google_refresh"))
    if not consented["offline"] or not (first or consented["asked_again"]):
        return google_response(_access(consented, None))
    refresh = f"1//0{secrets.token_urlsafe(48)}"
    record = {"token": refresh, "channel": consented["channel"], "scopes": consented["scopes"], "broken": False}
    store.put("google_refresh", refresh, record)
    return google_response({**_access(record, refresh), "refresh_token": refresh})


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _access(consented: Record, refresh: str | None) -> Record:
    store = network().store
    access_token = f"ya29.sandbox-{secrets.token_urlsafe(24)}"
    fault = g.get("fault")
    # A token may die before the hour it was promised: the answer still promises the hour.
    lifetime = fault.seconds(1) if fault is not None and fault.fault == "short_lived" else LIFETIME
    record = {
        "token": access_token,
        "refresh": refresh,
        "channel": consented["channel"],
        "scopes": consented["scopes"],
        "expires": store.now() + lifetime,
        "broken": False,
    }
    store.put("google_token", access_token, record)
    return {
        "access_token": access_token,
        "expires_in": LIFETIME,
        "scope": consented["scopes"],
        "token_type": "Bearer",
    }


@google.post("/revoke")
def revoke_token() -> Response:
    """Take back what a token stands for, be it a refresh or an access token."""
    if not revoke(network().store, request.values.get("token") or "none"):
        return token_error(400, "invalid_token", "Token expired or revoked")
    return google_response({})


def revoke(store: Store, token: str = "") -> int:
    """Make a token and those that hang on it worthless, or all of them; return how many it was."""
    with store.lock:
        access = store.get("google_token", token)
        root = access["refresh"] if access is not None and access["refresh"] else token
        struck = 0
        for kind in ("google_refresh", "google_token"):
            for row in store.all(kind):
                if not row["broken"] and (not token or root in {row["token"], row.get("refresh")}):
                    store.put(kind, row["token"], {**row, "broken": True})
                    struck += 1
    return struck


def require_channel(store: Store) -> Record:
    """Return the channel of the caller, who may do what this call does and pays for it. Raises YouTubeError."""
    access_token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    record = store.get("google_token", access_token)
    if record is None or record["broken"] or record["expires"] < store.now():
        raise invalid_credentials()
    channel = store.get("channel", record["channel"])
    if channel is None:
        raise invalid_credentials()
    needed = MAY_UPLOAD if "/upload/" in request.path else MAY_READ if request.method == "GET" else EVERYTHING
    if not needed & set(record["scopes"].split()):
        raise insufficient_scope()
    quota.charge(store)
    return channel
