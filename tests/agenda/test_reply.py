"""The guest's personal page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agenda import actions
from agenda.models import Event, Guest
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def guests(head_of_press):
    event = EventFactory(created_by=head_of_press, is_public=False)
    lists = [MediaListFactory(contacts=ContactFactory.create_batch(2))]
    actions.invite(event, lists=lists, note="Les esperamos", by=head_of_press, now=timezone.now())
    return list(Guest.objects.select_related("contact__outlet"))


@pytest.fixture
def guest(guests):
    return guests[0]


@pytest.fixture
def stranger():
    return Client()


def _url(guest):
    return reverse("public_agenda:reply", args=[guest.token])


def _answer(guest):
    return Guest.objects.get(pk=guest.pk).answer


def test_opening_it_changes_nothing(guest, stranger):
    assert stranger.get(_url(guest), {"r": "si"}).status_code == 200
    assert _answer(guest) == "none"


@pytest.mark.parametrize(("said", "kept"), [("si", "yes"), ("no", "no")])
def test_one_tap_answers_without_an_account(said, kept, guest, stranger):
    answer = stranger.post(_url(guest), {"r": said})
    assert (answer.status_code, answer.url, _answer(guest)) == (302, _url(guest), kept)


def test_only_the_page_itself_answers(guest):
    browser = Client(enforce_csrf_checks=True)
    forged = browser.post(_url(guest), {"r": "si"}).status_code
    token = browser.get(_url(guest)).context["csrf_token"]
    answer = browser.post(_url(guest), {"r": "si", "csrfmiddlewaretoken": str(token)})
    assert (forged, answer.status_code, _answer(guest)) == (403, 302, "yes")


def test_used_twice_the_answer_changes_and_the_page_says_so(guest, stranger):
    stranger.post(_url(guest), {"r": "si"})
    page = stranger.post(_url(guest), {"r": "no"}, follow=True)
    assert (_answer(guest), page.context["guest"].answer) == ("no", "no")


@pytest.mark.parametrize(("asked", "first"), [("si", "yes"), ("no", "no"), ("otra", None)])
def test_the_link_of_the_mail_shows_its_choice_first(asked, first, guest, stranger):
    assert stranger.get(_url(guest), {"r": asked}).context["first"] == first


def test_an_answer_that_is_none_changes_nothing(guest, stranger):
    assert stranger.post(_url(guest), {"r": "quizá"}).status_code == 422
    assert _answer(guest) == "none"


@pytest.mark.parametrize("method", ["get", "post"])
def test_after_the_last_day_it_is_over(method, guest, stranger):
    Event.objects.update(date=timezone.localdate() - dt.timedelta(days=1))
    assert getattr(stranger, method)(_url(guest), {"r": "si"}).status_code == 410
    assert _answer(guest) == "none"


def test_a_cancelled_event_says_so(guest, stranger, head_of_press):
    actions.cancel_event(Event.objects.get(), reason="Por la lluvia", by=head_of_press, now=timezone.now())
    page = stranger.get(_url(guest))
    assert page.context["is_cancelled"]
    assert "Por la lluvia" in page.content.decode()


def test_a_cancelled_event_takes_no_answer(guest, stranger, head_of_press):
    actions.cancel_event(Event.objects.get(), reason="Lluvia", by=head_of_press, now=timezone.now())
    stranger.post(_url(guest), {"r": "si"})
    assert _answer(guest) == "none"


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 5000])
def test_an_unknown_link_finds_nothing(token, stranger):
    assert stranger.get(f"/i/{token}/").status_code == 404


def test_a_forwarded_link_shows_for_which_outlet_it_is_and_no_person(guests, stranger):
    page = stranger.get(_url(guests[0])).content.decode()
    persons = [word for guest in guests for word in (guest.contact.name, guest.contact.email)]
    assert guests[0].contact.outlet.name in page
    assert guests[1].contact.outlet.name not in page
    assert [word for word in persons if word in page] == []


def test_it_stays_out_of_caches_and_search_engines(guest, stranger):
    page = stranger.get(_url(guest))
    assert "no-store" in page["Cache-Control"]
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex")


def test_the_calendar_file_of_an_event_that_is_not_public(guest, stranger):
    answer = stranger.get(reverse("public_agenda:reply_file", args=[guest.token]))
    assert answer.content.startswith(b"BEGIN:VCALENDAR")
