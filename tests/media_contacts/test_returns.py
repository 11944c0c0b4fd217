"""What the directory learns from mail that comes back, and what it tells the outbox."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from commsoffice.accounts.queries import system_user
from commsoffice.audit.models import Entry
from commsoffice.outbox import actions as outbox
from commsoffice.outbox.actions.returns import read_returned_mail
from commsoffice.outbox.signals import recipient_complained
from commsoffice.outbox.verdicts import Go, Refuse
from media_contacts import actions
from media_contacts.enums import LeftOut
from media_contacts.gates import still_wanted
from media_contacts.models import Contact
from media_contacts.queries import contact_ref, current_addresses, plan
from tests.media_contacts.factories import ContactFactory, MediaListFactory, OutletFactory
from tests.outbox.factories import NOW, DeliveryFactory, MessageFactory

pytestmark = pytest.mark.django_db


def delivery_to(contact: Contact, **fields):
    payload = {"subject": "Entrega de luminarias", "text": "Buen día"}
    given = {"recipient": contact.email, "recipient_ref": contact_ref(contact), "state": "accepted", **fields}
    return DeliveryFactory(channel="email", message=MessageFactory(channel="email", payload=payload), **given)


def is_marked(contact: Contact) -> bool:
    return Contact.objects.get(pk=contact.pk).bounced_at is not None


@pytest.mark.django_db(transaction=True)
class TestDeadAddress:
    @pytest.mark.parametrize(
        ("status", "marked"),
        [
            ("5.1.1", True),
            ("5.1.2", True),
            ("5.1.10", True),
            ("5.1.0", False),
            ("5.1.8", False),
            ("5.2.1", False),
            ("5.2.2", False),
            ("5.4.4", False),
            ("5.7.1", False),
            ("4.4.1", False),
            ("5.0.0", False),
            ("", False),
        ],
    )
    def test_only_no_such_address_marks(self, status, marked, head_of_press):
        contact = ContactFactory()
        outbox.mark_bounced(delivery_to(contact), answer="no", status=status, by=head_of_press, now=NOW)
        assert is_marked(contact) is marked

    @pytest.mark.parametrize(("fault", "marked"), [("refuse_recipient", True), ("refuse_message", False)])
    def test_a_refusal_at_send_time_counts_as_well(self, fault, marked, sandbox):
        contact = ContactFactory()
        delivery = delivery_to(contact, state="queued")
        sandbox.fault("smtp", fault)
        outbox.send_one(delivery.pk, NOW)
        assert is_marked(contact) is marked

    def test_it_is_in_the_audit_of_the_outlet(self, head_of_press):
        contact = ContactFactory()
        outbox.mark_bounced(delivery_to(contact), answer="no", status="5.1.1", by=head_of_press, now=NOW)
        assert Entry.objects.filter(verb="media_contacts.mark_bounced").count() == 1

    def test_an_address_corrected_meanwhile_is_not_marked(self, head_of_press):
        contact = ContactFactory(email="nueva@medio.example")
        delivery = delivery_to(contact, recipient="vieja@medio.example")
        outbox.mark_bounced(delivery, answer="no", status="5.1.1", by=head_of_press, now=NOW)
        assert is_marked(contact) is False

    @pytest.mark.parametrize("ref", ["", "citizen_requests.citizenrequest:1", "media_contacts.contact:x", ":"])
    def test_other_recipients_are_nobodys_business(self, ref, head_of_press):
        contact = ContactFactory(pk=1)
        delivery = delivery_to(contact, recipient_ref=ref)
        outbox.mark_bounced(delivery, answer="no", status="5.1.1", by=head_of_press, now=NOW)
        assert is_marked(contact) is False


@pytest.mark.django_db(transaction=True)
class TestComplaint:
    def test_who_presses_spam_is_written_to_no_more(self, sandbox):
        contact = ContactFactory()
        media_list = MediaListFactory(contacts=[contact])
        sandbox.fault("smtp", "complain")
        outbox.send_one(delivery_to(contact, state="queued").pk, NOW)
        for _ in range(2):
            read_returned_mail(NOW)
        contact.refresh_from_db()
        assert (contact.unsubscribed_at, contact.complained_at) == (NOW, NOW)
        assert plan([media_list]).left_out == [(contact, LeftOut.COMPLAINED)]
        assert Entry.objects.filter(verb="media_contacts.complain").count() == 1
        assert still_wanted(delivery_to(contact), NOW) == Refuse(gettext("Marked our mail as unwanted."))

    def test_the_same_mailbox_under_another_name_as_well(self):
        contact, twin, other = ContactFactory(), ContactFactory(), ContactFactory()
        Contact.objects.filter(pk=twin.pk).update(email=contact.email.upper())
        recipient_complained.send(None, delivery=delivery_to(contact), now=NOW)
        gone = Contact.objects.exclude(unsubscribed_at=None).order_by("pk")
        assert list(gone) == [contact, twin]
        assert other not in gone

    def test_an_address_corrected_meanwhile_stays(self):
        contact = ContactFactory(email="nueva@medio.example")
        other = ContactFactory(email="vieja@medio.example")
        recipient_complained.send(None, delivery=delivery_to(contact, recipient=other.email), now=NOW)
        assert Contact.objects.exclude(unsubscribed_at=None).count() == 0

    def test_an_address_that_was_erased_is_nobodys(self):
        contact, other = ContactFactory(email="", phone="000 000 0101"), ContactFactory(email="", phone="000 000 0102")
        recipient_complained.send(None, delivery=delivery_to(contact), now=NOW)
        assert list(Contact.objects.filter(unsubscribed_at=None).order_by("pk")) == [contact, other]

    def test_who_left_by_the_link_left_by_the_link(self):
        contact = ContactFactory()
        before = NOW - timedelta(days=1)
        actions.unsubscribe(contact, by=system_user(), now=before)
        recipient_complained.send(None, delivery=delivery_to(contact), now=NOW)
        contact.refresh_from_db()
        assert (contact.unsubscribed_at, contact.complained_at) == (before, None)

    @pytest.mark.parametrize("ref", ["", "citizen_requests.citizenrequest:1", "media_contacts.contact:x"])
    def test_a_complaint_of_others_is_nobodys_business(self, ref):
        contact = ContactFactory(pk=1)
        recipient_complained.send(None, delivery=delivery_to(contact, recipient_ref=ref), now=NOW)
        contact.refresh_from_db()
        assert contact.unsubscribed_at is None

    def test_the_page_of_the_outlet_says_so(self, client, head_of_press):
        contact = ContactFactory(unsubscribed_at=NOW, complained_at=NOW)
        client.force_login(head_of_press)
        page = client.get(reverse("media:outlet", args=[contact.outlet_id])).content.decode()
        assert gettext("Marked our mail as unwanted") in page


class TestGate:
    @pytest.mark.parametrize(
        ("fields", "verdict"),
        [
            ({}, Go),
            ({"unsubscribed_at": NOW}, Refuse),
            ({"bounced_at": NOW}, Refuse),
            ({"valid_until": NOW.date()}, Go),
        ],
    )
    def test_it_stops_at_the_last_moment(self, fields, verdict):
        assert type(still_wanted(delivery_to(ContactFactory(**fields)), NOW)) is verdict

    def test_a_corrected_address_is_written_to(self):
        contact = ContactFactory(bounced_at=NOW)
        assert still_wanted(delivery_to(contact, recipient="otra@medio.example"), NOW) == Go()

    def test_it_knows_only_contacts(self):
        assert still_wanted(DeliveryFactory(), NOW) == Go()


class TestCurrentAddresses:
    def test_each_contact_has_one_or_none(self, django_assert_num_queries):
        yesterday = timezone.localdate() - timedelta(days=1)
        good = ContactFactory()
        others = [
            ContactFactory(unsubscribed_at=NOW),
            ContactFactory(bounced_at=NOW),
            ContactFactory(is_active=False),
            ContactFactory(valid_until=yesterday),
            ContactFactory(outlet=OutletFactory(is_active=False)),
        ]
        refs = [contact_ref(contact) for contact in (good, *others)]
        with django_assert_num_queries(2):
            found = current_addresses([*refs, "office.area:1", "media_contacts.contact:999999"])
        assert found == {refs[0]: good.email, "media_contacts.contact:999999": "", **dict.fromkeys(refs[1:], "")}


class TestSendingAgain:
    def test_whoever_left_or_is_marked_gets_nothing(self, head_of_press):
        event = MediaListFactory()
        fits, *others = (
            delivery_to(
                ContactFactory(**fields),
                state="rejected",
                attempts_made=1,
                subject_type="media_contacts.medialist",
                subject_id=event.pk,
            )
            for fields in ({}, {"unsubscribed_at": NOW}, {"bounced_at": NOW})
        )
        assert outbox.resend_failed(event, by=head_of_press, now=NOW) == 1
        for delivery in (fits, *others):
            delivery.refresh_from_db()
        assert [delivery.state for delivery in (fits, *others)] == ["queued", "rejected", "rejected"]

    def test_a_corrected_address_gets_a_delivery_of_its_own(self, head_of_press):
        thing = MediaListFactory()
        contact = ContactFactory(email="nueva@medio.example")
        old = delivery_to(
            contact,
            recipient="vieja@medio.example",
            state="rejected",
            bounced_at=NOW,
            attempts_made=1,
            subject_type="media_contacts.medialist",
            subject_id=thing.pk,
        )
        counts = [outbox.resend_failed(thing, by=head_of_press, now=NOW) for _ in range(2)]
        made = type(old).objects.exclude(pk=old.pk).get()
        old.refresh_from_db()
        assert (counts, made.recipient, made.state, old.state) == ([1, 0], "nueva@medio.example", "queued", "rejected")


class TestAddressWorks:
    def test_the_mark_goes_from_the_page(self, client, head_of_press):
        contact = ContactFactory(bounced_at=NOW)
        client.force_login(head_of_press)
        client.post(reverse("media:address_works", args=[contact.pk]))
        assert is_marked(contact) is False

    def test_it_is_recorded_once(self, head_of_press):
        contact = ContactFactory(bounced_at=NOW)
        for _ in range(2):
            actions.address_works(contact, by=head_of_press, now=NOW)
        assert Entry.objects.filter(verb="media_contacts.address_works").count() == 1


def test_the_page_says_who_is_not_verified_any_more(client, head_of_press):
    contact = ContactFactory(valid_until=timezone.localdate() - timedelta(days=1))
    client.force_login(head_of_press)
    page = client.get(reverse("media:outlet", args=[contact.outlet_id]))
    assert page.context["contacts"][0][2] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"unsubscribed_at": NOW},
        {"bounced_at": NOW, "phone": ""},
        {"valid_until": timezone.localdate() - timedelta(days=1)},
        {"email": "una@medio.example"},
    ],
)
def test_the_list_names_each_who_is_left_out_with_the_reason(client, head_of_press, fields):
    first = ContactFactory(outlet__name="A", email="una@medio.example")
    contact = ContactFactory(outlet__name="B", **fields)
    media_list = MediaListFactory(contacts=[first, contact])
    client.force_login(head_of_press)
    page = client.get(reverse("media:list_page", args=[media_list.pk]))
    [(named, reason)] = page.context["plan"].left_out
    html = page.content.decode()
    assert (named, str(contact) in html, str(reason.label) in html) == (contact, True, True)
