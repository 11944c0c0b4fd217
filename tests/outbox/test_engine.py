"""The worker: every answer of the other side, crashes, gates, late answers."""

import threading
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from pytest_django.fixtures import Settings

from commsoffice.outbox import actions
from commsoffice.outbox.actions.claim import begin, claim
from commsoffice.outbox.actions.judge import obey
from commsoffice.outbox.actions.moves import Clock, Outcome
from commsoffice.outbox.actions.results import finish
from commsoffice.outbox.channels.base import (
    CredentialsExpired,
    LeaseLost,
    OutcomeUnknown,
    Refused,
    Sent,
    Unavailable,
)
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.verdicts import Refuse
from tests.outbox.conftest import fresh, send
from tests.outbox.factories import NOW, AreaFactory, DeliveryFactory, MessageFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=10)


def only_attempt(delivery: Delivery) -> Attempt:
    return delivery.attempts.get()


# --- What the other side says ---------------------------------------------------------------------


def test_yes_is_accepted(other_side: OtherSide) -> None:
    sent = send(DeliveryFactory.create())
    assert (sent.state, sent.remote_id, sent.settled_at is not None) == ("accepted", "r1", True)


def test_proof_is_confirmed(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = Sent(confirmed=True, remote_url="https://valle.example/1")
    sent = send(delivery)
    assert (sent.state, sent.remote_url) == ("confirmed", "https://valle.example/1")


def test_no_for_good_is_rejected_with_its_words(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = Refused("550 no existe la cuenta")
    sent = send(delivery)
    assert (sent.state, sent.reason, only_attempt(sent).answer) == (
        "rejected",
        "550 no existe la cuenta",
        "550 no existe la cuenta",
    )


def test_not_now_waits_longer_each_time(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = Unavailable("421 try later")
    first = send(delivery)
    wait = first.not_before - NOW
    assert first.state == "queued"
    assert timedelta(minutes=1) <= wait < timedelta(minutes=1, seconds=8)
    second = send(delivery, LATER)
    assert timedelta(minutes=2) <= second.not_before - LATER < timedelta(minutes=2, seconds=15)


def test_not_now_obeys_the_announced_time(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = Unavailable("throttled", retry_after=timedelta(hours=3))
    assert send(delivery).not_before >= NOW + timedelta(hours=3)
    assert send(delivery, LATER).attempts_made == 1


def test_not_now_for_ever_ends_before_a_person(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    Attempt.objects.bulk_create(
        Attempt(delivery=delivery, kind="send", fence=n, started_at=NOW, finished_at=NOW, outcome="queued")
        for n in range(1, 8)
    )
    other_side.answers[delivery.recipient] = Unavailable("421 try later")
    assert send(delivery).state == "rejected"


def test_no_answer_is_unknown(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = OutcomeUnknown("connection closed")
    sent = send(delivery)
    assert (sent.state, sent.settled_at, only_attempt(sent).outcome) == ("unknown", None, "unknown")


def test_unknown_is_never_sent_again_by_itself(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = OutcomeUnknown("connection closed")
    send(delivery)
    for hour in range(1, 30):
        actions.sweep(NOW + timedelta(hours=hour))
        actions.send_due(NOW + timedelta(hours=hour))
    assert (fresh(delivery).state, other_side.sent) == ("unknown", [delivery.recipient])


def test_surprise_is_unknown_and_keeps_no_secret(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = RuntimeError("GET /feed?access_token=EAAB1234567890abcdefghijkl failed")
    sent = send(delivery)
    assert sent.state == "unknown"
    assert "EAAB" not in sent.reason + only_attempt(sent).answer


def test_expired_account_is_held_and_tried_again(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    other_side.answers[delivery.recipient] = CredentialsExpired("190")
    assert send(delivery).state == "held"
    other_side.answers.clear()
    actions.sweep(NOW + timedelta(minutes=20))
    assert send(delivery, NOW + timedelta(minutes=20)).state == "accepted"


def test_one_refused_of_five_affects_only_him(other_side: OtherSide) -> None:
    five = DeliveryFactory.create_batch(5)
    other_side.answers[five[2].recipient] = Refused("550")
    assert actions.send_due(NOW) == 5
    assert [fresh(d).state for d in five] == ["accepted", "accepted", "rejected", "accepted", "accepted"]


def test_one_session_for_each_channel(other_side: OtherSide) -> None:
    DeliveryFactory.create_batch(3)
    DeliveryFactory.create_batch(2, channel="other")
    actions.send_due(NOW)
    assert other_side.sessions == 2


def test_channel_out_of_order_does_not_stop_the_others(other_side: OtherSide) -> None:
    lost = DeliveryFactory.create(channel="a-removed-one")
    good = DeliveryFactory.create()
    actions.send_due(NOW)
    assert (fresh(good).state, fresh(lost).state) == ("accepted", "sending")
    actions.sweep(LATER)
    assert fresh(lost).state == "queued"


def test_no_transaction_is_open_while_we_talk(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    seen: list[tuple[bool, str]] = []

    def look(d: Delivery) -> Sent:
        seen.append((connection.in_atomic_block, fresh(d).state))
        return Sent()

    other_side.answers[delivery.recipient] = look
    send(delivery)
    assert seen == [(False, "sending")]


def test_attempt_is_written_before_the_call(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    seen: list[int] = []

    def look(d: Delivery) -> Sent:
        seen.append(Attempt.objects.filter(delivery=d, finished_at=None).count())
        return Sent()

    other_side.answers[delivery.recipient] = look
    send(delivery)
    assert seen == [1]


def test_finished_attempt_is_not_rewritten(other_side: OtherSide) -> None:
    sent = send(DeliveryFactory.create())
    with pytest.raises(InternalError), transaction.atomic():
        sent.attempts.update(answer="something else")


def test_what_is_not_due_stays(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create(not_before=NOW + timedelta(hours=1))
    assert (actions.send_due(NOW), fresh(delivery).state) == (0, "queued")


def test_signal_tells_settled_and_unknown(other_side: OtherSide, settled: list[tuple[int, str]]) -> None:
    good, lost, later = DeliveryFactory.create_batch(3)
    other_side.answers[lost.recipient] = OutcomeUnknown()
    other_side.answers[later.recipient] = Unavailable()
    actions.send_due(NOW)
    assert settled == [(good.pk, "accepted"), (lost.pk, "unknown")]


# --- Gates ----------------------------------------------------------------------------------------


@pytest.fixture
def _named_gate(settings: Settings) -> None:
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.expired", "tests.outbox.gates.by_name"]


@pytest.mark.usefixtures("_named_gate")
@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("hold", "held", "crisis pause"),
        ("refuse", "rejected", "the text changed"),
        ("expire", "expired", "too late"),
    ],
)
def test_gate_decides_before_the_call(other_side: OtherSide, name: str, state: str, reason: str) -> None:
    judged = send(DeliveryFactory.create(recipient_name=name))
    attempt = only_attempt(judged)
    assert (judged.state, judged.reason, other_side.sent) == (state, reason, [])
    assert (attempt.kind, attempt.outcome, attempt.answer) == ("gate", state, reason)


@pytest.mark.usefixtures("_named_gate")
def test_gate_that_fails_lets_nothing_through(other_side: OtherSide) -> None:
    assert (send(DeliveryFactory.create(recipient_name="broken")).state, other_side.sent) == ("held", [])


@pytest.mark.usefixtures("_named_gate")
def test_embargo_is_held_until_its_hour(other_side: OtherSide) -> None:
    held = send(DeliveryFactory.create(recipient_name="embargo"))
    assert timedelta(0) <= held.not_before - (NOW + timedelta(hours=2)) < timedelta(seconds=5)


@pytest.mark.usefixtures("_named_gate")
def test_held_is_judged_again_and_leaves_when_the_gate_opens(other_side: OtherSide, settings: Settings) -> None:
    delivery = DeliveryFactory.create(recipient_name="hold")
    send(delivery)
    actions.sweep(NOW + timedelta(minutes=2))
    # The same answer again is no news.
    assert (fresh(delivery).state, delivery.attempts.count()) == ("held", 1)
    settings.OUTBOX_GATES = []
    actions.sweep(NOW + timedelta(minutes=4))
    assert send(delivery, NOW + timedelta(minutes=4)).state == "accepted"


def test_stale_is_expired_and_never_sent(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create(expires_at=NOW + timedelta(hours=1))
    assert (send(delivery, NOW + timedelta(hours=2)).state, other_side.sent) == ("expired", [])


@pytest.mark.parametrize("state", ["queued", "held", "to_do"])
def test_sweep_expires_what_is_stale(state: str) -> None:
    delivery = DeliveryFactory.create(state=state, expires_at=NOW + timedelta(hours=1))
    actions.sweep(NOW + timedelta(hours=2))
    assert fresh(delivery).state == "expired"


# --- Crashes and races ----------------------------------------------------------------------------


def test_worker_that_died_before_the_call_costs_nothing(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    claim(NOW, limit=1)
    actions.sweep(LATER)
    assert fresh(delivery).state == "queued"


def test_worker_that_died_during_the_call_leaves_unknown(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    [held] = claim(NOW, limit=1)
    begin(held, channel("scripted"), Clock(NOW))
    actions.sweep(NOW + timedelta(minutes=4))
    assert fresh(delivery).state == "sending"
    actions.sweep(LATER)
    assert (fresh(delivery).state, only_attempt(delivery).outcome) == ("unknown", "unknown")


def test_worker_that_lost_its_claim_does_not_call(other_side: OtherSide) -> None:
    DeliveryFactory.create()
    [held] = claim(NOW, limit=1)
    actions.sweep(LATER)
    claim(LATER, limit=1)
    assert begin(held, channel("scripted"), Clock(LATER)) is None


def test_late_proof_resolves_what_nobody_knew(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    [held] = claim(NOW, limit=1)
    attempt = begin(held, channel("scripted"), Clock(NOW))
    assert attempt is not None
    actions.sweep(LATER)
    finish(held, attempt, Outcome(DeliveryState.ACCEPTED, answer="it is there"), LATER)
    assert (fresh(delivery).state, delivery.attempts.count()) == ("accepted", 2)


def test_late_answer_changes_nothing_that_a_person_decided(other_side: OtherSide, head_of_press) -> None:
    delivery = DeliveryFactory.create()
    [held] = claim(NOW, limit=1)
    attempt = begin(held, channel("scripted"), Clock(NOW))
    assert attempt is not None
    actions.sweep(LATER)
    actions.resolve_unknown(delivery, "do_not_send", by=head_of_press, now=LATER)
    finish(held, attempt, Outcome(DeliveryState.QUEUED, answer="451 later"), LATER)
    assert fresh(delivery).state == "cancelled"
    assert sorted(delivery.attempts.values_list("kind", "outcome")) == [
        ("person", "cancelled"),
        ("send", "queued"),
        ("send", "unknown"),
    ]


def test_keeping_notes_renews_the_lease_and_notices_its_loss(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    [held] = claim(NOW, limit=1)
    way = channel("scripted")
    begin(held, way, Clock(NOW))
    way.keep(held, upload="u1")
    assert fresh(delivery).progress == {"upload": "u1"}
    Delivery.objects.filter(pk=held.pk).update(state="unknown", lease_until=None)
    with pytest.raises(LeaseLost):
        way.keep(held, upload="u2")


def test_cancelled_while_leaving_does_not_leave_again(other_side: OtherSide, head_of_press) -> None:
    area = AreaFactory.create()
    delivery = DeliveryFactory.create(subject_id=area.pk)

    def cancelled_meanwhile(d: Delivery) -> Sent:
        actions.cancel_for(area, by=head_of_press, now=NOW, reason="It fell through")
        raise Unavailable("451")

    other_side.answers[delivery.recipient] = cancelled_meanwhile
    sent = send(delivery)
    assert (sent.state, sent.reason) == ("cancelled", "It fell through")


def test_workers_at_once_never_share_a_row(other_side: OtherSide) -> None:
    message = MessageFactory.create()
    DeliveryFactory.create_batch(60, message=message)
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            while claimed := claim(NOW, limit=3):
                taken.extend(delivery.pk for delivery in claimed)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("fence", flat=True)) == {1}


def test_claim_takes_no_more_than_asked_and_the_oldest_first(other_side: OtherSide) -> None:
    late, early, middle = (DeliveryFactory.create(not_before=NOW - timedelta(minutes=minutes)) for minutes in (1, 3, 2))
    assert [d.pk for d in claim(NOW, limit=2)] == [early.pk, middle.pk]
    assert fresh(late).state == "queued"


def test_cancelled_between_the_claim_and_the_call_it_does_not_leave(other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    [claimed] = claim(NOW, limit=1)
    Delivery.objects.filter(pk=delivery.pk).update(cancel_reason="Withdrawn")
    assert begin(claimed, channel("scripted"), Clock(NOW)) is None
    actions.sweep(NOW + timedelta(minutes=10))
    assert (fresh(delivery).state, fresh(delivery).reason) == ("cancelled", "Withdrawn")


def test_cancelled_and_refused_by_a_gate_it_is_cancelled(settings: Settings, other_side: OtherSide) -> None:
    delivery = DeliveryFactory.create()
    [claimed] = claim(NOW, limit=1)
    Delivery.objects.filter(pk=delivery.pk).update(cancel_reason="Withdrawn")
    obey(claimed, Refuse("The release was withdrawn."), NOW)
    assert (fresh(delivery).state, fresh(delivery).reason) == ("cancelled", "Withdrawn")
