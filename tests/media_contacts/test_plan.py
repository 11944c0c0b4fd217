from datetime import timedelta

import pytest
from django.utils import timezone

from media_contacts.enums import LeftOut, Preference
from media_contacts.queries import plan
from tests.media_contacts.factories import ContactFactory, MediaListFactory, OutletFactory

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - timedelta(days=1)


def test_an_address_gets_an_e_mail_whatever_its_owner_prefers():
    contact = ContactFactory(prefers=Preference.WHATSAPP)
    assert plan([MediaListFactory(contacts=[contact])]).by_email == [contact]


@pytest.mark.parametrize(
    ("prefers", "way"),
    [
        (Preference.EMAIL, "telephone"),
        (Preference.TELEPHONE, "telephone"),
        (Preference.WHATSAPP, "whatsapp"),
        (Preference.PRINT, "print"),
    ],
)
def test_without_an_address_a_person_does_it(prefers, way):
    contact = ContactFactory(email="", prefers=prefers)
    assert plan([MediaListFactory(contacts=[contact])]).by_hand == [(contact, way)]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_active": False}, LeftOut.INACTIVE),
        ({"unsubscribed_at": timezone.now()}, LeftOut.UNSUBSCRIBED),
        ({"bounced_at": timezone.now(), "phone": ""}, LeftOut.BOUNCED),
        ({"email": "", "phone": " "}, LeftOut.NO_ADDRESS),
        ({"valid_until": YESTERDAY}, LeftOut.EXPIRED),
    ],
)
def test_who_is_left_out_has_a_reason(fields, reason):
    contact = ContactFactory(**fields)
    assert plan([MediaListFactory(contacts=[contact])]).left_out == [(contact, reason)]


@pytest.mark.parametrize("days", [None, 0, 1])
def test_who_is_verified_for_the_day_is_written_to(days):
    # Asked now and not when this was collected, which may be another day.
    contact = ContactFactory(valid_until=None if days is None else timezone.localdate() + timedelta(days=days))
    assert plan([MediaListFactory(contacts=[contact])]).by_email == [contact]


def test_it_may_be_asked_for_another_day():
    contact = ContactFactory(valid_until=YESTERDAY)
    lists = [MediaListFactory(contacts=[contact])]
    assert plan(lists, day=YESTERDAY).by_email == [contact]


def test_a_contact_of_a_closed_outlet_is_left_out():
    contact = ContactFactory(outlet=OutletFactory(is_active=False))
    assert plan([MediaListFactory(contacts=[contact])]).left_out == [(contact, LeftOut.INACTIVE)]


def test_who_bounced_but_has_a_telephone_is_called():
    contact = ContactFactory(bounced_at=timezone.now())
    assert plan([MediaListFactory(contacts=[contact])]).by_hand == [(contact, "telephone")]


def test_one_address_at_two_outlets_is_written_to_once():
    first = ContactFactory(outlet__name="A", email="una@medio.example")
    second = ContactFactory(outlet__name="B", email="UNA@medio.example")
    result = plan([MediaListFactory(contacts=[first, second])])
    assert (result.by_email, result.left_out) == ([first], [(second, LeftOut.DUPLICATE)])


def test_a_contact_on_two_lists_appears_once():
    contact = ContactFactory()
    lists = [MediaListFactory(contacts=[contact]), MediaListFactory(contacts=[contact])]
    assert plan(lists).by_email == [contact]


def test_who_already_has_it_appears_nowhere():
    contact = ContactFactory()
    assert plan([MediaListFactory(contacts=[contact])], besides=[contact.pk]).total == 0


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_one_query(count, django_assert_num_queries):
    lists = [MediaListFactory(contacts=ContactFactory.create_batch(count))]
    with django_assert_num_queries(1):
        result = plan(lists, day=timezone.localdate())
    assert result.total == count
