"""Before a mailing: who is left out, by name, with the reason, on each page that sends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from commsoffice.accounts.models import User
from media_contacts.enums import LeftOut, Preference
from media_contacts.models import Contact, MediaList
from pressreleases.enums import ReleaseState
from pressreleases.queries import plan
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import release_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def left_out() -> dict[Contact, LeftOut]:
    now = timezone.now()
    return {
        ContactFactory(outlet__name="B", unsubscribed_at=now): LeftOut.UNSUBSCRIBED,
        ContactFactory(outlet__name="C", bounced_at=now, phone=""): LeftOut.BOUNCED,
        ContactFactory(outlet__name="D", email="una@medio.example"): LeftOut.DUPLICATE,
        ContactFactory(outlet__name="E", valid_until=timezone.localdate() - timedelta(days=1)): LeftOut.EXPIRED,
    }


@pytest.fixture
def media_list(left_out: dict[Contact, LeftOut]) -> MediaList:
    first = ContactFactory(outlet__name="A", email="una@medio.example")
    return MediaListFactory(contacts=[first, *left_out])


@pytest.fixture
def at_desk(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


def lines(html: str, left_out: dict[Contact, LeftOut]) -> list[tuple[bool, bool]]:
    """For each: is the name there, and is the reason?"""
    return [(str(contact) in html, str(reason.label) in html) for contact, reason in left_out.items()]


def test_on_the_page_of_the_list(at_desk, media_list, left_out):
    html = at_desk.get(reverse("media:list_page", args=[media_list.pk])).content.decode()
    assert lines(html, left_out) == [(True, True)] * 4


def test_on_the_page_that_invites(at_desk, media_list, left_out, head_of_press):
    event = EventFactory(created_by=head_of_press)
    address = reverse("agenda:invite", args=[event.pk])
    page = at_desk.get(address, {"lists": media_list.pk})
    plan = page.context["plan"]
    assert (dict(plan.left_out), lines(page.content.decode(), left_out)) == (left_out, [(True, True)] * 4)


def test_on_the_page_of_the_release(client, media_list, left_out, writer, director):
    release = release_in(ReleaseState.IN_REVIEW, writer=writer, director=director, lists=[media_list])
    client.force_login(writer)
    page = client.get(reverse("releases:edit", args=[release.pk]))
    plan = page.context["plan"]
    assert (dict(plan.left_out), lines(page.content.decode(), left_out)) == (left_out, [(True, True)] * 4)


def test_on_the_page_of_who_approves(client, media_list, left_out, writer, director):
    release = release_in(ReleaseState.IN_REVIEW, writer=writer, director=director, lists=[media_list])
    client.force_login(director)
    html = client.get(f"/admin/pressreleases/release/{release.pk}/change/").content.decode()
    assert lines(html, left_out) == [(True, True)] * 4


def test_who_is_called_because_mail_came_back_is_named(client, writer, director, head_of_press):
    moved = ContactFactory(outlet__name="F", bounced_at=timezone.now(), prefers=Preference.WHATSAPP)
    chose = ContactFactory(outlet__name="G", email="", prefers=Preference.WHATSAPP)
    media_list = MediaListFactory(contacts=[moved, chose])
    release = release_in(ReleaseState.IN_REVIEW, writer=writer, director=director, lists=[media_list])
    words = gettext("the mail came back: by WhatsApp")
    for user, address in (
        (writer, reverse("releases:edit", args=[release.pk])),
        (director, f"/admin/pressreleases/release/{release.pk}/change/"),
        (head_of_press, reverse("media:list_page", args=[media_list.pk])),
    ):
        client.force_login(user)
        html = client.get(address).content.decode()
        assert (html.count(words), str(moved.name) in html) == (1, True)
    assert plan(release).mail_came_back == [(moved, "whatsapp")]
