"""The one switch of a crisis."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from commsoffice.accounts.errors import NotAllowed, NotValid, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.outbox import actions
from commsoffice.outbox.actions.judge import obey, verdict_on
from commsoffice.outbox.actions.pausing import AlreadyPaused, NotPaused
from commsoffice.outbox.channels.base import Absent, Found
from commsoffice.outbox.models import Pause
from tests.outbox.conftest import fresh, send
from tests.outbox.factories import NOW, DeliveryFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(hours=5)


@pytest.fixture(autouse=True)
def _gates(settings: Settings) -> None:
    settings.OUTBOX_GATES = [
        "commsoffice.outbox.gates.paused",
        "commsoffice.outbox.gates.expired",
        "commsoffice.outbox.gates.not_before",
    ]


@pytest.fixture
def pause(director: User) -> Pause:
    return actions.pause_all("Inundación en el centro", ["PC"], by=director, now=NOW)


def test_nothing_leaves_while_paused(other_side: OtherSide, pause: Pause) -> None:
    delivery = send(DeliveryFactory.create())
    assert (delivery.state, other_side.sent) == ("held", [])
    assert "Inundación en el centro" in delivery.reason


def test_the_allowed_area_leaves(other_side: OtherSide, pause: Pause) -> None:
    assert send(DeliveryFactory.create(area="PC")).state == "accepted"


def test_what_the_office_tells_itself_leaves(other_side: OtherSide, pause: Pause) -> None:
    assert send(DeliveryFactory.create(purpose="notice")).state == "accepted"


def test_an_area_can_be_let_through_later(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = send(DeliveryFactory.create(area="SAL"))
    actions.allow_areas(["PC", "SAL"], by=director, now=NOW)
    actions.sweep(now=NOW)
    assert send(delivery).state == "accepted"


def test_what_expires_while_paused_is_kept_for_a_word(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = send(DeliveryFactory.create(expires_at=NOW + timedelta(hours=1)))
    actions.sweep(now=LATER)
    actions.resume_all(by=director, now=LATER)
    actions.sweep(now=LATER)
    actions.send_due(now=LATER)
    assert (fresh(delivery).state, fresh(delivery).asks_word, other_side.sent) == ("held", True, [])


def test_what_is_fresh_leaves_when_it_ends(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = DeliveryFactory.create(not_before=LATER - timedelta(minutes=10))
    actions.send_due(now=LATER)
    actions.resume_all(by=director, now=LATER)
    actions.sweep(now=LATER)
    actions.send_due(now=LATER)
    assert fresh(delivery).state == "accepted"


def test_what_its_hour_has_not_come_is_untouched(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = DeliveryFactory.create(not_before=LATER + timedelta(hours=1))
    assert actions.resume_all(by=director, now=LATER) == 0
    assert (fresh(delivery).state, fresh(delivery).asks_word) == ("queued", False)


def test_a_word_sends_it_though_its_time_was_over(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = send(DeliveryFactory.create(expires_at=NOW + timedelta(hours=1)))
    actions.resume_all(by=director, now=LATER)
    assert actions.give_word([delivery.pk], "send", by=director, now=LATER) == 1
    actions.send_due(now=LATER)
    assert fresh(delivery).state == "accepted"


def test_a_word_drops_it(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = send(DeliveryFactory.create())
    actions.resume_all(by=director, now=LATER)
    actions.give_word([delivery.pk], "do_not_send", by=director, now=LATER)
    assert (fresh(delivery).state, fresh(delivery).asks_word, other_side.sent) == ("cancelled", False, [])


def test_a_word_twice_is_once(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = send(DeliveryFactory.create())
    actions.resume_all(by=director, now=LATER)
    actions.give_word([delivery.pk], "send", by=director, now=LATER)
    assert actions.give_word([delivery.pk], "do_not_send", by=director, now=LATER) == 0


def test_no_word_while_paused(other_side: OtherSide, pause: Pause, director: User) -> None:
    with pytest.raises(WrongState):
        actions.give_word([1], "send", by=director, now=NOW)


def test_without_a_word_it_never_leaves(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = send(DeliveryFactory.create())
    actions.resume_all(by=director, now=LATER)
    for day in range(5):
        actions.sweep(now=LATER + timedelta(days=day))
        actions.send_due(now=LATER + timedelta(days=day))
    assert (fresh(delivery).state, other_side.sent) == ("held", [])


def test_only_one_is_open(pause: Pause, head_of_press: User) -> None:
    with pytest.raises(AlreadyPaused):
        actions.pause_all("Otra", [], by=head_of_press, now=NOW)


def test_the_database_lets_only_one_be_open(pause: Pause, director: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(reason="Otra", started_at=NOW, started_by=director)


def test_nothing_to_end(director: User) -> None:
    with pytest.raises(NotPaused):
        actions.resume_all(by=director, now=NOW)


def test_a_reason_is_needed(director: User) -> None:
    with pytest.raises(NotValid):
        actions.pause_all("  \n ", [], by=director, now=NOW)


def test_the_head_of_press_may(head_of_press: User) -> None:
    assert actions.pause_all("Sismo", [], by=head_of_press, now=NOW).started_by == head_of_press


@pytest.mark.parametrize("actor", ["writer", "community_manager", "citizen_desk", "administrator", "intern", "auditor"])
def test_nobody_else_may(actor: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(actor)
    with pytest.raises(NotAllowed):
        actions.pause_all("Sismo", [], by=user, now=NOW)


def test_each_verb_is_in_the_audit(pause: Pause, director: User) -> None:
    actions.allow_areas(["PC", "SAL"], by=director, now=NOW)
    actions.resume_all(by=director, now=LATER)
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "outbox.pause_all",
        "outbox.allow_areas",
        "outbox.resume_all",
    ]


def test_a_sweep_that_is_under_way_throws_nothing_away(other_side: OtherSide, pause: Pause, director: User) -> None:
    held = send(DeliveryFactory.create(expires_at=NOW + timedelta(hours=1)))
    actions.resume_all(by=director, now=LATER)
    # It read the row before the pause ended, and asks the gates after.
    obey(held, verdict_on(held, LATER), LATER)
    assert (fresh(held).state, fresh(held).asks_word) == ("held", True)


def test_what_nobody_knew_asks_for_a_word_as_well(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    other_side.truths[delivery.recipient] = Absent("not there")
    actions.resume_all(by=director, now=LATER)
    actions.sweep(now=LATER)
    actions.send_due(now=LATER + timedelta(minutes=1))
    assert (fresh(delivery).state, fresh(delivery).asks_word, other_side.sent) == ("held", True, [])


def test_sending_again_what_nobody_knew_is_a_word(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    actions.resume_all(by=director, now=LATER)
    actions.resolve_unknown(delivery, "send_again", by=director, now=LATER)
    actions.send_due(now=LATER)
    assert fresh(delivery).state == "accepted"


def test_what_nobody_knew_and_is_there_asks_for_nothing(other_side: OtherSide, pause: Pause, director: User) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    other_side.truths[delivery.recipient] = Found("p9")
    assert actions.resume_all(by=director, now=LATER) == 0
    actions.sweep(now=LATER)
    assert fresh(delivery).state == "accepted"
