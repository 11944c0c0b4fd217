"""What may hold a delivery of this room back."""

from datetime import datetime

from django.utils.translation import gettext as _

from agenda.enums import EventState
from agenda.models import Event
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go, Refuse, Verdict, same_for

_ABOUT_COMING = frozenset({Purpose.INVITATION, Purpose.CORRECTION})


@same_for("subject_type", "subject_id", "subject_version", "purpose")
def event_stands(delivery: Delivery, now: datetime) -> Verdict:
    """Refuse what asks people to come to an event that was cancelled, or tells them an older hour or place."""
    if delivery.subject_type != "agenda.event" or delivery.purpose not in _ABOUT_COMING:
        return Go()
    state, sequence = Event.objects.values_list("state", "sequence").get(pk=delivery.subject_id)
    if state == EventState.CANCELLED:
        return Refuse(_("The event was cancelled."))
    if delivery.subject_version != str(sequence):
        return Refuse(_("The event changed after this was written."))
    return Go()
