"""What Facebook's error codes mean to us, as data.

The HTTP status is not the signal: an expired token and a throttled page both come as 400, and a failure may be
reported after the post is live. Sources: Meta's «Handling errors» of the Graph API, «Error codes» of the Pages API
and «Video API»; the subcodes without a page of their own were seen in recorded answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Meaning(StrEnum):
    """What follows for us."""

    REFUSED = "refused"  # no, for good
    THROTTLED = "throttled"  # not now, to anything from this account, and nothing happened
    EXPIRED = "expired"  # the account must be connected again
    UNKNOWN = "unknown"  # it may have happened
    SAID_BEFORE = "said_before"  # the page has it already: look before anything else
    OFFSET = "offset"  # the chunk begins in the wrong place; the right one stands beside it
    SESSION_GONE = "session_gone"  # the upload has ended, finished or not


@dataclass(frozen=True, slots=True)
class Rule:
    """A meaning, how long to wait where Facebook doesn't say, and whether it concerns all our pages at once."""

    meaning: Meaning
    wait: timedelta | None = None
    of_application: bool = False


_REFUSED = Rule(Meaning.REFUSED)
_EXPIRED = Rule(Meaning.EXPIRED)
_UNKNOWN = Rule(Meaning.UNKNOWN)
_SAID_BEFORE = Rule(Meaning.SAID_BEFORE)
# Calls made while throttled count too: patience ends it sooner.
_THROTTLED = Rule(Meaning.THROTTLED, timedelta(minutes=15))
_ALL_THROTTLED = replace(_THROTTLED, of_application=True)

NO_SUCH_OBJECT = 33
_WRONG_PARAMETER = 100

# A subcode says more than its code and is looked at first.
SUBCODES: Mapping[int, Rule] = {
    NO_SUCH_OBJECT: _REFUSED,  # there is no such thing, or not for this token
    458: _EXPIRED,  # the app was removed
    459: _EXPIRED,  # the person must sign in: checkpoint
    460: _EXPIRED,  # the password was changed
    463: _EXPIRED,  # the session ran out
    464: _EXPIRED,  # the person is not confirmed
    467: _EXPIRED,  # the token is invalid
    492: _EXPIRED,  # the role on the page was lost
    1346003: _REFUSED,  # deemed abusive
    1363024: _REFUSED,  # a video of a kind that it doesn't play
    1363037: Rule(Meaning.OFFSET),
    1363041: Rule(Meaning.SESSION_GONE),
    1366046: _REFUSED,  # the photo is over 4 MB or of a wrong type
    1366051: _SAID_BEFORE,  # these photos are in a post already
    1390008: Rule(Meaning.THROTTLED, timedelta(hours=1)),  # posting too fast
    1404078: _REFUSED,  # the page lacks publishing authorisation
    1404102: _REFUSED,  # against the community standards
    1455006: _SAID_BEFORE,  # identical to the last post
    2069019: _REFUSED,  # missing or invalid picture
    4854002: _REFUSED,  # the person must confirm who they are
}

CODES: Mapping[int, Rule] = {
    1: _UNKNOWN,  # «an unknown error»: seen after posts that were live
    2: _UNKNOWN,  # «service»: the same
    3: _REFUSED,  # no such method
    4: _ALL_THROTTLED,  # the app
    10: _REFUSED,  # no permission
    17: _THROTTLED,  # the person
    32: _THROTTLED,  # the page
    _WRONG_PARAMETER: _REFUSED,
    102: _EXPIRED,  # the session
    104: _EXPIRED,  # no token at all
    190: _EXPIRED,  # the token
    324: _REFUSED,  # no picture
    341: _ALL_THROTTLED,  # the app, too many posts
    352: _REFUSED,  # a video of a kind that it doesn't play
    368: _REFUSED,  # blocked for policy; a person has to look at it
    506: _SAID_BEFORE,  # duplicate
    613: _THROTTLED,  # calls of this kind
    1609005: _REFUSED,  # the link can't be read
    80014: _THROTTLED,
    **dict.fromkeys(range(200, 300), _REFUSED),  # permissions
    **dict.fromkeys(range(80000, 80010), _THROTTLED),  # business use cases
}

# A list that is too long for one answer, and a wrong hour, have no codes of their own.
_ANY_ERROR = 1
_LESS_WORDS = "reduce the amount of data"
_HOUR_WORDS = ("scheduled publish time", "scheduled_publish_time")


def rule_for(error: Mapping[str, Any]) -> Rule:
    """What an error of the Graph API means; one that is not in the tables proves nothing."""
    subcode, code = _number(error.get("error_subcode")), _number(error.get("code"))
    return SUBCODES.get(subcode) or CODES.get(code) or _UNKNOWN


def is_missing(error: Mapping[str, Any]) -> bool:
    """Whether it says that there is no such thing, or not for this token: Facebook doesn't tell which."""
    return _number(error.get("error_subcode")) == NO_SUCH_OBJECT


def is_about_hour(error: Mapping[str, Any]) -> bool:
    """Whether it refuses the hour: its clock and ours differ."""
    words = str(error.get("message", "")).lower()
    return _number(error.get("code")) == _WRONG_PARAMETER and any(word in words for word in _HOUR_WORDS)


def asks_for_less(error: Mapping[str, Any]) -> bool:
    """Whether a list was too long for one answer: it is one of the unknown errors, and only its words tell it."""
    return _number(error.get("code")) == _ANY_ERROR and _LESS_WORDS in str(error.get("message", "")).lower()


def offsets(answer: Mapping[str, Any]) -> tuple[int, int] | None:
    """Where an upload goes on, and where its next chunk ends; None where neither can be read."""
    start, end = _number(answer.get("start_offset")), _number(answer.get("end_offset"))
    return (start, end) if 0 <= start <= end else None


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else -1
