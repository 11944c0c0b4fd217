"""Deadlines run on working days only, in the office's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commsoffice.office.models import NonWorkingDay, Office
from commsoffice.office.working_days import add_working_days, add_working_hours, is_working_day

MEXICO = ZoneInfo("America/Mexico_City")
pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 11, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=MEXICO)


@pytest.fixture
def _holiday() -> None:
    NonWorkingDay.objects.create(day=date(2026, 11, 16), reason="Revolución")


@pytest.mark.usefixtures("_holiday")
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (at(9), 0, at(9)),
        (at(9), 1, at(10)),
        (at(13), 1, at(17)),  # over a weekend and the Monday off
        (at(12), 3, at(18)),
        (at(14), 1, at(17)),  # from a Saturday
        (at(16), 1, at(17)),  # from the day off itself
    ],
)
def test_days(start: datetime, days: int, end: datetime) -> None:
    assert add_working_days(start, days) == end


@pytest.mark.usefixtures("_holiday")
@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(9), 2, at(9, 13)),
        (at(13, 20), 4, at(14, 0)),
        (at(13, 20), 5, at(17, 1)),
        (at(14), 1, at(17, 1)),
        (at(9), 48, at(11)),
    ],
)
def test_hours(start: datetime, hours: int, end: datetime) -> None:
    assert add_working_hours(start, hours) == end


def test_the_day_is_the_offices_own() -> None:
    # Saturday at two in the morning in Greenwich is still Friday evening here.
    late = datetime(2026, 11, 14, 2, tzinfo=UTC)
    assert add_working_days(late, 1) == datetime(2026, 11, 16, 20, tzinfo=MEXICO)


def test_change_of_the_clocks_moves_no_hour() -> None:
    Office.objects.update(time_zone="America/Tijuana")
    tijuana = ZoneInfo("America/Tijuana")
    friday = datetime(2026, 10, 30, 11, tzinfo=tijuana)
    assert add_working_days(friday, 1) == datetime(2026, 11, 2, 11, tzinfo=tijuana)


@pytest.mark.usefixtures("_holiday")
@pytest.mark.parametrize(("day", "works"), [(13, True), (14, False), (15, False), (16, False), (17, True)])
def test_working_day(day: int, works: bool) -> None:  # noqa: FBT001  a parameter of the test
    assert is_working_day(date(2026, 11, day)) == works


class TestAnyStart(TestCase):
    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),  # noqa: DTZ001  zone follows
        st.integers(0, 90),
        st.integers(0, 90),
    )
    def test_adding_twice_is_adding_the_sum(self, start: datetime, first: int, second: int) -> None:
        assert add_working_days(add_working_days(start, first), second) == add_working_days(start, first + second)
