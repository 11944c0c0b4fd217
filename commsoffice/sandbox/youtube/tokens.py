"""Google's token endpoint: a refresh token becomes an access token for an hour."""

import secrets

from flask import Blueprint, Response, g, request

from commsoffice.sandbox import seed
from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import network
from commsoffice.sandbox.youtube.errors import google_response, invalid_credentials, token_error

google = Blueprint("google", __name__, url_prefix="/google")

LIFETIME = 3599


@google.post("/token")
def token() -> Response:
    """Answer the refresh_token grant; the other grants need a person and a browser."""
    form = request.form
    if (form.get("client_id"), form.get("client_secret")) != (seed.GOOGLE_CLIENT_ID, seed.GOOGLE_CLIENT_SECRET):
        return token_error(401, "invalid_client", "The OAuth client was not found.")
    if form.get("grant_type") != "refresh_token":
        return token_error(400, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
    if form.get("refresh_token") != seed.GOOGLE_REFRESH_TOKEN:
        return token_error(400, "invalid_grant", "Token has been expired or revoked.")
    access_token = f"ya29.sandbox-{secrets.token_urlsafe(24)}"
    fault = g.get("fault")
    # A token may die before the hour it was promised: the answer still promises the hour.
    lifetime = fault.seconds(1) if fault is not None and fault.fault == "short_lived" else LIFETIME
    record = {"token": access_token, "channel": seed.CHANNEL_ID, "expires": network().store.now() + lifetime}
    network().store.put("google_token", access_token, record)
    return google_response(
        {
            "access_token": access_token,
            "expires_in": LIFETIME,
            "scope": seed.GOOGLE_SCOPES,
            "token_type": "Bearer",
        }
    )


def require_channel(store: Store) -> Record:
    """Return the channel of the caller. Raises YouTubeError 401."""
    access_token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    record = store.get("google_token", access_token)
    if record is None or record["expires"] < store.now():
        raise invalid_credentials()
    channel = store.get("channel", record["channel"])
    if channel is None:
        raise invalid_credentials()
    return channel
