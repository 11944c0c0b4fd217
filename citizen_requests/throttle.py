"""How often one address may knock. Counted in the cache; where that is down, everyone may pass."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_HOUR = 60 * 60


def is_too_often(request: HttpRequest, door: str, *, limit: int, key: str = "") -> bool:
    """Count one knock at ``door``; True past ``limit`` in an hour from the first one.

    ``key`` replaces the address. Only a digest is kept, so the cache holds nobody's address.
    """
    who = salted_hmac("citizen_requests.throttle", key or _address(request)).hexdigest()[:32]
    name = f"throttle:{door}:{who}"
    cache.add(name, 0, timeout=_HOUR)
    try:
        count = cache.incr(name)
    except ValueError:
        # It expired between the two lines, or nothing is kept at all.
        return False
    # A stopped Redis answers None.
    return (count or 0) > limit


def _address(request: HttpRequest) -> str:
    # Each proxy of ours adds one address at the end; what stands before those anyone can write.
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = settings.PROXY_COUNT
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))
