"""What of this room waits for the person who looks."""

from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.ui.dates import short_datetime
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb
from pressreleases.enums import CorrectionState
from pressreleases.models import Correction, Release
from pressreleases.permissions import may_draft, may_review, may_take_down
from pressreleases.queries.holders import still_up
from pressreleases.queries.receipts import unconfirmed

# More than these are a list, and the section has one.
_MOST = 6


def to_approve(user: User, now: datetime) -> list[Need]:
    """Texts that this person can sign; the longest waiting first. One query, or none."""
    if not may_review(user):
        return []
    waiting = Release.objects.waiting_for(user.pk).select_related("author").order_by("submitted_at", "id")[:_MOST]
    return [
        Need(
            StateKind.DUE,
            _("To be approved"),
            release.title,
            _("%(who)s, %(when)s")
            % {"who": release.author.short_name, "when": short_datetime(release.submitted_at or release.updated_at)},
            Verb(_("Read and approve"), reverse("admin:pressreleases_release_change", args=[release.pk]), primary=True),
            order=10,
        )
        for release in waiting
    ]


def returned_to_me(user: User, now: datetime) -> list[Need]:
    """Texts that came back to this person, with the reason. One query, or none."""
    if not may_draft(user):
        return []
    returned = Release.objects.returned_to(user.pk).order_by("-updated_at")[:_MOST]
    return [
        Need(
            StateKind.DUE,
            _("Returned"),
            release.title,
            Truncator(release.returned_note).chars(140),
            Verb(_("Go on writing"), reverse("releases:edit", args=[release.pk])),
            order=20,
        )
        for release in returned
    ]


def corrections(user: User, now: datetime) -> list[Need]:
    """Corrections that this person can sign, and those that came back to the person. One query, or none."""
    if not may_draft(user) and not may_review(user):
        return []
    waiting = Correction.objects.returned_to(user.pk)
    if may_review(user):
        waiting |= Correction.objects.waiting_for(user.pk)
    return [
        _to_sign(row) if row.state == CorrectionState.IN_REVIEW else _returned(row)
        for row in waiting.select_related("release", "author").order_by("submitted_at", "id")[:_MOST]
    ]


def _to_sign(row: Correction) -> Need:
    return Need(
        StateKind.DUE,
        _("Correction to be approved"),
        row.release.title,
        _("It should say: %(words)s") % {"words": Truncator(row.note_right).chars(140)},
        Verb(_("Read and approve"), reverse("releases:correction", args=[row.pk]), primary=True),
        order=5,
    )


def _returned(row: Correction) -> Need:
    return Need(
        StateKind.DUE,
        _("Correction returned"),
        row.release.title,
        Truncator(row.returned_note).chars(140),
        Verb(_("Go on writing"), reverse("releases:correct", args=[row.release_id])),
        order=15,
    )


def not_confirmed(user: User, now: datetime) -> list[Need]:
    """Corrections and withdrawals of which somebody has not said for two days that he got them: he is called.

    Two queries at most.
    """
    if not user.may(Permission.OUTBOX_RECORD):
        return []
    return [
        Need(
            StateKind.LATE,
            _("Not confirmed"),
            str(release),
            ngettext(
                "%(missing)s of %(n)s has still to confirm", "%(missing)s of %(n)s have still to confirm", notice.total
            )
            % {"missing": notice.missing, "n": notice.total},
            Verb(_("Call them"), f"{reverse('releases:release', args=[release.pk])}#receipts"),
            order=25,
        )
        for release, notice in unconfirmed(now=now)[:_MOST]
    ]


def to_take_down(user: User, now: datetime) -> list[Need]:
    """Posts of withdrawn texts that still stand on our accounts. One query, or none."""
    if not may_take_down(user):
        return []
    by_release = groupby(still_up(now=now), key=lambda row: row.subject_id)
    found = [(number, list(rows)) for number, rows in by_release]
    return [
        Need(
            StateKind.LATE,
            _("Withdrawn, and still up"),
            rows[0].subject_label,
            ngettext("%(n)s post to delete: %(where)s", "%(n)s posts to delete: %(where)s", len(rows))
            % {"n": len(rows), "where": ", ".join(sorted({row.recipient_name or row.recipient for row in rows}))},
            Verb(_("Take them down"), f"{reverse('releases:release', args=[number])}#posts", primary=True),
            order=4,
        )
        for number, rows in found[:_MOST]
    ]
