"""An account that is stopped: throttled until an hour, or to be connected again."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox import actions, policy
from commsoffice.outbox.actions.people import GateSaysNo
from commsoffice.outbox.actions.stops import stop_throttled
from commsoffice.outbox.channels.base import Absent, CredentialsExpired, OutcomeUnknown, Throttled
from commsoffice.outbox.models import AccountStop, Attempt, Delivery
from tests.outbox.conftest import fresh, send
from tests.outbox.factories import NOW, DeliveryFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)

SOON = NOW + timedelta(minutes=30)
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _gates(settings: Settings) -> None:
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.not_before", "commsoffice.outbox.gates.account_open"]


def stop(other_side: OtherSide, error: Exception, account: str = "R01") -> None:
    delivery = DeliveryFactory.create(account=account)
    other_side.answers[delivery.recipient] = error
    send(delivery)
    other_side.answers.clear()
    other_side.sent.clear()


def test_throttled_it_waits_with_the_hour_in_words(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create(account="R01")
    other_side.answers[delivery.recipient] = Throttled("#32", timedelta(hours=1))
    held = send(delivery)
    assert (held.state, held.not_before >= NOW + timedelta(hours=1)) == ("held", True)
    until = AccountStop.objects.get().until
    assert until is not None
    assert abs(held.not_before - until) < timedelta(seconds=1)


def test_no_call_is_made_from_a_throttled_account(other_side: OtherSide) -> None:
    stop(other_side, Throttled("#32", timedelta(hours=1)))
    held = send(DeliveryFactory.create(account="R01"), SOON)
    assert (held.state, other_side.sent) == ("held", [])


def test_another_account_goes_on(other_side: OtherSide) -> None:
    stop(other_side, Throttled("#32", timedelta(hours=1)))
    assert send(DeliveryFactory.create(account="R02")).state == "accepted"


def test_another_channel_goes_on(other_side: OtherSide) -> None:
    stop(other_side, CredentialsExpired("190"))
    assert send(DeliveryFactory.create(account="R01", channel="other")).state == "accepted"


def test_after_the_announced_hour_it_goes_on_by_itself(other_side: OtherSide) -> None:
    stop(other_side, Throttled("#32", timedelta(hours=1)))
    held = send(DeliveryFactory.create(account="R01"), SOON)
    actions.sweep(now=LATER)
    actions.send_due(now=LATER)
    assert (fresh(held).state, AccountStop.objects.count()) == ("accepted", 0)


def test_expired_it_waits_for_whoever_connects_it(other_side: OtherSide) -> None:
    stop(other_side, CredentialsExpired("190"))
    held = send(DeliveryFactory.create(account="R01"))
    for day in range(3):
        actions.sweep(now=NOW + timedelta(days=day))
        actions.send_due(now=NOW + timedelta(days=day))
    assert (fresh(held).state, other_side.sent) == ("held", [])


def test_connected_again_it_goes_on(other_side: OtherSide) -> None:
    stop(other_side, CredentialsExpired("190"))
    held = send(DeliveryFactory.create(account="R01"))
    assert actions.resume_account("scripted", "R01", now=SOON) == 2
    actions.sweep(now=SOON)
    actions.send_due(now=SOON)
    assert fresh(held).state == "accepted"


def test_a_mail_server_that_refuses_the_password_is_tried_again(other_side: OtherSide) -> None:
    stop(other_side, CredentialsExpired("535"), account="")
    held = send(DeliveryFactory.create())
    actions.sweep(now=LATER)
    actions.send_due(now=LATER)
    assert fresh(held).state == "accepted"


def test_a_stopped_account_is_not_asked_either(other_side: OtherSide) -> None:
    unknown = DeliveryFactory.create(account="R01")
    other_side.answers[unknown.recipient] = OutcomeUnknown("lost")
    send(unknown)
    stop(other_side, CredentialsExpired("190"))
    actions.sweep(now=LATER)
    assert other_side.asked == []
    other_side.truths[unknown.recipient] = Absent()
    actions.resume_account("scripted", "R01", now=LATER)
    actions.sweep(now=LATER)
    assert (other_side.asked, fresh(unknown).state) == ([unknown.recipient], "queued")


def test_asking_may_stop_it_too(other_side: OtherSide) -> None:
    unknown = DeliveryFactory.create(account="R01")
    other_side.answers[unknown.recipient] = OutcomeUnknown("lost")
    other_side.truths[unknown.recipient] = CredentialsExpired("190")
    send(unknown)
    actions.sweep(now=SOON)
    assert AccountStop.objects.get().account == "R01"


def test_an_announced_hour_is_kept_to_the_minute() -> None:
    waits = [policy.retry_wait(1, timedelta(hours=20)) for _again in range(50)]
    assert timedelta(hours=20) <= min(waits)
    assert max(waits) <= timedelta(hours=20, minutes=1)


def test_a_throttle_is_no_try_in_vain(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create(account="R01")
    other_side.answers[delivery.recipient] = Throttled("#32", timedelta(minutes=5))
    now = NOW
    for _again in range(12):
        send(delivery, now)
        now += timedelta(hours=1)
        actions.sweep(now=now)
    assert fresh(delivery).state in {"held", "queued"}


def test_absent_for_ever_ends_before_a_person(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = OutcomeUnknown("lost")
    other_side.truths[delivery.recipient] = Absent()
    now = NOW
    for _again in range(20):
        send(delivery, now)
        now += timedelta(hours=1)
        actions.sweep(now=now)
    assert (fresh(delivery).state, len(other_side.sent)) == ("rejected", 8)


def test_the_reason_holds_no_secret(other_side: OtherSide) -> None:
    stop(other_side, CredentialsExpired("bad token EAABcdefghijklmnopqrstuvwxyz0123456789"))
    stop_row = AccountStop.objects.get()
    assert "EAAB" not in stop_row.reason
    assert not Attempt.objects.filter(answer__contains="EAAB").exists()


def test_hundreds_that_waited_go_on_in_one_sweep(other_side: OtherSide) -> None:
    DeliveryFactory.create_batch(450, account="R01", state="held")
    actions.sweep(now=NOW)
    assert Delivery.objects.filter(state="queued").count() == 450


def test_by_hand_again_the_gates_are_asked_first(settings: Settings, head_of_press: User) -> None:
    settings.OUTBOX_GATES = ["tests.outbox.gates.by_name"]
    delivery = DeliveryFactory.create(state="rejected", channel="telephone", recipient_name="refuse")
    with pytest.raises(GateSaysNo):
        actions.retry_rejected(delivery, by=head_of_press, now=NOW)
    assert fresh(delivery).state == "rejected"


def test_no_question_is_asked_from_an_account_that_was_stopped_by_the_one_before(other_side: OtherSide) -> None:
    unknown = [DeliveryFactory.create(account="R01") for _number in range(3)]
    for delivery in unknown:
        other_side.answers[delivery.recipient] = OutcomeUnknown("cut")
        other_side.truths[delivery.recipient] = Throttled("#32", timedelta(hours=1))
        send(delivery)
    actions.sweep(now=NOW + timedelta(minutes=10))
    assert other_side.asked == [unknown[0].recipient]
    for delivery in unknown:
        other_side.truths[delivery.recipient] = Absent()
    actions.sweep(now=LATER)
    assert [(fresh(delivery).state, fresh(delivery).asks_made) for delivery in unknown] == [("queued", 0)] * 3


def test_a_question_that_was_not_asked_does_not_count(other_side: OtherSide) -> None:
    unknown = [DeliveryFactory.create(account="R01") for _number in range(2)]
    for delivery in unknown:
        other_side.answers[delivery.recipient] = OutcomeUnknown("cut")
        other_side.truths[delivery.recipient] = Throttled("#32", timedelta(hours=1))
        send(delivery)
    actions.sweep(now=NOW + timedelta(minutes=10))
    assert [fresh(delivery).asks_made for delivery in unknown] == [1, 0]


def test_a_shorter_wait_does_not_end_a_longer_one(other_side: OtherSide) -> None:
    stop(other_side, Throttled("the day is used up", timedelta(hours=8)))
    late = DeliveryFactory.create(account="R01", state="unknown")
    # It was under way when the account was stopped.
    stop_throttled(late, Throttled("too fast", timedelta(minutes=5)), NOW)
    held = send(DeliveryFactory.create(account="R01"), LATER)
    assert (held.state, other_side.sent) == ("held", [])


def test_a_throttle_does_not_hide_that_the_account_must_be_connected(other_side: OtherSide) -> None:
    stop(other_side, CredentialsExpired("190"))
    stop_throttled(DeliveryFactory.create(account="R01", state="unknown"), Throttled("too fast"), NOW)
    assert AccountStop.objects.get().kind == "expired"


def test_connecting_it_again_does_not_end_a_throttle(other_side: OtherSide) -> None:
    stop(other_side, Throttled("#32", timedelta(hours=1)))
    held = send(DeliveryFactory.create(account="R01"))
    actions.resume_account("scripted", "R01", now=NOW)
    actions.sweep(now=NOW)
    actions.send_due(now=SOON)
    assert (fresh(held).state, other_side.sent) == ("held", [])
