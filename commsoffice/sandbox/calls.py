"""The record of calls: the latest of them one by one, and how often each place was called in all."""

from typing import Any

from commsoffice.sandbox.store import Record, Store

# More than the hourly limit of a page, so that its usage can still be told.
KEPT = 5000


def note(
    store: Store, service: str, method: str, path: str, *, status: int, fault: str | None = None, **more: Any
) -> None:
    """Write a call down, forget the oldest, and count it; status 0 means that nobody was answered."""
    call = {
        "service": service,
        "method": method,
        "path": path,
        **more,
        "status": status,
        "fault": fault,
        "at": store.now(),
    }
    with store.lock:
        number = store.next_number("call")
        store.put("call", str(number), call)
        store.delete("call", str(number - KEPT))
        place = _place(call)
        counted = store.get("calls", place) or {"place": place, "number": 0}
        store.put("calls", place, {**counted, "number": counted["number"] + 1})


def counts(store: Store) -> dict[str, int]:
    """How often each place was called since the last reset."""
    return {row["place"]: row["number"] for row in store.all("calls")}


def _place(call: Record) -> str:
    path = str(call["path"])
    if call["service"] == "graph":
        # The version of the API says nothing about the call.
        path = path.removeprefix("/graph-video/").removeprefix("/graph/")
        head, _, rest = path.partition("/")
        path = f"/{rest if head.startswith('v') and '.' in head else path}"
    return f"{call['service']} {call['method']} {path}".strip()
