"""The outbox's own gates."""

from datetime import datetime

from django.utils.translation import gettext as _

from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Expire, Go, Hold, Verdict


def expired(delivery: Delivery, now: datetime) -> Verdict:
    """What is stale doesn't go out, however long the outage lasted."""
    if delivery.expires_at is not None and delivery.expires_at <= now:
        return Expire(_("Its time was over before it could leave."))
    return Go()


def not_before(delivery: Delivery, now: datetime) -> Verdict:
    """What has an hour waits for it."""
    if delivery.not_before > now:
        return Hold(_("It leaves at its hour."), until=delivery.not_before)
    return Go()
