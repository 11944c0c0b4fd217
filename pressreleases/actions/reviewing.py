"""Asking for the signature, giving it, refusing it, taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.files.actions import want_for_press
from commsoffice.office.actions import next_folio
from commsoffice.office.queries import local_day
from pressreleases import permissions
from pressreleases.actions.locking import locked
from pressreleases.actions.recalling import recall
from pressreleases.actions.refusals import NotReady, OldVersion, OwnText, ReasonMissing
from pressreleases.actions.sending import send_out
from pressreleases.enums import SERIES, ReleaseKind, ReleaseState
from pressreleases.models import Release
from pressreleases.queries import content_hash, missing, whole

NOTE_LENGTH = 1000


def submit(release: Release, *, by: User, now: datetime) -> Release:
    """Ask for approval. Raises ``NotReady`` with what the checklist still lacks."""
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_submit(by):
            raise NotAllowed
        if row.state != ReleaseState.DRAFT:
            raise WrongState(_("It was submitted already."))
        whole_row = _ready(row)
        row.state = ReleaseState.IN_REVIEW
        row.submitted_by, row.submitted_at = by, now
        row.returned_note = ""
        row.updated_at = now
        row.save()
        audit.record(row, "pressreleases.submit", by=by, now=now)
        # Before it is signed there is time to make what older photographs lack.
        want_for_press(photo.asset for photo in whole_row.photos)
    return row


def take_back(release: Release, *, by: User, now: datetime) -> Release:
    """Go on writing a submitted text."""
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_submit(by):
            raise NotAllowed
        _in_review(row)
        row.state = ReleaseState.DRAFT
        row.updated_at = now
        row.save()
        audit.record(row, "pressreleases.take_back", by=by, now=now)
    return row


def return_to_writer(release: Release, *, note: str, by: User, now: datetime) -> Release:
    """Give it back with the reason in words; the writer finds it under «Hoy»."""
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_review(by):
            raise NotAllowed
        _in_review(row)
        reason = note.strip()[:NOTE_LENGTH]
        if not reason:
            raise ReasonMissing(_("Write why it goes back, so that the writer knows what to change."))
        row.state = ReleaseState.DRAFT
        row.returned_note = reason
        row.updated_at = now
        row.save()
        audit.record(row, "pressreleases.return", by=by, now=now, note=reason)
    return row


def approve(release: Release, *, by: User, now: datetime, version: int | None = None) -> Release:
    """Sign it: its folio, its address, and everything that leaves, bound to these very words and files.

    ``version`` is what the person read; raises ``OldVersion`` when it changed since. Raises ``OwnText``
    for the author or the last editor, and ``NotReady`` for an open checklist.
    """
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_review(by):
            raise NotAllowed
        if permissions.wrote_it(by, row):
            raise OwnText
        _in_review(row)
        if version is not None and row.version != version:
            raise OldVersion(row)
        _ready(row)
        row.slug = slugify(row.title)[:80].strip("-")
        row.state = ReleaseState.APPROVED
        row.approved_by, row.approved_at = by, now
        row.approved_hash = content_hash(row)
        row.updated_at = now
        if not row.folio:
            # The sequence stays locked from here to the commit: two at once wait, and a failure leaves no gap.
            row.folio = next_folio(SERIES[ReleaseKind(row.kind)], local_day(now).year)
        row.save()
        deliveries = send_out(whole(Release.objects.all()).get(pk=row.pk), by=by, now=now)
        audit.record(
            row,
            "pressreleases.approve",
            by=by,
            now=now,
            note=row.folio,
            changes={"digest": ["", row.approved_hash], "deliveries": [0, deliveries]},
        )
    return row


def stop(release: Release, *, reason: str, by: User, now: datetime) -> Release:
    """Take an approval back before the text is public: nothing that waits leaves any more."""
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_review(by):
            raise NotAllowed
        if row.state != ReleaseState.APPROVED:
            raise WrongState(_("Only an approved text that is not public yet can be stopped."))
        if not reason.strip():
            raise ReasonMissing
        recall(row, by=by, now=now, reason=reason.strip())
        row.updated_at = now
        row.save()
    return row


def _in_review(row: Release) -> None:
    if row.state != ReleaseState.IN_REVIEW:
        raise WrongState(_("It is not waiting for approval any more."))


def _ready(row: Release) -> Release:
    """Return it with all that belongs to it, or say what it lacks."""
    loaded = whole(Release.objects.all()).get(pk=row.pk)
    if lacking := missing(loaded):
        raise NotReady(lacking)
    return loaded
