"""What YouTube's reasons mean to us, as data.

Sources: «YouTube Data API, Errors», and recorded answers for «Video Uploads per day», which comes as a 429 that
no waiting of minutes mends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

# How long an account rests that was too fast, where Google doesn't say.
TOO_FAST = timedelta(minutes=5)
_SERVER_ERROR = 500
_TOO_MANY = 429


class Meaning(StrEnum):
    """What follows for us."""

    REFUSED = "refused"  # no, for good
    LATER = "later"  # not now: the account is too fast
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

# Daily limits of the channel alone; the others are the project's, whichever channel it acts for.
OF_THE_CHANNEL = frozenset({"uploadLimitExceeded"})

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
    reason: str = ""

    @property
    def is_of_project(self) -> bool:
        """Whether the project has used up its day."""
        return self.meaning == Meaning.TOMORROW and self.reason not in OF_THE_CHANNEL


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
    return Refusal(meaning, f"{reason}: {message}", reason)


def token_error(answer: Mapping[str, Any]) -> Meaning:
    """What a refusal to renew the token means; an unknown one may pass."""
    return TOKEN_ERRORS.get(str(answer.get("error", "")), Meaning.LATER)


def _by_status(status: int) -> Meaning:
    if status >= _SERVER_ERROR:
        return Meaning.BROKEN
    return Meaning.LATER if status == _TOO_MANY else Meaning.REFUSED
