"""Asking the other side about what nobody knows."""

from datetime import timedelta

import pytest

from commsoffice.outbox import actions
from commsoffice.outbox.channels.base import Absent, Found, OutcomeUnknown, Reconciled, Unavailable, Undecided
from commsoffice.outbox.models import Delivery
from tests.outbox.conftest import fresh, send
from tests.outbox.factories import NOW, AreaFactory, DeliveryFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def unknown(other_side: OtherSide) -> Delivery:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = OutcomeUnknown("connection closed")
    send(delivery)
    other_side.answers.clear()
    return delivery


def test_it_is_asked_only_after_a_while(unknown: Delivery, other_side: OtherSide) -> None:
    actions.sweep(NOW + timedelta(seconds=5))
    assert other_side.asked == []


def test_found_is_accepted(unknown: Delivery, other_side: OtherSide) -> None:
    other_side.truths[unknown.recipient] = Found(remote_id="p9", remote_url="https://red.example/p9")
    actions.sweep(LATER)
    found = fresh(unknown)
    assert (found.state, found.remote_id, found.remote_url) == ("accepted", "p9", "https://red.example/p9")


def test_proven_absence_sends_again(unknown: Delivery, other_side: OtherSide) -> None:
    other_side.truths[unknown.recipient] = Absent("25 posts, none of them it")
    actions.sweep(LATER)
    assert fresh(unknown).state == "queued"
    assert send(unknown, LATER + timedelta(seconds=10)).state == "accepted"
    assert list(unknown.attempts.values_list("kind", "outcome")) == [
        ("send", "unknown"),
        ("reconcile", "queued"),
        ("send", "accepted"),
    ]


def test_a_way_out_of_order_does_not_stop_the_sweep(unknown: Delivery, other_side: OtherSide) -> None:
    other_side.is_out_of_order = True
    actions.sweep(LATER)
    other_side.is_out_of_order = False
    assert fresh(unknown).state == "unknown"
    other_side.truths[unknown.recipient] = Found(remote_id="p9")
    actions.sweep(LATER + timedelta(minutes=10))
    assert fresh(unknown).state == "accepted"


@pytest.mark.parametrize("truth", [Undecided("not seen"), Unavailable("down"), ValueError("torn answer")])
def test_no_proof_stays_unknown(unknown: Delivery, other_side: OtherSide, truth: Reconciled | Exception) -> None:
    reason = fresh(unknown).reason
    other_side.truths[unknown.recipient] = truth
    actions.sweep(LATER)
    asked = fresh(unknown)
    assert (asked.state, asked.reason) == ("unknown", reason)


def test_it_is_asked_five_times_and_then_left_to_a_person(unknown: Delivery, other_side: OtherSide) -> None:
    for hour in range(1, 40):
        actions.sweep(NOW + timedelta(hours=hour))
    assert len(other_side.asked) == 5


def test_a_person_may_have_it_asked_again(unknown: Delivery, other_side: OtherSide, head_of_press) -> None:
    for hour in range(1, 40):
        actions.sweep(NOW + timedelta(hours=hour))
    other_side.truths[unknown.recipient] = Found(remote_id="p9")
    actions.ask_again(unknown, by=head_of_press, now=LATER)
    actions.sweep(NOW + timedelta(hours=41))
    assert fresh(unknown).state == "accepted"


def test_cancelled_and_proven_absent_is_cancelled(unknown: Delivery, other_side: OtherSide, head_of_press) -> None:
    area = AreaFactory.create(pk=unknown.subject_id)
    actions.cancel_for(area, by=head_of_press, now=NOW, reason="It fell through")
    other_side.truths[unknown.recipient] = Absent()
    actions.sweep(LATER)
    assert fresh(unknown).state == "cancelled"


class _Killed(BaseException):
    """What stops a worker stops it anywhere."""


def test_a_question_whose_worker_died_does_not_seem_to_go_on(unknown: Delivery, other_side: OtherSide) -> None:
    other_side.truths[unknown.recipient] = _Killed()  # type: ignore[assignment]  # no answer at all
    with pytest.raises(_Killed):
        actions.sweep(LATER)
    other_side.truths[unknown.recipient] = Undecided("not seen")
    actions.sweep(LATER + timedelta(minutes=10))
    questions = unknown.attempts.filter(kind="reconcile")
    assert [(each.outcome, each.finished_at is None) for each in questions] == [("unknown", False)] * 2


def test_the_last_question_is_asked_again_when_its_asker_died(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create(state="unknown", asks_made=5, lease_until=NOW - timedelta(minutes=1))
    actions.sweep(now=NOW)
    asked = fresh(delivery)
    assert (other_side.asked, asked.asks_made, asked.lease_until) == ([delivery.recipient], 5, None)
    actions.sweep(now=NOW + timedelta(days=1))
    assert len(other_side.asked) == 1
