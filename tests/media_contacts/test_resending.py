"""A full mailbox, from the report that came back to the mail that arrived."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.actions.returns import read_returned_mail
from commsoffice.outbox.models import Delivery
from media_contacts.queries import contact_ref
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.outbox.factories import NOW, DeliveryFactory, MessageFactory
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_whom_it_did_not_reach_gets_it_again(sandbox: SandboxProcess, settings: Settings, head_of_press: User):
    settings.OUTBOX_GATES = ["media_contacts.gates.still_wanted"]
    thing = MediaListFactory()
    message = MessageFactory(channel="email", payload={"subject": "Luminarias", "text": "Buen día"})
    full, gone, fine = contacts = ContactFactory.create_batch(3)
    for contact in contacts:
        DeliveryFactory(
            channel="email",
            message=message,
            recipient=contact.email,
            recipient_ref=contact_ref(contact),
            subject_type="media_contacts.medialist",
            subject_id=thing.pk,
        )
    sandbox.fault("smtp", "bounce_later", match={"recipient": full.email}, status="5.2.2")
    sandbox.fault("smtp", "bounce_later", match={"recipient": gone.email}, status="5.1.1")
    actions.send_due(NOW)
    read_returned_mail(NOW + timedelta(minutes=1))
    count = actions.resend_failed(thing, by=head_of_press, now=NOW + timedelta(hours=1))
    actions.send_due(NOW + timedelta(hours=1))
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    mails = [len(sandbox.inbox(contact.email)) for contact in (full, gone, fine)]
    assert (count, states, mails) == (1, ["accepted", "rejected", "accepted"], [2, 1, 1])


def test_the_form_knows_the_address_of_today(client: Client, head_of_press: User) -> None:
    contact = ContactFactory(email="nueva@medio.example")
    delivery = DeliveryFactory(
        channel="email", state="rejected", recipient="vieja@medio.example", recipient_ref=contact_ref(contact)
    )
    client.force_login(head_of_press)
    assert 'value="nueva@medio.example"' in client.get(f"/mesa/envios/{delivery.pk}/").text
