"""What goes into the ledger: once, frozen, and even with a stopped Redis."""

from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from commsoffice.accounts.models import User
from commsoffice.audit.queries import entries_about
from commsoffice.office.models import Area
from commsoffice.outbox import actions, queries
from commsoffice.outbox.actions import Recipient
from commsoffice.outbox.actions.enqueue import ExpiresTooEarly
from commsoffice.outbox.channels.base import BadPayload
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery, Message
from tests.outbox.factories import NOW, AreaFactory, DeliveryFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db

TWO = [
    Recipient(
        "redaccion@eco.example", "El Eco", ref="media_contacts.contact:1", personal={"link": "https://x.example/1"}
    ),
    Recipient("mesa@sierra.example", "Salud y Sierra", ref="media_contacts.contact:2"),
]


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


def put(area: Area, by: User, recipients: list[Recipient] = TWO, **changes: object) -> list[Delivery]:
    given: dict[str, object] = {
        "purpose": Purpose.RELEASE,
        "channel": "scripted",
        "payload": {"text": "Se entregan luminarias."},
        "recipients": recipients,
        "subject": area,
        "subject_version": "abc",
        "by": by,
        "now": NOW,
    }
    return actions.enqueue(**{**given, **changes})  # type: ignore[arg-type]  # the names are the verb's own


def test_one_message_and_one_delivery_each(area: Area, head_of_press: User) -> None:
    made = put(area, head_of_press)
    assert [(d.recipient, d.recipient_name, d.state, d.subject_label) for d in made] == [
        ("redaccion@eco.example", "El Eco", "queued", "Servicios Públicos"),
        ("mesa@sierra.example", "Salud y Sierra", "queued", "Servicios Públicos"),
    ]
    assert Message.objects.count() == 1


def test_again_is_the_same(area: Area, head_of_press: User) -> None:
    first = put(area, head_of_press)
    assert [d.pk for d in put(area, head_of_press)] == [d.pk for d in first]
    assert (Delivery.objects.count(), Message.objects.count(), entries_about(area).count()) == (2, 1, 1)


def test_another_version_is_another_delivery(area: Area, head_of_press: User) -> None:
    put(area, head_of_press)
    put(area, head_of_press, subject_version="def")
    assert Delivery.objects.count() == 4


def test_more_recipients_later_get_theirs_alone(area: Area, head_of_press: User) -> None:
    put(area, head_of_press, TWO[:1])
    put(area, head_of_press)
    assert Delivery.objects.count() == 2


def test_the_same_recipient_twice_gets_one(area: Area, head_of_press: User) -> None:
    made = put(area, head_of_press, [TWO[0], TWO[0]])
    assert len(made) == 1


def test_manual_channel_waits_for_a_person(area: Area, head_of_press: User) -> None:
    assert [d.state for d in put(area, head_of_press, channel="telephone")] == ["to_do", "to_do"]


def test_message_that_cannot_be_carried_is_refused(area: Area, head_of_press: User) -> None:
    with pytest.raises(BadPayload):
        put(area, head_of_press, channel="email", payload={"subject": "", "text": "x"})


def test_header_with_a_newline_is_refused(area: Area, head_of_press: User) -> None:
    payload = {"subject": "s", "text": "x", "headers": {"X-Office": "a\r\nBcc: otro@valle.example"}}
    with pytest.raises(BadPayload):
        put(area, head_of_press, channel="email", payload=payload)


def test_it_must_not_expire_before_it_may_leave(area: Area, head_of_press: User) -> None:
    with pytest.raises(ExpiresTooEarly):
        put(area, head_of_press, not_before=NOW + timedelta(hours=2), expires_at=NOW + timedelta(hours=1))


def test_very_long_address_still_has_one_key(area: Area, head_of_press: User) -> None:
    long = [Recipient("a" * 250 + "@valle.example")]
    assert [d.pk for d in put(area, head_of_press, long)] == [d.pk for d in put(area, head_of_press, long)]


def test_stopped_redis_loses_nothing(  # noqa: PLR0917  fixtures
    area: Area,
    head_of_press: User,
    other_side: OtherSide,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", "redis://127.0.0.1:9/0")
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level("WARNING"):
        put(area, head_of_press)
    assert "The broker is down" in caplog.text
    actions.send_due(NOW)
    assert queries.summary("office.area", area.pk) == {"accepted": 2}


def test_summary_counts_by_state_in_one_query(django_assert_num_queries) -> None:
    DeliveryFactory.create_batch(3, state="accepted")
    DeliveryFactory.create(state="unknown")
    with django_assert_num_queries(1):
        assert queries.summary("office.area", 1) == {"accepted": 3, "unknown": 1}


def test_retry_with_a_corrected_address_is_a_delivery_of_its_own(head_of_press: User) -> None:
    refused = DeliveryFactory.create(state="rejected", personal={"link": "https://x.example/1"})
    made = actions.retry_rejected(refused, by=head_of_press, now=NOW, address="nueva@valle.example")
    assert (made.recipient, made.state, made.message_id, made.personal) == (
        "nueva@valle.example",
        "queued",
        refused.message_id,
        {"link": "https://x.example/1"},
    )
    assert Delivery.objects.needs_person().count() == 0


def test_corrected_address_twice_is_refused(head_of_press: User) -> None:
    refused = DeliveryFactory.create(state="rejected")
    actions.retry_rejected(refused, by=head_of_press, now=NOW, address="nueva@valle.example")
    from commsoffice.outbox.actions.people import AlreadySentThere

    with pytest.raises(AlreadySentThere):
        actions.retry_rejected(refused, by=head_of_press, now=NOW, address="nueva@valle.example")


def test_forgetting_erases_the_person_and_keeps_the_fact(director: User) -> None:
    letter = DeliveryFactory.create(
        purpose=Purpose.REQUEST,
        state="accepted",
        recipient="vecina@valle.example",
        recipient_name="Vecina",
        recipient_ref="citizen_requests.requester:7",
        personal={"name": "Vecina"},
        message__payload={"subject": "s", "text": "Estimada Vecina"},
    )
    letter.attempts.create(
        kind="send", fence=1, started_at=NOW, finished_at=NOW, answer="250 <vecina@valle.example> ok"
    )
    assert actions.forget("citizen_requests.requester:7", by=director, now=NOW) == 1
    kept = Delivery.objects.get(pk=letter.pk)
    assert (kept.recipient, kept.recipient_name, kept.personal, kept.message.payload) == ("", "", {}, {})
    assert (kept.state, kept.attempts.get().answer) == ("accepted", "250 <…> ok")
    assert "ecina" not in "".join(e.target_label + e.note for e in entries_about(kept))


def test_forgetting_leaves_what_is_still_open(director: User) -> None:
    DeliveryFactory.create(state="queued", recipient_ref="r:1")
    assert actions.forget("r:1", by=director, now=NOW) == 0


def test_forgetting_erases_the_address_however_a_server_writes_it(director: User) -> None:
    letter = DeliveryFactory.create(
        purpose=Purpose.REQUEST,
        state="rejected",
        recipient="Vecina@Valle.example",
        recipient_ref="r:8",
        reason="550 5.1.1 <vecina@valle.example> unknown",
    )
    letter.attempts.create(kind="send", fence=1, started_at=NOW, finished_at=NOW, answer="550 <vecina@valle.example>")
    actions.forget("r:8", by=director, now=NOW)
    kept = Delivery.objects.get(pk=letter.pk)
    assert (kept.reason, kept.attempts.get().answer) == ("550 5.1.1 <…> unknown", "550 <…>")


def test_no_key_holds_an_address_that_somebody_corrected(director: User) -> None:
    refused = DeliveryFactory.create(purpose=Purpose.REQUEST, state="rejected")
    made = actions.retry_rejected(refused, by=director, now=NOW, address="vecina@valle.example")
    assert "vecina" not in made.key
