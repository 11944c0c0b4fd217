"""The page of the one switch, and the line above every page while it is on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.models import Delivery, Pause
from tests.outbox.factories import AreaFactory, DeliveryFactory

pytestmark = pytest.mark.django_db

PAGE = "/mesa/envios/pausa/"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_two_taps_hold_everything(head_of_press: User) -> None:
    area = AreaFactory.create(name="Protección Civil", speaks_in_crisis=True)
    client = as_(head_of_press)
    assert f'value="{area.pk}"' in client.get(PAGE).text
    client.post(f"{PAGE}empezar/", {"reason": "Inundación", "areas": [area.pk]})
    assert Pause.objects.get().allowed_areas == [area.key]


def test_it_says_how_much_it_would_hold(director: User) -> None:
    for state in ("queued", "held", "scheduled", "accepted"):
        DeliveryFactory.create(state=state, publish_at=timezone.now() if state == "scheduled" else None)
    # A notice to the office itself leaves all the same.
    DeliveryFactory.create(state="queued", purpose="notice")
    assert as_(director).get(PAGE).context["to_be_held"] == {"here": 2, "there": 1}


def test_without_a_reason_nothing_is_held(director: User) -> None:
    answer = as_(director).post(f"{PAGE}empezar/", {"reason": " "})
    assert (answer.status_code, Pause.objects.count()) == (422, 0)


def test_every_page_says_so(director: User, writer: User) -> None:
    actions.pause_all("Inundación <b>", [], by=director, now=timezone.now())
    page = as_(writer).get("/mesa/comunicados/").text
    assert "Inundación &lt;b&gt;" in page
    assert PAGE in page


def test_it_shows_what_waits_and_what_grows_stale(director: User) -> None:
    now = timezone.now()
    actions.pause_all("Inundación", [], by=director, now=now - timedelta(hours=2))
    DeliveryFactory.create(state="held", not_before=now - timedelta(hours=1), subject_label="Vieja")
    page = as_(director).get(PAGE).text
    assert "Vieja" in page
    assert page.count("<tr>") == 2


def test_what_the_networks_gave_back_is_shown(director: User) -> None:
    now = timezone.now()
    pause = actions.pause_all("Inundación", [], by=director, now=now - timedelta(minutes=1))
    row = DeliveryFactory.create(
        state="held", publish_at=now + timedelta(hours=1), subject_label="Programada", planned_for=now
    )
    row.attempts.create(kind="pull", fence=1, started_at=pause.started_at, finished_at=now, outcome="held")
    DeliveryFactory.create(
        state="scheduled", publish_at=now + timedelta(hours=1), subject_label="Atorada", reason="Sin permiso"
    )
    page = as_(director).get(PAGE).text
    assert "Programada" in page
    assert "Sin permiso" in page


def test_it_ends_and_asks_for_a_word(director: User) -> None:
    now = timezone.now()
    actions.pause_all("Inundación", [], by=director, now=now - timedelta(hours=2))
    row = DeliveryFactory.create(state="held", not_before=now - timedelta(hours=1), subject_label="Vieja")
    client = as_(director)
    client.post(f"{PAGE}terminar/")
    assert "Vieja" in client.get(PAGE).text
    group = {"subject_type": row.subject_type, "subject_id": row.subject_id, "channel": row.channel}
    client.post(f"{PAGE}decidir/", {**group, "word": "do_not_send"})
    assert Delivery.objects.get().state == "cancelled"


def test_ending_twice_is_refused_in_words(director: User) -> None:
    actions.pause_all("Inundación", [], by=director, now=timezone.now())
    client = as_(director)
    client.post(f"{PAGE}terminar/")
    assert client.post(f"{PAGE}terminar/", follow=True).status_code == 200


def test_who_only_reads_has_no_switch(writer: User) -> None:
    assert "pausa/empezar" not in as_(writer).get(PAGE).text


@pytest.mark.parametrize("is_paused", [True, False])
def test_the_page_costs_the_same_whatever_waits(
    director: User, django_assert_num_queries: DjangoAssertNumQueries, *, is_paused: bool
) -> None:
    now = timezone.now()
    if is_paused:
        actions.pause_all("Inundación", [], by=director, now=now - timedelta(hours=2))
    client = as_(director)
    client.get(PAGE)
    for number in (1, 3):
        for n in range(number):
            DeliveryFactory.create(
                state="held", not_before=now - timedelta(hours=1), subject_id=n + 1, asks_word=not is_paused
            )
        with django_assert_num_queries(15 if is_paused else 14):
            client.get(PAGE)


def test_a_browser_at_a_forms_address_is_led_to_its_page(director: User) -> None:
    client = as_(director)
    answer = client.get(f"{PAGE}empezar/", headers={"Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert client.get(f"{PAGE}empezar/").status_code == 405
