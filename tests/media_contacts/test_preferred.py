"""The way that a contact prefers: what it does where there is an address as well, and where that is said."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from agenda.actions.notices import way_of
from agenda.models import Guest
from commsoffice.accounts.models import User
from commsoffice.outbox.queries import deliveries_of
from media_contacts.enums import LeftOut, Preference
from media_contacts.models import Contact
from media_contacts.queries import contact_ref, current_addresses, plan
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.queries import plan as release_plan
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import NOW, release_in

pytestmark = pytest.mark.django_db

BY_HAND = [(Preference.TELEPHONE, "telephone"), (Preference.WHATSAPP, "whatsapp"), (Preference.PRINT, "print")]


@pytest.fixture
def desk(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


@pytest.mark.parametrize(("prefers", "way"), BY_HAND)
def test_who_wants_only_one_way_gets_it_by_that_way(prefers: Preference, way: str):
    contact = ContactFactory.create(prefers=prefers, only_preferred=True)
    found = plan([MediaListFactory.create(contacts=[contact])])
    assert (found.by_email, found.by_hand, found.left_out) == ([], [(contact, way)], [])
    assert way_of(Guest(contact=contact)) == way
    assert current_addresses([contact_ref(contact)]) == {contact_ref(contact): ""}


def test_who_wants_only_mail_gets_mail():
    contact = ContactFactory.create(prefers=Preference.EMAIL, only_preferred=True)
    assert plan([MediaListFactory.create(contacts=[contact])]).by_email == [contact]


def test_paper_needs_no_telephone():
    contact = ContactFactory.create(phone="", prefers=Preference.PRINT, only_preferred=True)
    assert plan([MediaListFactory.create(contacts=[contact])]).by_hand == [(contact, "print")]


def test_who_left_is_left_alone_by_every_way():
    contact = ContactFactory.create(prefers=Preference.PRINT, only_preferred=True, unsubscribed_at=NOW)
    assert plan([MediaListFactory.create(contacts=[contact])]).left_out == [(contact, LeftOut.UNSUBSCRIBED)]


@pytest.mark.parametrize("prefers", [Preference.TELEPHONE, Preference.WHATSAPP])
def test_the_only_way_must_exist(prefers: Preference):
    with pytest.raises(IntegrityError):
        ContactFactory.create(prefers=prefers, only_preferred=True, phone="")


def test_the_form_asks_for_the_only_way(desk: Client):
    contact = ContactFactory.create(phone="")
    words = {"email": contact.email, "prefers": "telephone", "only_preferred": "on", "is_active": "on"}
    page = desk.post(reverse("media:edit_contact", args=[contact.pk]), words)
    assert gettext("Write the telephone: it would be the only way to reach them.") in page.content.decode()
    desk.post(reverse("media:edit_contact", args=[contact.pk]), {**words, "phone": "000 000 0123"})
    contact.refresh_from_db()
    assert (contact.only_preferred, contact.wants_no_mail) == (True, True)


def test_before_sending_each_way_is_said(desk: Client):
    rather = ContactFactory.create(prefers=Preference.WHATSAPP)
    only = ContactFactory.create(prefers=Preference.PRINT, only_preferred=True, bounced_at=NOW)
    media_list = MediaListFactory.create(contacts=[rather, only, ContactFactory.create()])
    html = desk.get(reverse("media:list_page", args=[media_list.pk])).content.decode()
    said = [
        gettext("prefers WhatsApp, and is written to by e-mail"),
        gettext("wants no e-mail, only this way"),
        gettext("the mail came back: on paper"),
    ]
    assert [html.count(words) for words in said] == [1, 1, 0]


def test_the_page_of_the_outlet_says_what_the_preference_does(desk: Client):
    contact = ContactFactory.create(prefers=Preference.WHATSAPP)
    address = reverse("media:outlet", args=[contact.outlet_id])
    before = desk.get(address).content.decode()
    Contact.objects.filter(pk=contact.pk).update(only_preferred=True)
    after = desk.get(address).content.decode()
    words = gettext("wants no e-mail, only this way")
    assert (words in before, words in after) == (False, True)


def test_a_release_says_who_gets_it_how_and_sends_it_so(writer: User, director: User):
    mail, rather, only = (
        ContactFactory.create(outlet__name="A"),
        ContactFactory.create(outlet__name="B", prefers=Preference.TELEPHONE),
        ContactFactory.create(outlet__name="C", prefers=Preference.WHATSAPP, only_preferred=True),
    )
    lists = [MediaListFactory.create(contacts=[mail, rather, only])]
    release = release_in(ReleaseState.IN_REVIEW, writer=writer, director=director, lists=lists)
    found = release_plan(release)
    assert (found.by_email, found.preferring_another_way, found.wanting_no_mail) == (
        [mail, rather],
        [rather],
        [(only, "whatsapp")],
    )
    actions.approve(release, by=director, now=NOW)
    sent = deliveries_of(release).exclude(channel="web").order_by("pk").values_list("channel", "recipient")
    assert list(sent) == [("email", mail.email), ("email", rather.email), ("whatsapp", only.phone)]


def test_approving_shows_who_would_rather_have_it_another_way(desk: Client, writer: User, director: User):
    lists = [
        MediaListFactory.create(
            contacts=[
                ContactFactory.create(prefers=Preference.TELEPHONE),
                ContactFactory.create(prefers=Preference.WHATSAPP, only_preferred=True),
            ]
        )
    ]
    release = release_in(ReleaseState.IN_REVIEW, writer=writer, director=director, lists=lists)
    html = desk.get(reverse("releases:release", args=[release.pk]), follow=True).content.decode()
    assert (gettext("Who and how") in html, gettext("wants no e-mail, only this way") in html) == (True, True)
