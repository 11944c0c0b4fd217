"""The table of moves: the database keeps it, and each verb keeps to it."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.enums import SETTLED, TRANSITIONS, AttemptKind, DeliveryState, HandOutcome
from commsoffice.outbox.models import Attempt, Delivery
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory

STATES = list(DeliveryState)
BY_HAND = {outcome.state for outcome in HandOutcome}
pytestmark = pytest.mark.django_db


def by_hand(delivery: Delivery) -> Delivery:
    """The same, with what a person recorded that led to where it stands, if that may be."""
    if delivery.state in BY_HAND:
        Attempt.objects.create(
            delivery=delivery,
            kind=AttemptKind.HAND,
            fence=0,
            started_at=NOW,
            finished_at=NOW,
            outcome=delivery.state,
        )
        Delivery.objects.filter(pk=delivery.pk).update(attempts_made=1)
    return delivery


@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", STATES)
def test_database_allows_the_table_and_nothing_else(before: DeliveryState, after: DeliveryState) -> None:
    delivery = by_hand(DeliveryFactory.create(state=before, publish_at=NOW))
    allowed = before == after or (before, after) in TRANSITIONS
    try:
        with transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(
                state=after, settled_at=NOW if after in SETTLED else None, lease_until=NOW + timedelta(minutes=1)
            )
    except InternalError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize("before", [DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.CANCELLED])
def test_database_lets_nothing_be_done_again_that_was_not_made_by_hand(before: DeliveryState) -> None:
    delivery = DeliveryFactory.create(state=before)
    with pytest.raises(InternalError, match="not made by hand"), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.TO_DO, settled_at=None)


Verb = Callable[[Delivery, User], object]
VERBS: dict[str, tuple[Verb, dict[DeliveryState, DeliveryState]]] = {
    "delivered by hand": (
        lambda d, u: actions.record_by_hand(d, outcome="confirmed", by=u, now=NOW),
        {DeliveryState.TO_DO: DeliveryState.CONFIRMED},
    ),
    "sent by hand": (
        lambda d, u: actions.record_by_hand(d, outcome="sent", by=u, now=NOW),
        {DeliveryState.TO_DO: DeliveryState.ACCEPTED},
    ),
    "nobody answered": (
        lambda d, u: actions.record_by_hand(d, outcome="no_answer", by=u, now=NOW),
        {DeliveryState.TO_DO: DeliveryState.TO_DO},
    ),
    "wrong number": (
        lambda d, u: actions.record_by_hand(d, outcome="rejected", by=u, now=NOW),
        {DeliveryState.TO_DO: DeliveryState.REJECTED},
    ),
    "not called": (
        lambda d, u: actions.record_by_hand(d, outcome="cancelled", by=u, now=NOW),
        {DeliveryState.TO_DO: DeliveryState.CANCELLED},
    ),
    "cancelled": (
        lambda d, u: actions.cancel(d, by=u, now=NOW, reason="Se retiró"),
        {
            DeliveryState.QUEUED: DeliveryState.CANCELLED,
            DeliveryState.HELD: DeliveryState.CANCELLED,
            DeliveryState.TO_DO: DeliveryState.CANCELLED,
            # The worker pulls it back.
            DeliveryState.SCHEDULED: DeliveryState.SCHEDULED,
        },
    ),
    "undone": (
        lambda d, u: actions.undo_by_hand(by_hand(d), by=u, now=NOW),
        {
            DeliveryState.ACCEPTED: DeliveryState.TO_DO,
            DeliveryState.CONFIRMED: DeliveryState.TO_DO,
            DeliveryState.REJECTED: DeliveryState.TO_DO,
            DeliveryState.CANCELLED: DeliveryState.TO_DO,
            DeliveryState.TO_DO: DeliveryState.TO_DO,
        },
    ),
    "it left": (
        lambda d, u: actions.resolve_unknown(d, "it_left", by=u, now=NOW),
        {DeliveryState.UNKNOWN: DeliveryState.ACCEPTED},
    ),
    "send again": (
        lambda d, u: actions.resolve_unknown(d, "send_again", by=u, now=NOW),
        {DeliveryState.UNKNOWN: DeliveryState.QUEUED},
    ),
    "do not send": (
        lambda d, u: actions.resolve_unknown(d, "do_not_send", by=u, now=NOW),
        {DeliveryState.UNKNOWN: DeliveryState.CANCELLED},
    ),
    "ask again": (
        lambda d, u: actions.ask_again(d, by=u, now=NOW),
        {DeliveryState.UNKNOWN: DeliveryState.UNKNOWN},
    ),
    "retry": (
        lambda d, u: actions.retry_rejected(d, by=u, now=NOW),
        {DeliveryState.REJECTED: DeliveryState.QUEUED},
    ),
    "seen": (
        lambda d, u: actions.mark_seen(d, by=u, now=NOW),
        {DeliveryState.REJECTED: DeliveryState.REJECTED},
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", list(VERBS))
def test_verb_moves_where_it_may_and_refuses_elsewhere(name: str, state: DeliveryState, head_of_press: User) -> None:
    verb, moves = VERBS[name]
    delivery = DeliveryFactory.create(state=state)
    if state in moves:
        verb(delivery, head_of_press)
        assert fresh(delivery).state == moves[state]
    else:
        with pytest.raises(WrongState):
            verb(delivery, head_of_press)
        assert fresh(delivery).state == state


@pytest.mark.parametrize("name", list(VERBS))
def test_verb_refuses_who_may_not(name: str, intern: User) -> None:
    verb, moves = VERBS[name]
    delivery = DeliveryFactory.create(state=next(iter(moves)))
    with pytest.raises(NotAllowed):
        verb(delivery, intern)


@pytest.mark.parametrize("state", STATES)
def test_cancelling_a_thing_takes_back_what_has_not_left(state: DeliveryState, head_of_press: User) -> None:
    from tests.outbox.factories import AreaFactory

    area = AreaFactory.create()
    delivery = DeliveryFactory.create(state=state, subject_id=area.pk)
    waits = state in {DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO}
    assert actions.cancel_for(area, by=head_of_press, now=NOW, reason="The event fell through") == int(waits)
    assert fresh(delivery).state == (DeliveryState.CANCELLED if waits else state)


@pytest.mark.parametrize(
    "change", [{"recipient": "otro@valle.example"}, {"key": "k"}, {"channel": "x"}, {"subject_version": "2"}]
)
def test_what_is_sent_is_frozen(change: dict[str, str]) -> None:
    delivery = DeliveryFactory.create()
    with pytest.raises(InternalError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**change)


def test_message_is_frozen() -> None:
    message = DeliveryFactory.create().message
    message.payload = {"text": "Otra cosa"}
    with pytest.raises(InternalError), transaction.atomic():
        message.save()


def test_ledger_forgets_no_row() -> None:
    delivery = DeliveryFactory.create()
    with pytest.raises(InternalError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).delete()


def test_database_keeps_no_scheduled_one_without_its_hour() -> None:
    with pytest.raises(IntegrityError, match="outbox_scheduled_has_hour"), transaction.atomic():
        DeliveryFactory.create(state=DeliveryState.SCHEDULED, publish_at=None)


def test_those_of_before_without_an_hour_have_left() -> None:
    migration = import_module("commsoffice.outbox.migrations.0015_scheduled_has_hour").Migration
    kept = [each for each in Delivery._meta.constraints if each.name == "outbox_scheduled_has_hour"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Delivery, kept[0])
    before = [DeliveryFactory.create(state="scheduled", publish_at=hour) for hour in (None, NOW)]
    connection.check_constraints()
    state = MigrationExecutor(connection).loader.project_state(("outbox", "0014_undone"))
    with connection.schema_editor() as editor:
        migration("0015_scheduled_has_hour", "outbox").apply(state, editor)
    assert [fresh(row).state for row in before] == ["accepted", "scheduled"]
