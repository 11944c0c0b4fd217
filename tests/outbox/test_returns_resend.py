"""Sending again to those whom it did not reach, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from commsoffice.accounts.errors import NotAllowed
from commsoffice.audit.models import Entry
from commsoffice.outbox import actions
from commsoffice.outbox.models import Delivery
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, AreaFactory, DeliveryFactory, MessageFactory
from tests.outbox.scripted import OtherSide
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def thing() -> Any:
    return AreaFactory()


def about(thing: Any, **fields: Any) -> Delivery:
    given = {"state": "rejected", "attempts_made": 1, **fields}
    return DeliveryFactory(subject_type="office.area", subject_id=thing.pk, **given)


def test_only_the_failed_leave_again(thing, head_of_press):
    states = ["rejected", "accepted", "confirmed", "unknown", "cancelled", "expired", "held", "to_do"]
    rows = [about(thing, state=state) for state in states]
    count = actions.resend_failed(thing, by=head_of_press, now=LATER)
    assert (count, [fresh(row).state for row in rows]) == (1, ["queued", *states[1:]])


@pytest.mark.django_db(transaction=True)
def test_the_same_rows_leave_again_and_once(thing, head_of_press, other_side: OtherSide):
    failed = about(thing)
    actions.resend_failed(thing, by=head_of_press, now=LATER)
    actions.send_due(LATER)
    again = actions.resend_failed(thing, by=head_of_press, now=LATER)
    assert (again, other_side.sent, Delivery.objects.count()) == (0, [failed.recipient], 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"seen_at": NOW},
        {"confirmed_at": NOW},
        {"expires_at": LATER - timedelta(minutes=1)},
        {"attempts_made": 0},
        {"bounced_at": NOW},
        {"channel": "telephone"},
    ],
)
def test_some_refusals_are_left_alone(thing, head_of_press, fields):
    row = about(thing, **fields)
    assert (actions.resend_failed(thing, by=head_of_press, now=LATER), fresh(row).state) == (0, "rejected")


def test_nothing_of_another_thing_leaves(thing, head_of_press):
    row = about(AreaFactory())
    actions.resend_failed(thing, by=head_of_press, now=LATER)
    assert fresh(row).state == "rejected"


def test_it_is_one_line_in_the_audit_of_the_thing(thing, head_of_press):
    about(thing)
    about(thing)
    actions.resend_failed(thing, by=head_of_press, now=LATER)
    entry = Entry.objects.get()
    assert (entry.verb, entry.target_id) == ("outbox.resend_failed", str(thing.pk))


def test_nothing_to_do_is_no_line(thing, head_of_press):
    actions.resend_failed(thing, by=head_of_press, now=LATER)
    assert Entry.objects.count() == 0


def test_not_everybody_may(thing, writer):
    with pytest.raises(NotAllowed):
        actions.resend_failed(thing, by=writer, now=LATER)


def test_it_works_from_the_page(thing, client, head_of_press):
    row = about(thing)
    client.force_login(head_of_press)
    answer = client.post(reverse("outbox:resend", args=["office.area", thing.pk]))
    assert (answer.status_code, fresh(row).state) == (302, "queued")


@pytest.mark.parametrize("path", ["office.area/999999", "no.such/1", "office/1", "accounts.user/1"])
def test_what_nothing_was_sent_about_is_not_found(client, head_of_press, path):
    client.force_login(head_of_press)
    assert client.post(f"/mesa/envios/de/{path}/reenviar/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_from_the_mail_that_came_back_to_the_one_that_arrived(thing, head_of_press, sandbox: SandboxProcess):
    message = MessageFactory(channel="email", payload={"subject": "Luminarias", "text": "Buen día"})
    three = [about(thing, channel="email", message=message, state="queued", attempts_made=0) for _ in range(3)]
    sandbox.fault("smtp", "refuse_recipient", match={"recipient": three[1].recipient})
    actions.send_due(NOW)
    before = [fresh(row).state for row in three]
    actions.resend_failed(thing, by=head_of_press, now=LATER)
    actions.send_due(LATER)
    assert (before, [fresh(row).state for row in three]) == (["accepted", "rejected", "accepted"], ["accepted"] * 3)
    assert [len(sandbox.inbox(row.recipient)) for row in three] == [1, 1, 1]
