"""What may hold a mail to a contact back at the last moment."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go, Refuse, Verdict, asked_together
from media_contacts.models import Contact
from media_contacts.queries import contact_of_ref

# Whoever got a wrong text is told so, also if he wants no new ones.
_OWED = (Purpose.CORRECTION, Purpose.WITHDRAWAL)


def _still_wanted(deliveries: Sequence[Delivery], now: datetime) -> list[Verdict]:
    numbers = [contact_of_ref(delivery.recipient_ref) for delivery in deliveries]
    contacts = (
        Contact.objects.filter(pk__in={number for number in numbers if number is not None})
        .only("unsubscribed_at", "complained_at", "bounced_at", "email")
        .in_bulk()
    )
    return [
        _verdict(contacts.get(number) if number is not None else None, delivery)
        for number, delivery in zip(numbers, deliveries, strict=True)
    ]


@asked_together(_still_wanted)
def still_wanted(delivery: Delivery, now: datetime) -> Verdict:
    """Whoever asked to receive nothing more, gets nothing more, though it was queued before he asked."""
    return _still_wanted([delivery], now)[0]


def _verdict(contact: Contact | None, delivery: Delivery) -> Verdict:
    if contact is None:
        return Go()
    if contact.unsubscribed_at is not None and delivery.purpose not in _OWED:
        why = _("Marked our mail as unwanted.") if contact.complained_at else _("Asked to receive nothing more.")
        return Refuse(why)
    is_same_address = contact.email.casefold() == delivery.recipient.casefold()
    if delivery.channel == "email" and contact.bounced_at is not None and is_same_address:
        return Refuse(_("Mail to this address comes back. Correct it in the directory."))
    return Go()
