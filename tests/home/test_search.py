import pytest
from django.test import Client
from django.urls import reverse

from commsoffice.accounts.models import User
from commsoffice.home import queries
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import OutletFactory

pytestmark = pytest.mark.django_db


def test_finds_an_event_by_a_word_of_its_title(director: User) -> None:
    EventFactory(title="Entrega de luminarias", created_by=director)
    EventFactory(title="Sesión de Cabildo", created_by=director)
    assert [hit.title for hit in queries.search("luminarias", user=director)] == ["Entrega de luminarias"]


def test_finds_an_outlet(director: User) -> None:
    OutletFactory(name="El Faro de Amatista")
    assert [hit.title for hit in queries.search("faro", user=director)] == ["El Faro de Amatista"]


def test_one_letter_finds_nothing(director: User) -> None:
    EventFactory(title="Entrega", created_by=director)
    assert queries.search("E", user=director) == []


def test_shows_only_what_the_person_may_see(citizen_desk: User) -> None:
    OutletFactory(name="El Faro de Amatista")
    assert queries.search("faro", user=citizen_desk) == []


def test_the_page_keeps_the_words(client: Client, director: User) -> None:
    client.force_login(director)
    page = client.get(reverse("home:search"), {"q": "<b>faro"}).content.decode()
    assert "&lt;b&gt;faro" in page
