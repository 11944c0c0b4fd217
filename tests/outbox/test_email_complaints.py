"""Readers who press «spam»: what their providers report, through the real engine, SMTP and IMAP."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox import actions
from commsoffice.outbox.actions.returns import read_returned_mail
from commsoffice.outbox.channels.letter import message_id
from commsoffice.outbox.channels.verp import return_address
from commsoffice.outbox.enums import AttemptKind
from commsoffice.outbox.models import Delivery, ReturnedMail
from commsoffice.outbox.signals import recipient_complained
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory, MessageFactory
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _office(sandbox: SandboxProcess, settings: Settings) -> None:
    settings.EMAIL_RETURN_ADDRESS = "rebotes@valle.example"
    settings.SITE_URL = "https://valle.example"


@pytest.fixture
def heard() -> Any:
    told: list[int] = []

    def hear(delivery: Delivery, **_kwargs: Any) -> None:
        told.append(delivery.pk)

    recipient_complained.connect(hear)
    yield told
    recipient_complained.disconnect(hear)


def sent(**fields: Any) -> Delivery:
    payload = {"subject": "Entrega de luminarias", "text": "Buen día, {{name}}"}
    delivery = DeliveryFactory.create(
        channel="email", message=MessageFactory(channel="email", payload=payload), **fields
    )
    actions.send_due(NOW)
    return fresh(delivery)


def feedback(fields: str, about: str = "", *, to: str = "rebotes@valle.example", kind: str = "report") -> bytes:
    """A feedback report about whatever Message-ID."""
    return (
        f"From: fbl@proveedor.example\r\nTo: {to}\r\nSubject: FW\r\n"
        f'Content-Type: multipart/{kind}; report-type=feedback-report; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n"
        f"--x\r\nContent-Type: message/feedback-report\r\n\r\n{fields}\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n--x--\r\n"
    ).encode()


ABUSE = "Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1"


def kinds() -> list[tuple[str, int | None]]:
    return list(ReturnedMail.objects.order_by("pk").values_list("kind", "delivery_id"))


def seen(sandbox: SandboxProcess) -> list[bool]:
    return ["\\Seen" in row["flags"] for row in sandbox.mailbox()]


@pytest.mark.parametrize(
    "params", [{}, {"headers_only": True}, {"redacted": True}, {"redacted": True, "headers_only": True}]
)
def test_a_complaint_is_told_and_changes_no_state(
    sandbox: SandboxProcess, heard: list[int], params: dict[str, Any]
) -> None:
    sandbox.fault("smtp", "complain", **params)
    delivery = sent()
    read_returned_mail(LATER)
    assert (fresh(delivery).state, kinds(), heard, seen(sandbox)) == (
        "accepted",
        [("complaint", delivery.pk)],
        [delivery.pk],
        [True],
    )
    assert delivery.attempts.get(kind=AttemptKind.RETURN).answer == ReturnedMail.objects.get().get_kind_display()


@pytest.mark.parametrize(
    "written",
    [
        lambda d: feedback(f"{ABUSE}\r\nOriginal-Mail-From: <{return_address(d)}>"),
        lambda d: feedback(f"{ABUSE}\r\nOriginal-Mail-From: {return_address(d).upper()}"),
        lambda d: feedback(ABUSE, message_id(d)),
        lambda d: feedback(ABUSE, to=return_address(d)),
        lambda d: feedback("feedback-type: Opt-Out\r\nVersion: 0.1", message_id(d)),
    ],
)
def test_each_proof_is_enough(sandbox: SandboxProcess, heard: list[int], written: Any) -> None:
    delivery = sent()
    sandbox.deliver(written(delivery))
    read_returned_mail(LATER)
    assert heard == [delivery.pk]


@pytest.mark.parametrize(
    "forge",
    [
        lambda d: feedback(f"{ABUSE}\r\nOriginal-Rcpt-To: <{d.recipient}>", "<otra@medio.example>", to=d.recipient),
        lambda d: feedback(f"{ABUSE}\r\nOriginal-Mail-From: <rebotes+{d.pk}.000000000000@valle.example>"),
        lambda d: feedback(ABUSE, f"<{d.pk}.0123456789abcdef@valle.example>"),
        lambda d: feedback(ABUSE, "<999999999.0123456789abcdef@valle.example>"),
        # Not a wish to be left alone, or no report at all.
        lambda d: feedback("Feedback-Type: not-spam\r\nVersion: 1", message_id(d)),
        lambda d: feedback("Feedback-Type: auth-failure\r\nVersion: 1", message_id(d)),
        lambda d: feedback("Feedback-Type: fraud\r\nVersion: 1", message_id(d)),
        lambda d: feedback("Version: 1", message_id(d)),
        lambda d: feedback(ABUSE, message_id(d), kind="mixed"),
        lambda d: feedback("Feedback-Type: " + "abuse" * 100_000, message_id(d)),
        lambda d: feedback("\x00" * 5000 + "\r\nFeedback-Type: \xff", message_id(d)),
        lambda d: feedback(ABUSE, message_id(d)).replace(b"--x", b"--x" * 2000),
    ],
)
def test_without_proof_or_wish_it_is_left_to_people(sandbox: SandboxProcess, heard: list[int], forge: Any) -> None:
    delivery = sent(recipient="redaccion@valle.example")
    sandbox.deliver(forge(delivery))
    read_returned_mail(LATER)
    assert (fresh(delivery).state, heard, seen(sandbox)) == ("accepted", [], [False])


@pytest.mark.parametrize("state", ["queued", "held", "cancelled", "to_do"])
def test_nobody_complains_of_what_has_not_left(sandbox: SandboxProcess, heard: list[int], state: str) -> None:
    delivery = DeliveryFactory.create(channel="email", state=state)
    sandbox.deliver(feedback(ABUSE, to=return_address(delivery)))
    read_returned_mail(LATER)
    assert (fresh(delivery).state, heard, kinds(), seen(sandbox)) == (state, [], [("complaint", None)], [False])


def test_who_complains_has_got_it(sandbox: SandboxProcess, heard: list[int]) -> None:
    sandbox.fault("smtp", "accept_then_drop")
    delivery = sent()
    assert delivery.state == "unknown"
    sandbox.deliver(feedback(ABUSE, message_id(delivery)))
    read_returned_mail(LATER)
    assert (fresh(delivery).state, heard) == ("accepted", [delivery.pk])


def test_a_complaint_of_each_device_is_one(sandbox: SandboxProcess, heard: list[int]) -> None:
    delivery = sent()
    for _ in range(3):
        sandbox.deliver(feedback(ABUSE, message_id(delivery)))
    assert (read_returned_mail(LATER), read_returned_mail(LATER)) == (3, 0)
    assert (heard, delivery.attempts.filter(kind=AttemptKind.RETURN).count()) == ([delivery.pk], 1)
    assert seen(sandbox) == [True] * 3


def test_a_listener_that_fails_has_it_read_again(sandbox: SandboxProcess, heard: list[int]) -> None:
    def fail(**_kwargs: Any) -> None:
        raise RuntimeError("no")

    delivery = sent()
    sandbox.deliver(feedback(ABUSE, message_id(delivery)))
    recipient_complained.connect(fail, weak=False)
    try:
        assert (read_returned_mail(LATER), kinds()) == (0, [])
    finally:
        recipient_complained.disconnect(fail)
    assert (read_returned_mail(LATER), heard[-1]) == (1, delivery.pk)
