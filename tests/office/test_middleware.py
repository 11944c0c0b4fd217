from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from commsoffice.accounts.models import User
from commsoffice.office.models import Office
from commsoffice.office.queries import office, remembered

pytestmark = pytest.mark.django_db


def test_pages_show_the_hour_of_the_office(client: Client, director: User) -> None:
    Office.objects.update(time_zone="America/Tijuana")
    client.force_login(director)
    with time_machine.travel(datetime(2026, 11, 22, 18, 30, tzinfo=UTC), tick=False):
        page = client.get(reverse("home:today")).content.decode()
    assert "10:30" in page


def test_the_profile_is_read_once_a_request(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with remembered(), django_assert_num_queries(1):
        assert office() is office()


def test_the_next_request_sees_a_change() -> None:
    with remembered():
        office()
    Office.objects.update(municipality="Otro Valle")
    with remembered():
        assert office().municipality == "Otro Valle"
