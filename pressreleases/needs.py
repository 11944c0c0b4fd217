"""What of this room waits for the person who looks."""

from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.ui.dates import short_datetime
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb
from pressreleases.models import Release
from pressreleases.permissions import may_draft, may_review

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
