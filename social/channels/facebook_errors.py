"""What Facebook's error codes mean to us, as data.

The HTTP status is not the signal: an expired token and a throttled page both come as 400, and a failure may be
reported after the post is live. Sources: Meta's «Handling errors» of the Graph API and «Error codes» of the Pages
API; the subcodes without a page of their own were seen in recorded answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Meaning(StrEnum):
    """What follows for us."""

    REFUSED = "refused"  # no, for good
    UNAVAILABLE = "unavailable"  # not now, and nothing happened
    EXPIRED = "expired"  # the account must be connected again
    UNKNOWN = "unknown"  # it may have happened
    SAID_BEFORE = "said_before"  # the page has it already: look before anything else


@dataclass(frozen=True, slots=True)
class Rule:
    """A meaning, and how long to wait where Facebook doesn't say."""

    meaning: Meaning
    wait: timedelta | None = None


_REFUSED = Rule(Meaning.REFUSED)
_EXPIRED = Rule(Meaning.EXPIRED)
_UNKNOWN = Rule(Meaning.UNKNOWN)
_SAID_BEFORE = Rule(Meaning.SAID_BEFORE)
# Calls made while throttled count too: patience ends it sooner.
_THROTTLED = Rule(Meaning.UNAVAILABLE, timedelta(minutes=15))

# A subcode says more than its code and is looked at first.
SUBCODES: Mapping[int, Rule] = {
    458: _EXPIRED,  # the app was removed
    459: _EXPIRED,  # the person must sign in: checkpoint
    460: _EXPIRED,  # the password was changed
    463: _EXPIRED,  # the session ran out
    464: _EXPIRED,  # the person is not confirmed
    467: _EXPIRED,  # the token is invalid
    492: _EXPIRED,  # the role on the page was lost
    33: _REFUSED,  # there is no such page, or not for this token
    1346003: _REFUSED,  # deemed abusive
    1366046: _REFUSED,  # the photo is over 4 MB or of a wrong type
    1366051: _SAID_BEFORE,  # these photos are in a post already
    1390008: Rule(Meaning.UNAVAILABLE, timedelta(hours=1)),  # posting too fast
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
    4: _THROTTLED,  # the app
    10: _REFUSED,  # no permission
    17: _THROTTLED,  # the person
    32: _THROTTLED,  # the page
    100: _REFUSED,  # wrong parameter
    102: _EXPIRED,  # the session
    104: _EXPIRED,  # no token at all
    190: _EXPIRED,  # the token
    324: _REFUSED,  # no picture
    341: _THROTTLED,  # the app, too many posts
    368: _REFUSED,  # blocked for policy; a person has to look at it
    506: _SAID_BEFORE,  # duplicate
    613: _THROTTLED,  # calls of this kind
    1609005: _REFUSED,  # the link can't be read
    80014: _THROTTLED,
    **dict.fromkeys(range(200, 300), _REFUSED),  # permissions
    **dict.fromkeys(range(80000, 80010), _THROTTLED),  # business use cases
}


def rule_for(error: Mapping[str, Any]) -> Rule:
    """What an error of the Graph API means; one that is not in the tables proves nothing."""
    subcode, code = _number(error.get("error_subcode")), _number(error.get("code"))
    return SUBCODES.get(subcode) or CODES.get(code) or _UNKNOWN


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else -1
