"""Calendar files that other programs read."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from agenda import ics
from agenda.models import Event
from commsoffice.office.queries import office
from tests.agenda.factories import EventFactory

pytestmark = pytest.mark.django_db


def _read(content):
    (component,) = Calendar.from_ical(content).walk("VEVENT")
    return component


@pytest.mark.parametrize("zone", ["America/Tijuana", "America/Cancun", "Pacific/Honolulu"])
def test_an_all_day_event_stays_on_its_day_west_of_greenwich(zone, head_of_press):
    house = office()
    house.time_zone = zone
    event = EventFactory(created_by=head_of_press, date=dt.date(2026, 10, 9), start_time=None)
    component = _read(ics.one(event, house, now=timezone.now()))
    assert (component["dtstart"].dt, component["dtend"].dt) == (dt.date(2026, 10, 9), dt.date(2026, 10, 10))
    assert b"DTSTART;VALUE=DATE:20261009" in ics.one(event, house, now=timezone.now())


def test_an_hour_is_that_of_the_office_and_its_zone_stands_in_the_file(head_of_press):
    event = EventFactory(created_by=head_of_press, date=dt.date(2026, 10, 9), start_time=dt.time(10))
    content = ics.one(event, office(), now=timezone.now())
    assert _read(content)["dtstart"].dt == dt.datetime(2026, 10, 9, 10, tzinfo=ZoneInfo("America/Mexico_City"))
    assert b"BEGIN:VTIMEZONE" in content


def test_several_days_end_the_day_after_the_last(head_of_press):
    event = EventFactory(
        created_by=head_of_press, date=dt.date(2026, 10, 9), end_date=dt.date(2026, 10, 11), start_time=None
    )
    assert _read(ics.one(event, office(), now=timezone.now()))["dtend"].dt == dt.date(2026, 10, 12)


def test_a_newline_in_a_title_begins_no_line_of_the_file(head_of_press):
    event = EventFactory(created_by=head_of_press, title="Uno\r\nATTENDEE:mailto:otra@medio.example")
    component = _read(ics.one(event, office(), now=timezone.now()))
    assert "attendee" not in component


def test_it_names_no_attendee(head_of_press):
    assert "attendee" not in _read(ics.one(EventFactory(created_by=head_of_press), office(), now=timezone.now()))


class TestFeed:
    def test_only_what_is_public_and_confirmed(self, client, head_of_press):
        shown = EventFactory(created_by=head_of_press)
        EventFactory(created_by=head_of_press, is_public=False)
        EventFactory(created_by=head_of_press, state="proposed")
        EventFactory(created_by=head_of_press, state="cancelled")
        calendar = Calendar.from_ical(client.get(reverse("public_agenda:feed")).content)
        assert [str(event["uid"]) for event in calendar.walk("VEVENT")] == [str(shown.submission_key)]

    def test_unchanged_is_not_sent_again(self, client, head_of_press):
        EventFactory(created_by=head_of_press)
        url = reverse("public_agenda:feed")
        first = client.get(url)
        assert client.get(url).content == first.content
        assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304

    def test_a_change_is_sent(self, client, head_of_press):
        event = EventFactory(created_by=head_of_press)
        url = reverse("public_agenda:feed")
        tag = client.get(url)["ETag"]
        Event.objects.get(pk=event.pk).save()
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same(self, count, client, head_of_press, django_assert_num_queries):
        EventFactory.create_batch(count, created_by=head_of_press)
        with django_assert_num_queries(3):
            client.get(reverse("public_agenda:feed"))
