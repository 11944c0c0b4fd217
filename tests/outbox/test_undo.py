"""A mistaken tap on a list by hand is taken back: as if nobody had recorded anything."""

from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.outbox import actions
from commsoffice.outbox.actions.by_hand import NothingToUndo
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.queries import calls_of, with_calls
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

CALLS = reverse("outbox:calls")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


@pytest.fixture
def delivery() -> Delivery:
    return DeliveryFactory.create(channel="telephone", state="to_do", recipient="000 000 0101", recipient_name="Ana")


def post(press: Client, name: str, delivery: Delivery, *, htmx: bool = True, **values: str) -> str:
    url = reverse(f"outbox:{name}", args=[delivery.pk])
    answer = press.post(url, {"next": CALLS, **values}, headers=HTMX if htmx else {}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("outcome", ["sent", "confirmed", "rejected", "cancelled"])
def test_it_is_to_be_done_again(outcome: str, delivery: Delivery, writer: User) -> None:
    actions.record_by_hand(delivery, outcome=outcome, by=writer, now=NOW, note="Ana", put_aside=True)
    row = actions.undo_by_hand(delivery, by=writer, now=NOW + MINUTE)
    assert (row.state, row.reason, row.settled_at, row.seen_at, row.attempts_made) == ("to_do", "", None, None, 0)
    assert list(Attempt.objects.values_list("kind", "outcome")) == [("hand", outcome_state(outcome)), ("undo", "to_do")]
    assert Entry.objects.order_by("-pk").values_list("verb", flat=True)[0] == "outbox.undo_by_hand"


def outcome_state(outcome: str) -> str:
    return "accepted" if outcome == "sent" else outcome


def test_a_call_that_was_not_made_counts_no_more(delivery: Delivery, writer: User) -> None:
    for minutes in (0, 5):
        actions.record_by_hand(delivery, outcome="no_answer", by=writer, now=NOW + minutes * MINUTE)
    actions.undo_by_hand(delivery, by=writer, now=NOW + 6 * MINUTE)
    actions.record_by_hand(delivery, outcome="no_answer", by=writer, now=NOW + 9 * MINUTE)
    assert calls_of(with_calls(fresh(delivery))) == [NOW, NOW + 9 * MINUTE]


def test_it_is_taken_back_once(delivery: Delivery, writer: User) -> None:
    for minutes in (0, 5):
        actions.record_by_hand(delivery, outcome="no_answer", by=writer, now=NOW + minutes * MINUTE)
    actions.undo_by_hand(delivery, by=writer, now=NOW + 6 * MINUTE)
    with pytest.raises(NothingToUndo):
        actions.undo_by_hand(delivery, by=writer, now=NOW + 7 * MINUTE)


def test_what_the_recipient_confirmed_since_stays(delivery: Delivery, writer: User) -> None:
    actions.record_by_hand(delivery, outcome="sent", by=writer, now=NOW)
    actions.confirm_receipt(delivery, by=writer, now=NOW + MINUTE, how="telephone")
    with pytest.raises(NothingToUndo):
        actions.undo_by_hand(delivery, by=writer, now=NOW + 2 * MINUTE)
    assert fresh(delivery).state == "confirmed"


def test_what_left_again_to_a_corrected_number_stays(delivery: Delivery, head_of_press: User) -> None:
    actions.record_by_hand(delivery, outcome="rejected", by=head_of_press, now=NOW)
    actions.retry_rejected(delivery, by=head_of_press, now=NOW + MINUTE, address="000 000 0102")
    with pytest.raises(NothingToUndo):
        actions.undo_by_hand(delivery, by=head_of_press, now=NOW + 2 * MINUTE)


def test_what_was_cancelled_with_its_thing_stays(delivery: Delivery, writer: User) -> None:
    actions.record_by_hand(delivery, outcome="no_answer", by=writer, now=NOW)
    Delivery.objects.filter(pk=delivery.pk).update(state="cancelled", settled_at=NOW)
    with pytest.raises(NothingToUndo):
        actions.undo_by_hand(delivery, by=writer, now=NOW + MINUTE)


def test_after_a_day_others_have_built_on_it(delivery: Delivery, writer: User) -> None:
    actions.record_by_hand(delivery, outcome="confirmed", by=writer, now=NOW)
    with pytest.raises(NothingToUndo):
        actions.undo_by_hand(delivery, by=writer, now=NOW + DAY + MINUTE)
    assert actions.undo_by_hand(delivery, by=writer, now=NOW + DAY).state == "to_do"


def test_whom_the_ledger_has_forgotten_nobody_calls_again(delivery: Delivery, writer: User) -> None:
    actions.record_by_hand(delivery, outcome="confirmed", by=writer, now=NOW)
    with pgtrigger.ignore("outbox.Delivery:frozen"):
        Delivery.objects.filter(pk=delivery.pk).update(recipient="", recipient_name="")
    with pytest.raises(NothingToUndo):
        actions.undo_by_hand(delivery, by=writer, now=NOW)


@pytest.mark.parametrize(("name", "state"), [("refuse", "cancelled"), ("expire", "expired"), ("hold", "to_do")])
def test_what_may_not_be_made_any_more_ends_there(name: str, state: str, writer: User, settings: Settings) -> None:
    settings.OUTBOX_GATES = ["tests.outbox.gates.by_name"]
    delivery = DeliveryFactory.create(channel="telephone", state="to_do", recipient_name=name)
    actions.record_by_hand(delivery, outcome="confirmed", by=writer, now=NOW)
    assert actions.undo_by_hand(delivery, by=writer, now=NOW).state == state


def test_it_is_one_tap_away_where_the_mistake_was_made(press: Client, delivery: Delivery) -> None:
    undo = reverse("outbox:undo", args=[delivery.pk])
    assert f'hx-post="{undo}"' in post(press, "done", delivery, done="delivered")
    row = post(press, "undo", delivery)
    assert fresh(delivery).state == "to_do"
    assert (f'id="hand-{delivery.pk}"' in row, 'value="delivered"' in row, undo in row) == (True, True, False)


def test_after_nobody_answered_too(press: Client, delivery: Delivery) -> None:
    undo = reverse("outbox:undo", args=[delivery.pk])
    assert f'hx-post="{undo}"' in post(press, "done", delivery, done="no_answer")
    assert "co-hand__calls" not in post(press, "undo", delivery)


def test_without_javascript_the_page_that_has_the_button_is_one_tap_away(press: Client, delivery: Delivery) -> None:
    page = post(press, "done", delivery, htmx=False, done="delivered")
    detail = reverse("outbox:detail", args=[delivery.pk])
    assert f'<a href="{detail}">{_("Undo")}</a>' in page
    assert reverse("outbox:undo", args=[delivery.pk]) in press.get(detail).content.decode()
    post(press, "undo", delivery, htmx=False)
    assert fresh(delivery).state == "to_do"


def test_who_may_only_read_is_offered_nothing(client: Client, auditor: User, writer: User, delivery: Delivery) -> None:
    actions.record_by_hand(delivery, outcome="confirmed", by=writer, now=NOW)
    client.force_login(auditor)
    page = client.get(reverse("outbox:detail", args=[delivery.pk])).content.decode()
    assert reverse("outbox:undo", args=[delivery.pk]) not in page
