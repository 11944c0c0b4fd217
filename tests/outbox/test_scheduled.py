"""What a network publishes by itself at its hour."""

from datetime import timedelta

import pytest

from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.outbox import actions
from commsoffice.outbox.channels.base import (
    Absent,
    BadPayload,
    CredentialsExpired,
    Found,
    OutcomeUnknown,
    Refused,
    Scheduled,
    Throttled,
)
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from tests.outbox.conftest import fresh, send
from tests.outbox.factories import NOW, AreaFactory, DeliveryFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = NOW + timedelta(hours=3)
AFTER = HOUR + timedelta(minutes=2)


def scheduled(other_side: OtherSide, **fields: object) -> Delivery:
    delivery = DeliveryFactory.create(publish_at=HOUR, planned_for=HOUR, **fields)
    other_side.answers[delivery.recipient] = Scheduled(remote_id="s1", answer="scheduled")
    return send(delivery)


def test_handed_over_it_waits_for_its_hour(other_side: OtherSide) -> None:
    delivery = scheduled(other_side)
    assert (delivery.state, delivery.remote_id, delivery.not_before) == ("scheduled", "s1", HOUR + timedelta(minutes=1))


def test_what_got_no_hour_from_us_waits_for_none(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = Scheduled(remote_id="s1", answer="scheduled")
    assert (send(delivery).state, fresh(delivery).remote_id) == ("accepted", "s1")


def test_before_its_hour_nobody_is_asked(other_side: OtherSide) -> None:
    scheduled(other_side)
    actions.sweep(now=HOUR)
    assert other_side.asked == []


def test_seen_public_after_its_hour_it_is_confirmed(other_side: OtherSide) -> None:
    delivery = scheduled(other_side)
    other_side.truths[delivery.recipient] = Found("s1", "https://red.example/s1")
    actions.sweep(now=AFTER)
    assert (fresh(delivery).state, fresh(delivery).remote_url) == ("confirmed", "https://red.example/s1")


def test_gone_from_the_network_it_is_refused_before_a_person(other_side: OtherSide) -> None:
    delivery = scheduled(other_side)
    other_side.truths[delivery.recipient] = Absent("no such post")
    actions.sweep(now=AFTER)
    assert list(Delivery.objects.needs_person()) == [delivery]


def test_still_waiting_after_its_hour_it_ends_before_a_person(other_side: OtherSide) -> None:
    delivery = scheduled(other_side)
    other_side.truths[delivery.recipient] = Scheduled("s1")
    now = AFTER
    for _again in range(6):
        actions.sweep(now=now)
        now = max(fresh(delivery).not_before, now)
    assert (fresh(delivery).state, len(other_side.asked)) == ("unknown", 5)


def test_cancelled_it_is_pulled_back(other_side: OtherSide) -> None:
    area = AreaFactory.create()
    delivery = scheduled(other_side, subject_id=area.pk)
    actions.cancel_for(area, by=system_user(), now=NOW, reason="Se retiró")
    actions.sweep(now=NOW)
    assert (fresh(delivery).state, fresh(delivery).reason, other_side.pulled) == (
        "cancelled",
        "Se retiró",
        [delivery.recipient],
    )


def test_one_alone_can_be_taken_back(other_side: OtherSide, head_of_press: User) -> None:
    delivery = scheduled(other_side)
    actions.cancel(delivery, by=head_of_press, now=NOW, reason="Cambió la hora")
    actions.sweep(now=NOW)
    assert (fresh(delivery).state, fresh(delivery).reason) == ("cancelled", "Cambió la hora")


def test_a_pause_pulls_it_back_and_its_end_schedules_it_again(other_side: OtherSide, director: User) -> None:
    delivery = scheduled(other_side)
    actions.pause_all("Inundación", [], by=director, now=NOW)
    actions.sweep(now=NOW)
    assert (fresh(delivery).state, fresh(delivery).remote_id) == ("held", "")
    actions.resume_all(by=director, now=NOW + timedelta(hours=1))
    actions.sweep(now=NOW + timedelta(hours=1))
    actions.send_due(now=NOW + timedelta(hours=1))
    assert (fresh(delivery).state, other_side.sent) == ("scheduled", [delivery.recipient] * 2)


def test_a_pause_lets_the_allowed_area_stay_scheduled(other_side: OtherSide, director: User) -> None:
    delivery = scheduled(other_side, area="PC")
    actions.pause_all("Inundación", ["PC"], by=director, now=NOW)
    actions.sweep(now=NOW)
    assert (fresh(delivery).state, other_side.pulled) == ("scheduled", [])


def test_public_already_it_is_said_so(other_side: OtherSide, director: User) -> None:
    delivery = scheduled(other_side)
    other_side.pulls[delivery.recipient] = Found("s1", "https://red.example/s1")
    actions.pause_all("Inundación", [], by=director, now=NOW)
    actions.sweep(now=NOW)
    assert fresh(delivery).state == "confirmed"


@pytest.mark.parametrize("error", [OutcomeUnknown("lost"), Refused("no permission"), RuntimeError("what?")])
def test_what_can_not_be_pulled_back_is_tried_again(other_side: OtherSide, director: User, error: Exception) -> None:
    delivery = scheduled(other_side)
    other_side.pulls[delivery.recipient] = error
    actions.pause_all("Inundación", [], by=director, now=NOW)
    actions.sweep(now=NOW)
    assert (fresh(delivery).state, fresh(delivery).not_before) == ("scheduled", HOUR + timedelta(minutes=1))
    assert fresh(delivery).reason != ""
    actions.sweep(now=NOW + timedelta(seconds=30))
    assert len(other_side.pulled) == 1
    other_side.pulls.clear()
    actions.sweep(now=NOW + timedelta(minutes=10))
    assert fresh(delivery).state == "held"


@pytest.mark.parametrize("error", [Throttled("slow", timedelta(hours=1)), CredentialsExpired("190")])
def test_a_stopped_account_is_not_called_for_it(other_side: OtherSide, director: User, error: Exception) -> None:
    delivery = scheduled(other_side, account="R01")
    other_side.pulls[delivery.recipient] = error
    actions.pause_all("Inundación", [], by=director, now=NOW)
    actions.sweep(now=NOW)
    actions.sweep(now=NOW + timedelta(minutes=30))
    assert len(other_side.pulled) == 1


def test_an_unknown_one_found_scheduled_is_scheduled(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create(publish_at=HOUR, planned_for=HOUR)
    other_side.answers[delivery.recipient] = OutcomeUnknown("lost")
    other_side.truths[delivery.recipient] = Scheduled("s1")
    send(delivery)
    actions.sweep(now=NOW + timedelta(minutes=5))
    assert (fresh(delivery).state, fresh(delivery).remote_id) == ("scheduled", "s1")


def test_a_channel_without_hours_takes_none(writer: User) -> None:
    with pytest.raises(BadPayload):
        actions.enqueue(
            purpose=Purpose.RELEASE,
            channel="email",
            payload={"subject": "a", "text": "b"},
            recipients=[actions.Recipient("a@valle.example")],
            subject=AreaFactory.create(),
            by=writer,
            now=NOW,
            publish_at=HOUR,
        )


def test_the_state_is_open() -> None:
    assert not DeliveryState.SCHEDULED.is_settled


def test_after_a_throttle_nothing_more_is_asked_of_that_account(other_side: OtherSide) -> None:
    first, second = (scheduled(other_side, account="R01") for _number in range(2))
    for delivery in (first, second):
        other_side.truths[delivery.recipient] = Throttled("#32", timedelta(hours=1))
    actions.sweep(now=AFTER)
    assert (other_side.asked, fresh(second).state, fresh(second).asks_made) == ([first.recipient], "scheduled", 0)
