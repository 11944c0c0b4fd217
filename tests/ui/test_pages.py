from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from commsoffice.accounts.models import User
from commsoffice.ui.pages import Page, newest_first

NOW = datetime(2026, 10, 14, 17, 0, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> list[User]:
    """Five people of whom three share one instant; newest first."""
    made = [User.objects.create_user(f"p{number}@amatista.example", name=f"P{number}") for number in range(5)]
    for person, age in zip(made, (0, 1, 1, 1, 2), strict=True):
        User.objects.filter(pk=person.pk).update(created_at=NOW - timedelta(days=age))
    return [made[0], made[3], made[2], made[1], made[4]]


def page(query: str, size: int = 2) -> Page[User]:
    everyone = User.objects.filter(email__startswith="p")
    return newest_first(everyone, RequestFactory().get(f"/?{query}"), size=size)


def test_pages_follow_one_another_without_a_gap(people: list[User]) -> None:
    first = page("")
    second = page(first.more)
    third = page(second.more)
    assert [*first.rows, *second.rows, *third.rows] == people
    assert (first.is_first, second.is_first, third.more) == (True, False, "")


def test_the_filter_stays_in_the_address(people: list[User]) -> None:
    assert page("area=3").more.startswith("area=3&desde=")


def test_a_page_costs_one_query(people: list[User], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        page("", size=3)


@pytest.mark.parametrize(
    "cursor", ["x", "2026-10-14|", "|4", "2026-99-99|4", "2026-10-14|4", "2026-10-14T17:00|4", f"{NOW.isoformat()}|x"]
)
def test_a_torn_cursor_is_refused(people: list[User], cursor: str) -> None:
    with pytest.raises(BadRequest):
        page(f"desde={cursor}")
