"""What the directory learns from what becomes of a mail."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from commsoffice.accounts.queries import system_user
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.signals import delivery_settled, recipient_complained
from commsoffice.outbox.statuses import is_dead, status_in
from media_contacts import actions
from media_contacts.models import Contact
from media_contacts.queries import contact_of_ref


@receiver(delivery_settled, dispatch_uid="media_contacts.address_is_dead")
def mark_dead_address(delivery_id: int, state: DeliveryState, **kwargs: Any) -> None:
    """Write to an address no more once a server says that there is no such address; at send time or in a report.

    A full mailbox, a server that refuses this one mail, or no way there say nothing of the address
    (``commsoffice.outbox.statuses.DEAD_ADDRESS``).
    """
    if state != DeliveryState.REJECTED:
        return
    delivery = Delivery.objects.get(pk=delivery_id)
    number = contact_of_ref(delivery.recipient_ref) if delivery.channel == "email" else None
    if number is None or not is_dead(_status_of(delivery)):
        return
    # The address may have been corrected since.
    contact = Contact.objects.filter(pk=number, bounced_at=None, email__iexact=delivery.recipient).first()
    if contact is not None:
        actions.mark_bounced(contact, by=system_user(), now=timezone.now())


@receiver(recipient_complained, dispatch_uid="media_contacts.unwanted")
def take_off_who_complained(delivery: Delivery, now: datetime, **kwargs: Any) -> None:
    """Write no more to who pressed «spam», as if he had followed his link; inside the transaction that reads it."""
    number = contact_of_ref(delivery.recipient_ref)
    # What was erased is the address of whoever has none.
    readers = list(Contact.objects.filter(email__iexact=delivery.recipient).exclude(email="").order_by("pk"))
    # Whoever reads an address that was corrected since says nothing about the new one.
    if number not in {reader.pk for reader in readers}:
        return
    # One mailbox may stand in the directory twice: the next mail to the other one would annoy the same person.
    for reader in readers:
        actions.complain(reader, by=system_user(), now=now)


def _status_of(delivery: Delivery) -> str:
    """The enhanced status in what a server last said of it."""
    said = (
        Attempt.objects.filter(delivery=delivery, kind__in=(AttemptKind.SEND, AttemptKind.RETURN))
        .order_by("-pk")
        .values_list("answer", flat=True)
        .first()
    )
    return status_in(said or "")
