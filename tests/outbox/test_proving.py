"""What a network took and works on: asked what became of it."""

from datetime import timedelta

import pytest

from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.channels.base import Absent, CredentialsExpired, Found, Unavailable
from commsoffice.outbox.models import Attempt, Delivery
from tests.outbox.conftest import fresh, send
from tests.outbox.factories import NOW, DeliveryFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)

SOON = NOW + timedelta(minutes=3)


@pytest.fixture
def taken(other_side: OtherSide) -> Delivery:
    """A video that the network took."""
    return send(DeliveryFactory.create(is_slow=True))


def test_before_its_time_nobody_is_asked(taken: Delivery, other_side: OtherSide) -> None:
    actions.sweep(now=NOW + timedelta(minutes=1))
    assert other_side.proven == []


def test_seen_it_is_confirmed(taken: Delivery, other_side: OtherSide) -> None:
    other_side.proofs[taken.recipient] = Found("r1", "https://red.example/r1", "there")
    actions.sweep(now=SOON)
    assert (fresh(taken).state, fresh(taken).remote_url) == ("confirmed", "https://red.example/r1")


def test_come_to_nothing_it_is_a_persons(
    taken: Delivery, other_side: OtherSide, settled: list[tuple[int, str]]
) -> None:
    other_side.proofs[taken.recipient] = Absent("It can't be played.")
    actions.sweep(now=SOON)
    assert (list(Delivery.objects.needs_person()), fresh(taken).reason, settled) == (
        [taken],
        "It can't be played.",
        [(taken.pk, "rejected")],
    )


def test_what_is_not_known_yet_is_asked_less_and_less_often_and_stays_taken(
    taken: Delivery, other_side: OtherSide
) -> None:
    waits = []
    for _again in range(8):
        before = fresh(taken).not_before
        actions.sweep(now=before)
        waits.append(round((fresh(taken).not_before - before).total_seconds() / 60))
    row = fresh(taken)
    assert (row.state, row.settled_at, waits) == ("accepted", taken.settled_at, [8, 32, 128, 512, 2048, 8192, 0, 0])


@pytest.mark.parametrize("error", [Unavailable("down"), ValueError("odd")])
def test_a_question_that_fails_decides_nothing(taken: Delivery, other_side: OtherSide, error: Exception) -> None:
    other_side.proofs[taken.recipient] = error
    actions.sweep(now=SOON)
    assert (fresh(taken).state, Attempt.objects.filter(kind="reconcile", outcome="accepted").count()) == ("accepted", 1)


def test_a_stopped_account_is_not_asked(taken: Delivery, other_side: OtherSide) -> None:
    other_side.proofs[taken.recipient] = CredentialsExpired("expired")
    actions.sweep(now=SOON)
    actions.sweep(now=fresh(taken).not_before)
    assert (fresh(taken).state, len(other_side.proven)) == ("accepted", 1)


def test_one_whose_asker_died_is_asked_again(taken: Delivery, other_side: OtherSide) -> None:
    Delivery.objects.filter(pk=taken.pk).update(asks_made=1, fence=2, lease_until=SOON + timedelta(minutes=5))
    other_side.proofs[taken.recipient] = Found("r1")
    actions.sweep(now=SOON)
    before = fresh(taken).state
    actions.sweep(now=SOON + timedelta(minutes=6))
    assert (before, fresh(taken).state) == ("accepted", "confirmed")


def test_what_a_person_decided_meanwhile_stands(taken: Delivery, other_side: OtherSide) -> None:
    def decided_meanwhile(delivery: Delivery) -> Absent:
        Delivery.objects.filter(pk=delivery.pk).update(fence=9)
        return Absent("It can't be played.")

    other_side.proofs[taken.recipient] = decided_meanwhile
    actions.sweep(now=SOON)
    assert (fresh(taken).state, fresh(taken).fence) == ("accepted", 9)


def test_what_a_person_saw_leave_has_all_its_questions(other_side: OtherSide, head_of_press: User) -> None:
    asked = DeliveryFactory.create(is_slow=True, state="unknown", asks_made=5)
    actions.resolve_unknown(asked, "it_left", by=head_of_press, now=NOW)
    row = fresh(asked)
    assert (row.state, row.asks_made, row.not_before) == ("accepted", 0, NOW + timedelta(minutes=2))


def test_what_is_quick_is_not_asked_about(other_side: OtherSide) -> None:
    send(DeliveryFactory.create())
    actions.sweep(now=SOON)
    assert other_side.proven == []
