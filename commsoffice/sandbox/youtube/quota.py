"""What a call costs, and how much of each bucket is used up today: a day ends at midnight Pacific time."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request

from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.youtube.errors import quota_exceeded, rate_limit_exceeded

PACIFIC = ZoneInfo("America/Los_Angeles")

# bucket → units a day; a project has these three since June 2026.
LIMITS = {"insert": 100, "search": 100, "pool": 10_000}
# method, end of the path → bucket and units
COSTS = {
    ("POST", "/upload/youtube/v3/videos"): ("insert", 1),
    ("GET", "/youtube/v3/search"): ("search", 1),
    ("POST", "/thumbnails/set"): ("pool", 50),
    ("PUT", "/youtube/youtube/v3/videos"): ("pool", 50),
    ("DELETE", "/youtube/youtube/v3/videos"): ("pool", 50),
}
USUAL_COST = ("pool", 1)


def _cost() -> tuple[str, int]:
    return next(
        (cost for (method, end), cost in COSTS.items() if method == request.method and request.path.endswith(end)),
        USUAL_COST,
    )


def limit_of(store: Store, bucket: str) -> int:
    """Units a day of a bucket, as they are or as a test has set them."""
    changed = store.get("quota_limit", bucket)
    return LIMITS[bucket] if changed is None else int(changed["units"])


def set_limits(store: Store, limits: dict[str, int]) -> None:
    """Change the units a day of some buckets. Raises ValueError for an unknown bucket."""
    unknown = set(limits) - set(LIMITS)
    if unknown:
        raise ValueError(f"There are the buckets {', '.join(LIMITS)}.")
    for bucket, units in limits.items():
        store.put("quota_limit", bucket, {"units": int(units)})


def charge(store: Store) -> None:
    """Charge the present call to its bucket. Raises YouTubeError when the bucket is empty."""
    bucket, units = _cost()
    with store.lock:
        used = used_today(store, bucket)
        if used + units > limit_of(store, bucket):
            raise quota_exceeded() if bucket == "pool" else rate_limit_exceeded(bucket)
        store.put("quota", bucket, {"day": today(store), "units": used + units})


def used_today(store: Store, bucket: str) -> int:
    """Units of a bucket used since midnight Pacific."""
    record = store.get("quota", bucket)
    return int(record["units"]) if record is not None and record["day"] == today(store) else 0


def today(store: Store) -> str:
    """The Pacific date on the network's clock."""
    return datetime.fromtimestamp(store.now(), PACIFIC).date().isoformat()


def resets_at(store: Store) -> float:
    """The next midnight Pacific, in unix seconds."""
    tomorrow = datetime.fromtimestamp(store.now(), PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), PACIFIC).timestamp()


def summary(store: Store) -> Record:
    """The day, its end, and each bucket's limit and use."""
    buckets = {name: {"limit": limit_of(store, name), "used": used_today(store, name)} for name in LIMITS}
    return {"day": today(store), "resets_at": resets_at(store), "buckets": buckets}
