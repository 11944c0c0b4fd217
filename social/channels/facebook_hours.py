"""Giving Facebook an hour, at which it publishes by itself."""

from datetime import datetime, timedelta
from math import ceil

from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import Unavailable

# How far ahead Facebook takes an hour.
EARLIEST = timedelta(minutes=10)
LATEST = timedelta(days=30)
# Its clock and ours differ, and the call takes a while.
_SLACK = timedelta(minutes=1)
# Of what lies farther ahead so much is waited at once; the engine's own chance comes on top.
_SHARE = 0.9


def wait_until_near(publish_at: datetime | None, now: datetime) -> None:
    """Raise Unavailable while the hour is farther ahead than Facebook takes it."""
    if publish_at is None:
        return
    ahead = publish_at - now
    if ahead > LATEST:
        raise Unavailable(
            _("Facebook takes an hour at most 30 days ahead."), retry_after=min(ahead - LATEST + _SLACK, ahead * _SHARE)
        )


def hour_fields(publish_at: datetime | None, now: datetime) -> dict[str, str]:
    """What the publishing call says of the hour; nothing when the hour has come, or there is none.

    Raises Unavailable when it is too near to be given and hasn't come: nothing is public before its hour.
    """
    if publish_at is None or publish_at <= now:
        return {}
    wait_until_near(publish_at, now)
    if publish_at - now < EARLIEST + _SLACK:
        raise too_near(publish_at, now)
    return {
        "published": "false",
        "scheduled_publish_time": str(ceil(publish_at.timestamp())),
        "unpublished_content_type": "SCHEDULED",
    }


def too_near(publish_at: datetime, now: datetime) -> Unavailable:
    """The error that waits for the hour itself."""
    words = _("The hour is too near to be given to Facebook: it is published when it comes.")
    return Unavailable(words, retry_after=max(publish_at - now, timedelta()))
