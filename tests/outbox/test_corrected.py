"""An address corrected on a delivery: both know of each other, and the directory is named."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.actions.resending import failed
from commsoffice.outbox.models import Delivery
from media_contacts.models import Contact
from media_contacts.queries import contact_ref
from tests.media_contacts.factories import ContactFactory
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact() -> Contact:
    return ContactFactory.create(bounced_at=timezone.now())


@pytest.fixture
def refused(contact: Contact) -> Delivery:
    return DeliveryFactory.create(
        channel="email", state="rejected", attempts_made=1, recipient=contact.email, recipient_ref=contact_ref(contact)
    )


def has(client: Client, delivery: Delivery, *links: str) -> list[bool]:
    html = client.get(reverse("outbox:detail", args=[delivery.pk])).content.decode()
    return [f'href="{link}"' in html for link in links]


def test_both_lead_to_each_other_and_to_the_directory(client, contact, refused, head_of_press):
    client.force_login(head_of_press)
    answer = client.post(reverse("outbox:retry", args=[refused.pk]), {"address": "nueva@medio.example"}, follow=True)
    made = Delivery.objects.exclude(pk=refused.pk).get()
    old, new = (reverse("outbox:detail", args=[row.pk]) for row in (refused, made))
    directory = reverse("media:edit_contact", args=[contact.pk])
    assert f'href="{directory}"' in answer.content.decode()
    assert (has(client, refused, new, directory), has(client, made, old, directory)) == ([True, True], [True, True])


def test_a_directory_that_is_right_is_not_named(client, contact, refused, head_of_press):
    made = actions.retry_rejected(refused, by=head_of_press, now=NOW, address="nueva@medio.example")
    Contact.objects.filter(pk=contact.pk).update(email="nueva@medio.example", bounced_at=None)
    client.force_login(head_of_press)
    directory = reverse("media:edit_contact", args=[contact.pk])
    assert [has(client, row, directory) for row in (refused, made)] == [[False], [False]]


def test_who_may_not_correct_the_directory_gets_no_link_to_it(client, contact, refused, community_manager: User):
    client.force_login(community_manager)
    assert has(client, refused, reverse("media:edit_contact", args=[contact.pk])) == [False]


def test_what_nobody_can_send_again_is_counted(refused):
    thing = (refused.subject_type, refused.subject_id)
    assert failed(*thing, now=NOW) == ([], 1)


def test_the_page_of_a_refused_one_asks_once_for_each_thing(client, refused, head_of_press):
    client.force_login(head_of_press)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("outbox:detail", args=[refused.pk]))
    assert [sum(words in each["sql"] for each in asked) for words in ('FROM "media_contacts_contact"', "again:")] == [
        1,
        1,
    ]


def test_the_page_of_a_thing_asks_once_for_what_it_refused(client, refused, head_of_press):
    client.force_login(head_of_press)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("outbox:subject", args=[refused.subject_type, refused.subject_id]))
    assert page.context["stuck"] == 1
    assert sum('FROM "media_contacts_contact"' in each["sql"] for each in asked) == 1
