"""What a correction and a withdrawal put into the ledger, for exactly those who hold the text."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import Recipient, cancel_for, enqueue
from commsoffice.outbox.channels.base import Story
from commsoffice.outbox.channels.registry import channel, is_manual
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.queries import deliveries_of
from pressreleases import letters
from pressreleases.actions.sending import BY_HAND, NEWS
from pressreleases.models import Correction, Release
from pressreleases.queries.holders import TEXTS, by_channel, holders
from pressreleases.queries.story import correction_story, story, withdrawal_story


def send_correction(release: Release, correction: Correction, *, by: User, now: datetime) -> int:
    """Tell whoever holds the wrong text; what waited with it leaves with the corrected one. Return how many.

    A correction doesn't expire: it is owed however long an outage lasts. Doing it again does nothing again.
    Reads ``files`` as loaded.
    """
    if deliveries_of(release).filter(subject_version=release.approved_hash).exists():
        return 0
    found = holders(release, now=now, lock=True)
    cancel_for(release, by=by, now=now, reason=_("The text was corrected."), purposes=TEXTS)
    number = 0
    told = correction_story(release, correction)
    for alias, rows in by_channel(found.had):
        letter = letters.correction(release, correction) if alias == "email" else _composed(alias, told)
        number += _queue(Purpose.CORRECTION, release, alias, letter, rows, by=by, now=now)
    whole = story(release)
    for alias, rows in by_channel(found.waiting):
        letter = letters.payload(release) if alias == "email" else _composed(alias, whole)
        lasts = BY_HAND if is_manual(alias) else NEWS
        number += _queue(Purpose.RELEASE, release, alias, letter, rows, by=by, now=now, lasts=lasts)
    return number


def send_withdrawal(release: Release, *, by: User, now: datetime) -> int:
    """Ask whoever holds the text not to publish it; return how many.

    Posts on our accounts are taken down by a person: the release's page lists them.
    """
    found = holders(release, now=now, lock=True)
    cancel_for(release, by=by, now=now, reason=release.withdrawn_reason, purposes=TEXTS)
    number = 0
    told = withdrawal_story(release)
    for alias, rows in by_channel(found.persons):
        letter = letters.withdrawal(release) if alias == "email" else _composed(alias, told)
        number += _queue(Purpose.WITHDRAWAL, release, alias, letter, rows, by=by, now=now)
    return number


def _composed(alias: str, told: Story) -> dict[str, Any] | None:
    """None for what this way can't tell (a video), and for a way that the office no longer has."""
    return channel(alias).compose(told) if alias in settings.OUTBOX_CHANNELS else None


def _queue(
    purpose: Purpose,
    release: Release,
    alias: str,
    payload: dict[str, Any] | None,
    rows: Sequence[Delivery],
    *,
    by: User,
    now: datetime,
    lasts: timedelta | None = None,
) -> int:
    if payload is None:
        return 0
    made = enqueue(
        purpose=purpose,
        channel=alias,
        payload=payload,
        recipients=_recipients(rows),
        subject=release,
        subject_version=release.approved_hash,
        area=release.area.key if release.area else "",
        by=by,
        now=now,
        expires_at=now + lasts if lasts else None,
    )
    return len(made)


def _recipients(rows: Sequence[Delivery]) -> list[Recipient]:
    """Where the wrong text went, whatever the directory says today.

    A contact who got it at two addresses is written down by name once: the ledger knows a delivery by who it is
    for, and the second one must leave too.
    """
    named: set[str] = set()
    found = []
    for row in rows:
        ref = "" if row.recipient_ref in named else row.recipient_ref
        named.add(row.recipient_ref)
        found.append(
            Recipient(
                address=row.recipient, name=row.recipient_name, ref=ref, account=row.account, personal=row.personal
            )
        )
    return found
