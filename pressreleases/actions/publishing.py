"""Making an approved text public, and taking it away again."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.files import actions as files
from pressreleases import permissions
from pressreleases.actions.correcting import discard_open
from pressreleases.actions.locking import locked
from pressreleases.actions.notices import send_withdrawal
from pressreleases.actions.refusals import ReasonMissing, SealBroken
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.queries import content_hash
from pressreleases.signals import announce, release_published, release_withdrawn

REASON_LENGTH = 300


def publish(release: Release, *, by: User, now: datetime) -> Release:
    """Show an approved text in the newsroom, with its files. Publishing a public one changes nothing.

    Called by the ``web`` channel, in the name of the system, when its delivery comes up.
    """
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_publish(by):
            raise NotAllowed
        if row.state == ReleaseState.PUBLISHED:
            return row
        if row.state != ReleaseState.APPROVED:
            raise WrongState(_("Only an approved text can be published."))
        if content_hash(row) != row.approved_hash:
            raise SealBroken
        row.state = ReleaseState.PUBLISHED
        row.published_at = now
        row.updated_at = now
        row.save()
        for file in row.files.select_related("asset"):
            files.publish(file.asset, subject=row, now=now)
        audit.record(row, "pressreleases.publish", by=by, now=now)
        transaction.on_commit(partial(announce, release_published, row.pk))
    return row


def withdraw(release: Release, *, reason: str, by: User, now: datetime) -> Release:
    """Take a published text and its files away from the public; its address says why, and no more.

    What has not left yet is cancelled; whoever got it, or may have, is asked not to publish it. A correction
    that was being written is given up.
    """
    with transaction.atomic():
        row = locked(release)
        if not permissions.may_withdraw(by):
            raise NotAllowed
        if row.state != ReleaseState.PUBLISHED:
            raise WrongState(_("Only a published text can be withdrawn."))
        why = " ".join(reason.split())[:REASON_LENGTH]
        if not why:
            raise ReasonMissing(_("Write why it is withdrawn: its address will say so."))
        row.state = ReleaseState.WITHDRAWN
        row.withdrawn_at, row.withdrawn_reason = now, why
        row.updated_at = now
        row.save()
        files.unpublish(row)
        discard_open(row, by=by, now=now)
        notices = send_withdrawal(row, by=by, now=now)
        audit.record(row, "pressreleases.withdraw", by=by, now=now, note=why, changes={"notices": [0, notices]})
        transaction.on_commit(partial(announce, release_withdrawn, row.pk))
    return row
