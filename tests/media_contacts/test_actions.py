import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from commsoffice.accounts.errors import NotAllowed, NotValid
from commsoffice.accounts.queries import system_user
from commsoffice.audit.queries import entries_about
from media_contacts import actions
from media_contacts.models import Contact, MediaList, Outlet
from tests.media_contacts.factories import ContactFactory, MediaListFactory, OutletFactory

pytestmark = pytest.mark.django_db

OUTLET = {"name": "Cuarzo Diario", "kind": "portal"}
CONTACT = {"name": "Reportera Inventada", "email": "una@medio.example", "phone": "", "prefers": "email"}

VERBS = {
    "add_outlet": lambda by: actions.add_outlet(OUTLET, submission_key=uuid.uuid4(), by=by, now=timezone.now()),
    "edit_outlet": lambda by: actions.edit_outlet(OutletFactory(), OUTLET, by=by, now=timezone.now()),
    "add_contact": lambda by: actions.add_contact(OutletFactory(), CONTACT, by=by, now=timezone.now()),
    "edit_contact": lambda by: actions.edit_contact(ContactFactory(), CONTACT, by=by, now=timezone.now()),
    "mark_bounced": lambda by: actions.mark_bounced(ContactFactory(), by=by, now=timezone.now()),
    "unsubscribe": lambda by: actions.unsubscribe(ContactFactory(), by=by, now=timezone.now()),
    "add_list": lambda by: actions.add_list({"name": "Fuente"}, by=by, now=timezone.now()),
    "edit_list": lambda by: actions.edit_list(MediaListFactory(), {"name": "Fuente"}, by=by, now=timezone.now()),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_does_not_keep_the_directory_changes_nothing(verb, intern):
    with pytest.raises(NotAllowed):
        VERBS[verb](intern)


@pytest.mark.parametrize("verb", VERBS)
def test_who_keeps_the_directory_may(verb, head_of_press):
    assert VERBS[verb](head_of_press).pk


def test_an_outlet_posted_twice_is_one(head_of_press):
    key, now = uuid.uuid4(), timezone.now()
    first = actions.add_outlet(OUTLET, submission_key=key, by=head_of_press, now=now)
    second = actions.add_outlet(OUTLET, submission_key=key, by=head_of_press, now=now)
    assert (first.pk, Outlet.objects.count()) == (second.pk, 1)


def test_a_contact_posted_twice_is_one(head_of_press):
    outlet = OutletFactory()
    for _time in range(2):
        actions.add_contact(outlet, CONTACT, by=head_of_press, now=timezone.now())
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("email", ["una@medio.example\nBcc: otra@medio.example", "una", "una@medio.example\n"])
def test_an_address_that_is_none_is_refused(email, head_of_press):
    with pytest.raises(NotValid):
        actions.add_contact(OutletFactory(), {**CONTACT, "email": email}, by=head_of_press, now=timezone.now())


def test_ten_thousand_characters_in_a_name_are_refused_in_words(head_of_press):
    with pytest.raises(NotValid, match="160"):
        actions.edit_outlet(OutletFactory(), {"name": "x" * 10_000}, by=head_of_press, now=timezone.now())


def test_a_new_address_has_never_bounced(head_of_press):
    contact = ContactFactory(bounced_at=timezone.now())
    actions.edit_contact(contact, CONTACT, by=head_of_press, now=timezone.now())
    contact.refresh_from_db()
    assert contact.bounced_at is None


def test_unsubscribing_twice_is_once():
    contact = ContactFactory()
    for _time in range(2):
        actions.unsubscribe(contact, by=system_user(), now=timezone.now())
    assert entries_about(contact.outlet).count() == 1


def test_the_record_holds_no_address(head_of_press):
    outlet = OutletFactory()
    actions.add_contact(outlet, CONTACT, by=head_of_press, now=timezone.now())
    entry = entries_about(outlet).get()
    assert "una@medio.example" not in f"{entry.note}{entry.changes}"


def test_the_new_default_list_takes_the_place_of_the_old(head_of_press):
    old = MediaListFactory(is_default=True)
    new = actions.add_list({"name": "Fuente", "is_default": True}, by=head_of_press, now=timezone.now())
    assert list(MediaList.objects.filter(is_default=True)) == [new]
    assert old.pk != new.pk


@pytest.mark.django_db(transaction=True)
def test_a_form_posted_twice_at_once_is_one_outlet(head_of_press):
    key = uuid.uuid4()

    def post(_number):
        try:
            data = {"name": "Cuarzo Diario", "kind": "portal"}
            return actions.add_outlet(data, submission_key=key, by=head_of_press, now=timezone.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(post, range(4)))
    assert (len(numbers), Outlet.objects.count()) == (1, 1)
