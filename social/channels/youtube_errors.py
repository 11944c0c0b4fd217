"""What YouTube's reasons mean to us, as data.

Sources: «YouTube Data API, Errors», and recorded answers for «Video Uploads per day», which comes as a 429 that
no waiting of minutes mends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

# Google counts its days there.
_PACIFIC = ZoneInfo("America/Los_Angeles")
_SERVER_ERROR = 500
_TOO_MANY = 429


class Meaning(StrEnum):
    """What follows for us."""

    REFUSED = "refused"  # no, for good
    LATER = "later"  # not now
    TOMORROW = "tomorrow"  # not before midnight in California
    EXPIRED = "expired"  # the account must be connected again
    BROKEN = "broken"  # a fault of theirs: it may have happened when every byte was sent


REASONS: Mapping[str, Meaning] = {
    "authError": Meaning.EXPIRED,
    "invalidCredentials": Meaning.EXPIRED,
    "youtubeSignupRequired": Meaning.EXPIRED,
    "accountClosed": Meaning.EXPIRED,
    "accountSuspended": Meaning.EXPIRED,
    "insufficientPermissions": Meaning.EXPIRED,
    "quotaExceeded": Meaning.TOMORROW,
    "dailyLimitExceeded": Meaning.TOMORROW,
    "uploadLimitExceeded": Meaning.TOMORROW,
    "userRateLimitExceeded": Meaning.LATER,
    "rateLimitExceeded": Meaning.LATER,
    "backendError": Meaning.BROKEN,
    "internalError": Meaning.BROKEN,
    "forbidden": Meaning.REFUSED,
    "forbiddenPrivacySetting": Meaning.REFUSED,
    "invalidTitle": Meaning.REFUSED,
    "invalidDescription": Meaning.REFUSED,
    "invalidTags": Meaning.REFUSED,
    "invalidCategoryId": Meaning.REFUSED,
    "invalidFilename": Meaning.REFUSED,
    "invalidPublishAt": Meaning.REFUSED,
    "mediaBodyRequired": Meaning.REFUSED,
}

# What the token endpoint says.
TOKEN_ERRORS: Mapping[str, Meaning] = {
    "invalid_grant": Meaning.EXPIRED,
    "invalid_client": Meaning.EXPIRED,
    "unauthorized_client": Meaning.EXPIRED,
    "invalid_scope": Meaning.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says no, read."""

    meaning: Meaning
    words: str


def read(status: int, content: bytes) -> Refusal:
    """What an error answer means."""
    try:
        error = json.loads(content)["error"]
        reason, message = str(error["errors"][0]["reason"]), str(error["message"])
    except (ValueError, KeyError, TypeError, IndexError):
        # A page of some proxy, not of the API.
        return Refusal(_by_status(status), f"HTTP {status}")
    meaning = REASONS.get(reason) or _by_status(status)
    if status == _TOO_MANY and "per day" in message:
        meaning = Meaning.TOMORROW
    return Refusal(meaning, f"{reason}: {message}")


def token_error(answer: Mapping[str, Any]) -> Meaning:
    """What a refusal to renew the token means; an unknown one may pass."""
    return TOKEN_ERRORS.get(str(answer.get("error", "")), Meaning.LATER)


def until_tomorrow(now: datetime) -> timedelta:
    """How long until the next midnight in California."""
    day = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=_PACIFIC) - now


def _by_status(status: int) -> Meaning:
    if status >= _SERVER_ERROR:
        return Meaning.BROKEN
    return Meaning.LATER if status == _TOO_MANY else Meaning.REFUSED
