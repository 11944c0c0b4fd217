from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from commsoffice.accounts.models import User
from commsoffice.home import queries
from commsoffice.ui.seams import STEP_ORDER
from tests.agenda.factories import EventFactory

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # 12:30 at the office
TODAY = date(2026, 11, 22)
DESK_QUERIES = 31

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def event(day: date = TODAY, **fields):
    return EventFactory(date=day, state="proposed", confirmed_by=None, confirmed_at=None, **fields)


def test_each_event_of_the_day_has_six_steps_in_the_order_of_the_trade(director: User) -> None:
    event(created_by=director)
    (row,) = queries.route_of(TODAY, user=director, now=NOW).rows
    assert tuple(step.key for step in row.steps) == STEP_ORDER


def test_the_event_that_began_last_is_the_one_of_now(director: User) -> None:
    event(created_by=director, start_time=time(9))
    current = event(created_by=director, start_time=time(12))
    event(created_by=director, start_time=time(17))
    rows = queries.route_of(TODAY, user=director, now=NOW).rows
    assert [row.key for row in rows if row.is_now] == [current.key]


def test_on_another_day_nothing_is_now(director: User) -> None:
    event(date(2026, 11, 21), created_by=director, start_time=time(9))
    (row,) = queries.route_of(date(2026, 11, 21), user=director, now=NOW).rows
    assert row.is_now is False


def test_an_event_of_several_days_is_on_each_of_them(director: User) -> None:
    event(date(2026, 11, 21), end_date=date(2026, 11, 23), start_time=None, created_by=director)
    assert len(queries.route_of(TODAY, user=director, now=NOW).rows) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_whatever_the_events(
    count: int, client: Client, head_of_press: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    EventFactory.create_batch(count, date=TODAY, created_by=head_of_press, start_time=time(12))
    client.force_login(head_of_press)
    client.get(reverse("home:today"))
    with django_assert_num_queries(DESK_QUERIES):
        client.get(reverse("home:today"))


def test_a_day_is_reached_by_its_address(client: Client, writer: User) -> None:
    event(date(2026, 12, 1), title="Entrega de aparatos", created_by=writer)
    client.force_login(writer)
    page = client.get(reverse("home:today"), {"dia": "2026-12-01"}).content.decode()
    assert "Entrega de aparatos" in page


@pytest.mark.parametrize("asked", ["mañana", "0001-01-01", "9999-12-31"])
def test_a_nonsense_day_shows_today(client: Client, writer: User, asked: str) -> None:
    client.force_login(writer)
    assert client.get(reverse("home:today"), {"dia": asked}).context["route"].day == TODAY


def test_an_empty_day_teaches(client: Client, writer: User) -> None:
    client.force_login(writer)
    page = client.get(reverse("home:today"), {"dia": "2031-01-01"}).content.decode()
    assert reverse("agenda:list") in page


def test_script_in_a_title_stays_text(client: Client, writer: User) -> None:
    event(title="<script>alert(1)</script>", created_by=writer)
    client.force_login(writer)
    page = client.get(reverse("home:today")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
