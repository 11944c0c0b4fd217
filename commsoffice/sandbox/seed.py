"""The accounts that exist on the simulated network from the start and after each reset."""

from collections.abc import Iterator
from typing import Any

APP_ID = "900000000000001"
APP_SECRET = "sandbox-app-secret"  # noqa: S105 - it opens nothing but this stand-in

PAGE_GOVERNMENT_ID = "100000000000001"
PAGE_GOVERNMENT_NAME = "Gobierno de Valle de Amatista"
PAGE_GOVERNMENT_TOKEN = "EAAG-sandbox-gobierno"  # noqa: S105 - it opens nothing but this stand-in

PAGE_PROTECTION_ID = "100000000000002"
PAGE_PROTECTION_NAME = "Protección Civil Amatista"
PAGE_PROTECTION_TOKEN = "EAAG-sandbox-proteccion"  # noqa: S105 - it opens nothing but this stand-in

# id, name, token
PAGES = (
    (PAGE_GOVERNMENT_ID, PAGE_GOVERNMENT_NAME, PAGE_GOVERNMENT_TOKEN),
    (PAGE_PROTECTION_ID, PAGE_PROTECTION_NAME, PAGE_PROTECTION_TOKEN),
)

# The person who manages both pages: only a user's token may ask for /me/accounts.
USER_ID = "900000000000100"
USER_NAME = "Comunicación Social Amatista"
USER_TOKEN = "EAAG-sandbox-usuario"  # noqa: S105 - it opens nothing but this stand-in

PAGE_SCOPES = ("pages_manage_engagement", "pages_manage_posts", "pages_read_engagement", "pages_show_list")

CHANNEL_ID = "UCsandboxAmatistaTV00001"
CHANNEL_TITLE = "Amatista TV"
GOOGLE_CLIENT_ID = "sandbox-client"
GOOGLE_CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - it opens nothing but this stand-in
GOOGLE_REFRESH_TOKEN = "1//sandbox-refresh-amatista"  # noqa: S105 - it opens nothing but this stand-in
GOOGLE_SCOPES = "https://www.googleapis.com/auth/youtube https://www.googleapis.com/auth/youtube.upload"

# The mail server asks nobody to sign in; who does must use these.
SMTP_USER = "prensa"
SMTP_PASSWORD = "sandbox-smtp"  # noqa: S105 - it opens nothing but this stand-in

# The mailbox to which mail comes back.
IMAP_USER = "prensa"
IMAP_PASSWORD = "sandbox-imap"  # noqa: S105 - it opens nothing but this stand-in


def records() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every record that is there from the start: (kind, key, record)."""
    for page_id, name, token in PAGES:
        yield "page", page_id, {"id": page_id, "name": name}
        yield "graph_token", token, {"token": token, "type": "PAGE", "profile_id": page_id}
    yield "graph_token", USER_TOKEN, {"token": USER_TOKEN, "type": "USER", "profile_id": USER_ID}
    page_ids = [page_id for page_id, _, _ in PAGES]
    yield "grant", USER_ID, {"scopes": ["public_profile", *PAGE_SCOPES], "declined": [], "pages": page_ids}
    consented = {"token": GOOGLE_REFRESH_TOKEN, "channel": CHANNEL_ID, "scopes": GOOGLE_SCOPES, "broken": False}
    yield "google_refresh", GOOGLE_REFRESH_TOKEN, consented
    yield "channel", CHANNEL_ID, {"id": CHANNEL_ID, "title": CHANNEL_TITLE}
