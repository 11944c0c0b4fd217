"""Releases of an event in any state, for tests of what comes after them."""

from datetime import datetime

from agenda.models import Event
from commsoffice.accounts.models import User
from pressreleases.enums import ReleaseState
from pressreleases.models import Release


def make_release(event: Event | None, state: ReleaseState, *, author: User, approver: User, now: datetime) -> Release:
    """Make a release as it stands in that state."""
    release = Release(title="El Mirador estrena luminarias", event=event, author=author, edited_by=author)
    release.state, release.created_at, release.updated_at = state, now, now
    if state in {ReleaseState.APPROVED, ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN}:
        release.approved_by, release.approved_at, release.approved_hash = approver, now, "0" * 64
        release.folio = f"BOL-2026-{Release.objects.count() + 1:04d}"
    if state in {ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN}:
        release.published_at = now
    if state == ReleaseState.WITHDRAWN:
        release.withdrawn_at, release.withdrawn_reason = now, "Error de dato"
    release.save()
    return release
