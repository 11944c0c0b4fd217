"""What a person has let the office do on Facebook, and the tokens that follow from it."""

import secrets

from commsoffice.sandbox import seed
from commsoffice.sandbox.graph.errors import SESSION_ERRORS, GraphError, session_error
from commsoffice.sandbox.store import Record, Store

SHORT_LIFE = 2 * 3600
LONG_LIFE = 60 * 24 * 3600
DATA_ACCESS_LIFE = 90 * 24 * 3600
TASKS = ("ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE")


def grant_of(store: Store) -> Record:
    """Return the permissions and pages that the office has: {"scopes", "declined", "pages"}."""
    return store.get("grant", seed.USER_ID) or {"scopes": [], "declined": [], "pages": []}


def tasks_of(store: Store) -> list[str]:
    """Return what the person may do on the pages, which is not the office's but the pages' own to say."""
    return list(grant_of(store).get("tasks", TASKS))


def set_grant(store: Store, **changes: list[str]) -> Record:
    """Change the permissions or pages that the office has."""
    with store.lock:
        grant = {**grant_of(store), **changes}
        store.put("grant", seed.USER_ID, grant)
    return grant


def consent(store: Store, asked: list[str], granted: list[str], pages: list[str]) -> None:
    """Add what a person granted; what was granted before and not asked for now stays."""
    before = grant_of(store)
    set_grant(
        store,
        scopes=[scope for scope in before["scopes"] if scope not in asked] + granted,
        declined=[scope for scope in before["declined"] if scope not in asked]
        + [scope for scope in asked if scope not in granted],
        pages=pages,
    )


def revoke(store: Store, reason: str, token: str = "") -> int:
    """Make one token or all of them worthless for a reason of SESSION_ERRORS; return how many it was."""
    if reason not in SESSION_ERRORS:
        raise ValueError(f"reason must be one of {', '.join(SESSION_ERRORS)}.")
    with store.lock:
        struck = [row for row in store.all("graph_token") if token in {"", row["token"]}]
        for row in struck:
            store.put("graph_token", row["token"], {**row, "broken": reason})
        if reason == "app_removed" and not token:
            store.put("grant", seed.USER_ID, {"scopes": [], "declined": [], "pages": []})
    return len(struck)


def new_user_token(store: Store, *, long: bool) -> Record:
    """Make a token of the person, for two hours or for sixty days."""
    return _new_token(store, "USER", seed.USER_ID, store.now() + (LONG_LIFE if long else SHORT_LIFE), long=long)


def _new_token(store: Store, kind: str, profile_id: str, expires: float, *, long: bool) -> Record:
    token = "EAAG" + secrets.token_urlsafe(60).replace("-", "Z").replace("_", "Y")
    record = {
        "token": token,
        "type": kind,
        "profile_id": profile_id,
        "issued": store.now(),
        "expires": expires,
        "long": long,
    }
    store.put("graph_token", token, record)
    return record


def page_token(store: Store, user_token: str, page_id: str) -> str:
    """Return the page's token that belongs to a person's token: it lives as long, or for ever after a long one."""
    with store.lock:
        parent = store.get("graph_token", user_token) or {}
        # The seeded tokens have neither an end nor a beginning.
        long = bool(parent.get("long", True))
        expires = 0.0 if long else float(parent["expires"])
        for known in store.all("graph_token"):
            same = (known["type"], known["profile_id"], known.get("expires", 0)) == ("PAGE", page_id, expires)
            if same and not known.get("broken"):
                return str(known["token"])
        return str(_new_token(store, "PAGE", page_id, expires, long=long)["token"])


def trouble_with(store: Store, record: Record) -> GraphError | None:
    """Return why a known token is worthless now, or None."""
    if record.get("broken"):
        return session_error(str(record["broken"]))
    if record.get("expires") and record["expires"] < store.now():
        return session_error("expired_token")
    if record["type"] == "PAGE" and record["profile_id"] not in grant_of(store)["pages"]:
        return session_error("role_lost")
    return None
