"""Taking an approval back before the text is public."""

from datetime import datetime

from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox.actions import cancel_for
from commsoffice.outbox.enums import Purpose
from pressreleases.enums import ReleaseState
from pressreleases.models import Release


def recall(row: Release, *, by: User, now: datetime, reason: str) -> int:
    """Put an approved text back into review and cancel what waits to leave; the caller saves the row.

    The version grows, so that the next approval makes deliveries of its own.
    """
    row.state = ReleaseState.IN_REVIEW
    row.approved_by = None
    row.approved_at = None
    row.approved_hash = ""
    row.version += 1
    cancelled = cancel_for(row, by=by, now=now, reason=reason, purposes=[Purpose.RELEASE])
    audit.record(row, "pressreleases.recall", by=by, now=now, note=reason, changes={"cancelled": [None, cancelled]})
    return cancelled
