"""Calendar files (RFC 5545). An all-day event is a DATE: it stays on its day in every zone."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Component

from agenda.enums import EventState
from agenda.models import Event
from commsoffice.office.models import Office

# Where nobody wrote when it ends, a calendar needs something to show.
_UNSAID = dt.timedelta(hours=1)


def one(event: Event, office: Office, *, now: dt.datetime, method: str = "PUBLISH") -> bytes:
    """Return the file of one event for whoever was invited; ``method`` is PUBLISH or CANCEL.

    PUBLISH and not REQUEST: the file is the same for all, so it names no attendee.
    """
    calendar = _calendar(office, method)
    calendar.add_component(_component(event, office, stamp=now))
    return _bytes(calendar)


def feed(events: Iterable[Event], office: Office) -> bytes:
    """Return the public agenda as a subscribed calendar. The same events give the same bytes."""
    calendar = _calendar(office, "PUBLISH")
    calendar.add("x-wr-calname", str(office.government))
    calendar.add("x-wr-timezone", office.time_zone)
    for event in events:
        calendar.add_component(_component(event, office, stamp=event.updated_at))
    return _bytes(calendar)


def _calendar(office: Office, method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{office.name}//commsoffice//ES")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _component(event: Event, office: Office, *, stamp: dt.datetime) -> Component:
    zone = ZoneInfo(office.time_zone)
    component = Component()
    # The key of the row, made once: the same event is the same UID in every file of ours, for ever.
    component.add("uid", str(event.submission_key))
    component.add("sequence", event.sequence)
    component.add("dtstamp", stamp.astimezone(dt.UTC))
    component.add("summary", event.title)
    starts, ends = _span(event, zone)
    component.add("dtstart", starts)
    component.add("dtend", ends)
    if event.place:
        component.add("location", event.place)
    if event.description:
        component.add("description", event.description)
    component.add("organizer", f"mailto:{office.email}", parameters={"CN": office.name})
    component.add("status", "CANCELLED" if event.state == EventState.CANCELLED else "CONFIRMED")
    if event.is_all_day:
        component.add("transp", "TRANSPARENT")
    return component


def _span(event: Event, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    if event.start_time is None:
        # The end of a DATE span is the day after its last.
        return event.date, event.last_day + dt.timedelta(days=1)
    starts = event.starts_at(zone)
    if event.end_time is None:
        return starts, dt.datetime.combine(event.last_day, event.start_time, tzinfo=zone) + _UNSAID
    return starts, dt.datetime.combine(event.last_day, event.end_time, tzinfo=zone)


def _bytes(calendar: Calendar) -> bytes:
    # Readers that do not know the zone by its name find its rules in the file.
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
