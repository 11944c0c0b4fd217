"""What may hold a delivery of a release back, asked again at the moment of sending."""

from datetime import datetime

from django.utils.translation import gettext as _

from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go, Hold, Refuse, Verdict, same_for
from commsoffice.ui.dates import long_datetime
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.queries import content_hash

_TEXTS = (Purpose.RELEASE, Purpose.CORRECTION)


@same_for("subject_type", "subject_id", "subject_version", "purpose", "publish_at")
def approved_text(delivery: Delivery, now: datetime) -> Verdict:
    """Let a release or its correction leave only while it says what was approved, and its embargo is over.

    What the network itself publishes when the embargo ends may be handed over before. A notice of withdrawal
    is no text of ours: it goes.
    """
    if delivery.purpose not in _TEXTS or delivery.subject_type != Release._meta.label_lower:  # noqa: SLF001  its public name
        return Go()
    release = Release.objects.filter(pk=delivery.subject_id).first()
    if release is None:
        return Refuse(_("The release no longer exists."))
    if (why := _why_never(release, delivery)) is not None:
        return Refuse(why)
    if release.embargo_until is not None and release.embargo_until > max(now, delivery.publish_at or now):
        reason = _("Under embargo until %(when)s.") % {"when": long_datetime(release.embargo_until)}
        return Hold(reason, until=release.embargo_until)
    return Go()


def _why_never(release: Release, delivery: Delivery) -> str | None:
    if release.state == ReleaseState.WITHDRAWN:
        return _("The release was withdrawn.")
    if not release.approved_hash or release.approved_hash != delivery.subject_version:
        return _("The text was changed after its approval.")
    if content_hash(release) != release.approved_hash:
        return _("The text is no longer the one that was approved.")
    return None
