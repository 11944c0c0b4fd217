"""The step of coverage: green only with files."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.enums import EventState
from agenda.models import StepWaiver
from commsoffice.ui.states import StateKind
from coverage import actions
from coverage.needs import to_cover, to_order
from coverage.route import coverage_step
from tests.coverage.factories import DAY, NOW, event
from tests.files.samples import camera_jpeg, mp4, uploaded

pytestmark = pytest.mark.django_db


def step_of(covered, user, now=NOW):
    return coverage_step([covered], user=user, now=now)[covered.pk]


def at(hour, day=DAY):
    # The office is six hours west of Greenwich.
    return dt.datetime.combine(day, dt.time(hour), tzinfo=dt.timezone(dt.timedelta(hours=-6)))


def test_with_files_it_is_covered_and_says_what_and_by_whom(head_of_press, photographer):
    covered = event(head_of_press)
    for width in (300, 310):
        actions.add_file(covered, uploaded(camera_jpeg(width, 200)), by=photographer, now=NOW)
    actions.add_file(covered, uploaded(mp4(1, size="320x180"), "V.MP4"), by=photographer, now=NOW)

    step = step_of(covered, head_of_press)

    assert (step.kind, step.word, step.detail) == (StateKind.DONE, "Covered", "2 photos, 1 video")
    assert step.who == "E. Tzompa, 12:00"
    assert step.verb is None


def test_an_order_alone_is_not_green(head_of_press, photographer):
    covered = event(head_of_press)
    order = actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)

    step = step_of(covered, photographer, at(9))

    assert (step.kind, step.word, step.detail, step.who) == (StateKind.RUNNING, "Ordered", order.folio, "E. Tzompa")
    assert step.verb.label == "Upload photos"


def test_the_event_is_over_and_nothing_came(head_of_press, photographer):
    step = step_of(event(head_of_press), photographer, at(11))

    assert (step.kind, step.word) == (StateKind.LATE, "Nothing came back")
    assert (step.verb.label, step.verb.primary) == ("Upload photos", True)


def test_while_it_happens_photos_may_come(head_of_press, photographer):
    assert step_of(event(head_of_press), photographer, at(10)).word == "Happening now"


def test_today_without_order_it_is_due_and_the_head_of_press_orders(head_of_press):
    step = step_of(event(head_of_press), head_of_press, at(9))

    assert (step.kind, step.verb.label, step.verb.primary) == (StateKind.DUE, "Order coverage", True)


def test_next_week_it_is_still_to_come(head_of_press):
    assert step_of(event(head_of_press, date=DAY + dt.timedelta(days=7)), head_of_press).kind == StateKind.TODO


def test_who_may_not_sees_no_verb(head_of_press, intern):
    assert step_of(event(head_of_press), intern, at(9)).verb is None
    assert step_of(event(head_of_press), intern, at(12)).verb is None


def test_a_proposed_event_waits_for_the_agenda(head_of_press):
    proposed = event(head_of_press, state=EventState.PROPOSED, confirmed_by=None, confirmed_at=None)

    assert step_of(proposed, head_of_press, at(9)).kind == StateKind.BLOCKED


def test_a_cancelled_event_needs_no_coverage(head_of_press):
    cancelled = event(head_of_press, state=EventState.CANCELLED, cancelled_reason="Lluvia")

    assert step_of(cancelled, head_of_press).kind == StateKind.WAIVED


def test_an_all_day_event_is_over_at_midnight(head_of_press):
    whole = event(head_of_press, start_time=None, end_time=None)

    assert step_of(whole, head_of_press, at(23)).kind != StateKind.LATE
    assert step_of(whole, head_of_press, at(0, DAY + dt.timedelta(days=1))).kind == StateKind.LATE


def test_three_events_cost_as_much_as_one(head_of_press, photographer):
    events = [event(head_of_press) for _ in range(3)]
    for number, covered in enumerate(events):
        actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)
        actions.add_file(covered, uploaded(camera_jpeg(300 + number, 200)), by=photographer, now=NOW)
    counts = []
    for some in (events[:1], events):
        with CaptureQueriesContext(connection) as queries:
            coverage_step(some, user=head_of_press, now=NOW)
        counts.append(len(queries))

    assert counts[0] == counts[1] == 5


def test_who_was_sent_is_reminded_until_something_came(head_of_press, photographer):
    covered = event(head_of_press)
    actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)
    assert [(need.title, need.kind) for need in to_cover(photographer, now=at(12))] == [(covered.title, StateKind.LATE)]
    assert to_cover(head_of_press, now=at(12)) == []

    actions.add_file(covered, uploaded(camera_jpeg(300, 200)), by=photographer, now=NOW)

    assert to_cover(photographer, now=at(12)) == []


def test_nobody_is_reminded_of_what_was_waived(head_of_press, photographer):
    covered = event(head_of_press)
    actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)
    StepWaiver.objects.create(event=covered, step="coverage", reason="Cubre el DIF", by=head_of_press, at=NOW)

    assert to_cover(photographer, now=at(12)) == []


def test_important_events_without_order_wait_for_who_orders(head_of_press, photographer):
    event(head_of_press, level="C")
    wanted = event(head_of_press, level="A")

    assert [need.verb.url for need in to_order(head_of_press, now=at(9))] == [f"/mesa/cobertura/{wanted.pk}/orden/"]
    assert to_order(photographer, now=at(9)) == []
    assert to_order(head_of_press, now=at(12)) == []
