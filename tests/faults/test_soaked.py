"""What befalls a worker in the middle of a call while it lives on."""

import pytest

from tests.soak.called import soak

pytestmark = pytest.mark.django_db(transaction=True)


def test_postgres_restarted_in_mid_send() -> None:
    found = soak("--strike", "postgres", "--quick", "--runs", "6", own_database=True)
    assert found.is_clean, found.said


def test_a_clock_moved_by_an_hour_in_mid_send() -> None:
    found = soak("--strike", "clock", "--quick", "--runs", "6")
    assert found.is_clean, found.said
