"""Mail that comes back, through the real engine, SMTP and IMAP."""

import imaplib
import logging
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from commsoffice.accounts.queries import system_user
from commsoffice.outbox import actions, tasks
from commsoffice.outbox.actions.returns import forget_returned_mail, read_returned_mail
from commsoffice.outbox.channels.letter import message_id
from commsoffice.outbox.channels.verp import return_address
from commsoffice.outbox.enums import AttemptKind
from commsoffice.outbox.models import Attempt, Delivery, ReturnedMail
from commsoffice.outbox.statuses import words_of
from commsoffice.sandbox import seed
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory, MessageFactory
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _office(sandbox: SandboxProcess, settings: Settings) -> None:
    settings.EMAIL_RETURN_ADDRESS = "rebotes@valle.example"
    settings.SITE_URL = "https://valle.example"


def sent(**fields: Any) -> Delivery:
    """A mail that our server took."""
    payload = {"subject": "Entrega de luminarias", "text": "Buen día, {{name}}"}
    delivery = DeliveryFactory.create(
        channel="email", message=MessageFactory(channel="email", payload=payload), **fields
    )
    actions.send_due(NOW)
    return fresh(delivery)


def mail(body: str = "Texto", **headers: str) -> bytes:
    lines = {"From": "Ana <ana@medio.example>", "To": "rebotes@valle.example", "Subject": "Hola", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{body}".encode()


def report(about: str = "", *, action: str = "failed", status: str = "5.1.1", said: str = "", **headers: str) -> bytes:
    """A delivery report about whatever Message-ID."""
    said = said or f"smtp; 550 {status} No existe <redaccion@valle.example>"
    return mail(
        "--x\r\nContent-Type: text/plain\r\n\r\nNo se entregó.\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.medio.example\r\n\r\n"
        f"Final-Recipient: rfc822; a@medio.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {said}\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n--x--\r\n",
        **{
            "From": "MAILER-DAEMON@mx.medio.example",
            "Content-Type": 'multipart/report; report-type=delivery-status; boundary="x"',
            **headers,
        },
    )


def seen(sandbox: SandboxProcess) -> list[bool]:
    return ["\\Seen" in row["flags"] for row in sandbox.mailbox()]


def kinds() -> list[str]:
    return list(ReturnedMail.objects.order_by("pk").values_list("kind", flat=True))


# --- What the servers of the others write ------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"headers_only": True},
        {"language": "de"},
        {"final": "buzon@otro.example"},
        {"mangled": "no_report"},
        {"mangled": "no_original"},
        {"mangled": "cut"},
    ],
)
def test_what_comes_back_is_rejected(sandbox: SandboxProcess, params: dict[str, Any]) -> None:
    sandbox.fault("smtp", "bounce_later", **params)
    delivery = sent()
    read_returned_mail(LATER)
    back = fresh(delivery)
    assert (back.state, back.bounced_at, seen(sandbox), kinds()) == ("rejected", LATER, [True], ["bounce"])


def test_without_signed_addresses_the_message_id_is_enough(sandbox: SandboxProcess, settings: Settings) -> None:
    settings.EMAIL_RETURN_ADDRESS = ""
    sandbox.fault("smtp", "bounce_later", headers_only=True)
    delivery = sent()
    read_returned_mail(LATER)
    assert fresh(delivery).state == "rejected"


def test_the_reason_is_in_words_with_the_servers_own(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "bounce_later", status="5.2.2")
    delivery = sent()
    read_returned_mail(LATER)
    assert fresh(delivery).reason == f"{words_of('5.2.2')}: 552 5.2.2 Mailbox full"


def test_it_stands_in_the_timeline_and_is_announced(sandbox: SandboxProcess, settled: list[tuple[int, str]]) -> None:
    sandbox.fault("smtp", "bounce_later")
    delivery = sent()
    read_returned_mail(LATER)
    assert list(delivery.attempts.values_list("kind", "outcome")) == [("send", "accepted"), ("return", "rejected")]
    assert settled == [(delivery.pk, "accepted"), (delivery.pk, "rejected")]


def test_a_delay_changes_nothing_and_is_told(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "bounce_later", soft=True)
    delivery = sent()
    read_returned_mail(LATER)
    assert (fresh(delivery).state, kinds()) == ("accepted", ["delayed"])
    told = delivery.attempts.get(kind=AttemptKind.RETURN)
    assert (told.outcome, "4.2.2" in told.answer) == ("accepted", True)


def test_a_soft_failure_for_good_is_rejected(sandbox: SandboxProcess) -> None:
    delivery = sent()
    sandbox.deliver(report(message_id(delivery), status="4.4.1"))
    read_returned_mail(LATER)
    assert fresh(delivery).state == "rejected"


def test_an_automatic_answer_changes_nothing(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "auto_reply")
    delivery = sent()
    read_returned_mail(LATER)
    row = ReturnedMail.objects.get()
    assert (fresh(delivery).state, row.kind, row.delivery_id, row.answer) == (
        "accepted",
        "auto_reply",
        delivery.pk,
        "",
    )


def test_an_automatic_answer_without_its_marks_is_no_bounce(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "auto_reply", bare=True, text="Error 550 5.1.1: fuera de la oficina")
    delivery = sent()
    read_returned_mail(LATER)
    assert (fresh(delivery).state, kinds()) == ("accepted", ["auto_reply"])


def test_a_persons_answer_is_left_unread(sandbox: SandboxProcess) -> None:
    delivery = sent()
    sandbox.deliver(mail("No pude abrir la foto. 550 5.1.1", In_Reply_To=message_id(delivery)))
    read_returned_mail(LATER)
    assert (fresh(delivery).state, kinds(), seen(sandbox)) == ("accepted", ["other"], [False])


def test_an_answer_proves_that_an_unknown_one_left(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "accept_then_drop")
    delivery = sent()
    assert delivery.state == "unknown"
    sandbox.deliver(mail(In_Reply_To=message_id(delivery)))
    read_returned_mail(LATER)
    assert fresh(delivery).state == "accepted"


def test_a_bounce_settles_an_unknown_one(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "accept_then_drop")
    delivery = sent()
    sandbox.deliver(report(message_id(delivery)))
    read_returned_mail(LATER)
    assert fresh(delivery).state == "rejected"


# --- Nobody is marked without proof ------------------------------------------------------------------


@pytest.mark.parametrize(
    "forge",
    [
        lambda d: report("<999999.0123456789abcdef@valle.example>"),
        lambda d: report(f"<{d.pk}.0123456789abcdef@valle.example>"),
        lambda d: report("<otra@medio.example>", To=d.recipient),
        lambda d: report("", To=f"rebotes+{d.pk}.000000000000@valle.example"),
        lambda d: report("", said=f"smtp; 550 5.1.1 <{d.recipient}> no existe"),
        lambda d: mail(f"550 5.1.1 <{d.recipient}>", From="mailer-daemon@mx.medio.example"),
    ],
)
def test_a_forged_report_marks_nobody(sandbox: SandboxProcess, forge: Any) -> None:
    delivery = sent(recipient="redaccion@valle.example")
    sandbox.deliver(forge(delivery))
    read_returned_mail(LATER)
    assert (fresh(delivery).state, seen(sandbox)) == ("accepted", [False])


def test_nobody_can_work_out_the_number_of_anothers_mail(sandbox: SandboxProcess) -> None:
    delivery = sent()
    digest = sha256(delivery.key.encode()).hexdigest()[:16]
    sandbox.deliver(report(f"<{delivery.pk}.{digest}@valle.example>"))
    read_returned_mail(LATER)
    assert (fresh(delivery).state, kinds()) == ("accepted", ["bounce"])


def test_the_number_of_a_mail_is_known_after_the_key_was_changed(sandbox: SandboxProcess, settings: Settings) -> None:
    delivery = sent()
    old = message_id(delivery)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-key-of-the-office-0123456789-abcdefghijklmnopqrstuvwxyz"
    sandbox.deliver(report(old))
    read_returned_mail(LATER)
    assert (message_id(delivery) == old, fresh(delivery).state) == (False, "rejected")


def test_a_forwarded_report_is_a_persons_mail(sandbox: SandboxProcess) -> None:
    delivery = sent()
    inner = report(message_id(delivery)).decode()
    forwarded = mail(
        f"--y\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--y--\r\n",
        **{"Content-Type": 'multipart/mixed; boundary="y"'},
    )
    sandbox.deliver(forwarded)
    read_returned_mail(LATER)
    assert (fresh(delivery).state, kinds()) == ("accepted", ["other"])


@pytest.mark.parametrize("state", ["queued", "held", "cancelled", "to_do"])
def test_what_has_not_left_can_not_come_back(sandbox: SandboxProcess, state: str) -> None:
    delivery = DeliveryFactory.create(channel="email", state=state)
    sandbox.deliver(report("", To=return_address(delivery)))
    read_returned_mail(LATER)
    assert fresh(delivery).state == state


def test_what_the_recipient_confirmed_stays_confirmed(sandbox: SandboxProcess) -> None:
    delivery = DeliveryFactory.create(channel="email", state="confirmed")
    sandbox.deliver(report("", To=return_address(delivery)))
    read_returned_mail(LATER)
    assert fresh(delivery).state == "confirmed"


def test_a_report_about_an_earlier_try_does_not_touch_the_next(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "bounce_later")
    delivery = sent()
    read_returned_mail(LATER)
    ReturnedMail.objects.all().delete()  # as if the mailbox had counted anew
    in_a_year = NOW + timedelta(days=365)
    actions.retry_rejected(fresh(delivery), by=system_user(), now=in_a_year)
    actions.send_one(delivery.pk, in_a_year)
    read_returned_mail(LATER)
    assert fresh(delivery).state == "accepted"


def test_what_is_just_leaving_waits_for_the_next_round(sandbox: SandboxProcess) -> None:
    delivery = DeliveryFactory.create(channel="email", state="sending")
    sandbox.deliver(report("", To=return_address(delivery)))
    assert (read_returned_mail(LATER), kinds(), seen(sandbox)) == (0, [], [False])


# --- Whatever is in the mailbox ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe" * 500,
        mail("á", Content_Type="text/plain; charset=klingon"),
        mail("x", Content_Type="multipart/report"),
        report("<1.0123456789abcdef@x>", status="\x00"),
        b"To: " + b"(" * 100_000 + b"\r\n\r\n",
        b"".join(b'Content-Type: multipart/report; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)),
        report(said="smtp; " + "a" * 300_000),
        mail("a" * 300_000, From="mailer-daemon@x.example"),
    ],
)
def test_a_broken_message_stops_nothing(sandbox: SandboxProcess, content: bytes) -> None:
    sandbox.deliver(content)
    sandbox.fault("smtp", "bounce_later")
    delivery = sent()
    read_returned_mail(LATER)
    assert (fresh(delivery).state, len(kinds())) == ("rejected", 2)


def test_only_the_beginning_of_a_huge_message_is_fetched(sandbox: SandboxProcess) -> None:
    delivery = sent()
    huge = report(message_id(delivery))[: -len("--x--\r\n")] + b"--x\r\n\r\n" + b"A" * 76 * 700_000
    sandbox.deliver(huge)
    read_returned_mail(LATER)
    assert fresh(delivery).state == "rejected"


def test_only_the_short_diagnosis_is_kept(sandbox: SandboxProcess) -> None:
    delivery = sent()
    secret = "smtp; 550 5.1.1 token=abc123 <ana@medio.example> " + "no " * 300
    sandbox.deliver(report(message_id(delivery), said=secret))
    read_returned_mail(LATER)
    row = ReturnedMail.objects.get()
    assert ("ana@" in row.answer, "abc123" in row.answer, len(row.answer) <= 300) == (False, False, True)


# --- Once, whatever happens --------------------------------------------------------------------------


def test_twice_is_once(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "bounce_later")
    delivery = sent()
    assert (read_returned_mail(LATER), read_returned_mail(LATER)) == (1, 0)
    assert delivery.attempts.filter(kind=AttemptKind.RETURN).count() == 1


def test_a_mailbox_that_numbers_anew_says_nothing_twice(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "auto_reply")
    answered = sent()
    sandbox.fault("smtp", "bounce_later")
    returned = sent()
    read_returned_mail(LATER)
    before = list(Attempt.objects.values_list("delivery", "kind", "outcome"))
    sandbox.renumber_mailbox()
    read_returned_mail(LATER + timedelta(minutes=1))
    assert (fresh(answered).state, fresh(returned).state) == ("accepted", "rejected")
    assert list(Attempt.objects.values_list("delivery", "kind", "outcome")) == before


def test_what_a_person_has_read_already_is_read_all_the_same(sandbox: SandboxProcess) -> None:
    delivery = sent()
    sandbox.deliver(report(message_id(delivery)))
    _mark_all_read(sandbox)
    read_returned_mail(LATER)
    assert fresh(delivery).state == "rejected"


@pytest.mark.parametrize("fault", ["drop_before", "drop_during"])
def test_a_lost_connection_costs_one_message_one_round(sandbox: SandboxProcess, fault: str) -> None:
    first, second = sent(), sent()
    sandbox.deliver(report(message_id(first)))
    sandbox.deliver(report(message_id(second)))
    sandbox.fault("imap", fault)
    read_returned_mail(LATER)
    once = [fresh(first).state, fresh(second).state]
    read_returned_mail(LATER)
    assert (once, [fresh(first).state, fresh(second).state]) == (["accepted", "rejected"], ["rejected", "rejected"])


def test_dying_before_the_mark_is_mended_in_the_next_round(sandbox: SandboxProcess) -> None:
    delivery = sent()
    sandbox.deliver(report(message_id(delivery)))
    sandbox.fault("imap", "drop_before", match={"method": "STORE$"})
    read_returned_mail(LATER)
    before = seen(sandbox)
    read_returned_mail(LATER)
    assert (before, seen(sandbox), delivery.attempts.filter(kind=AttemptKind.RETURN).count()) == ([False], [True], 1)


@pytest.mark.parametrize("fault", ["refuse_login", "unavailable", "in_use"])
def test_a_mailbox_that_is_shut_is_tried_later(
    sandbox: SandboxProcess, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    sandbox.fault("smtp", "bounce_later")
    delivery = sent()
    sandbox.fault("imap", fault)
    with caplog.at_level(logging.WARNING):
        assert read_returned_mail(LATER) == 0
    assert "sandbox-imap" not in caplog.text
    assert (read_returned_mail(LATER), fresh(delivery).state) == (1, "rejected")


def test_a_second_reader_does_nothing(sandbox: SandboxProcess) -> None:
    sandbox.fault("smtp", "bounce_later")
    sent()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [0x6F7574626F7801])
            assert read_returned_mail(LATER) == 0
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    assert read_returned_mail(LATER) == 1


def test_what_is_done_may_be_moved(sandbox: SandboxProcess, settings: Settings) -> None:
    settings.IMAP_DONE_FOLDER = "Devueltos"
    delivery = sent()
    sandbox.deliver(report(message_id(delivery)))
    sandbox.deliver(mail())
    read_returned_mail(LATER)
    assert sorted(row["folder"] for row in sandbox.mailbox()) == ["Devueltos", "INBOX"]


def test_without_a_mailbox_nothing_is_read(settings: Settings) -> None:
    settings.IMAP_URL = ""
    assert read_returned_mail(LATER) == 0


def test_what_was_read_long_ago_is_forgotten(sandbox: SandboxProcess) -> None:
    sandbox.deliver(mail())
    read_returned_mail(LATER)
    kept = forget_returned_mail(LATER + timedelta(days=89))
    assert (kept, forget_returned_mail(LATER + timedelta(days=91))) == (0, 1)


def test_nothing_is_ever_deleted_from_the_mailbox() -> None:
    source = Path(actions.__file__).parents[1] / "channels" / "mailbox.py"
    words = source.read_text(encoding="utf-8").lower()
    assert [word for word in ("expunge", r"\deleted", '"copy"') if word in words] == []


def _mark_all_read(sandbox: SandboxProcess) -> None:
    """What a person's mail program does."""
    with imaplib.IMAP4("127.0.0.1", sandbox.imap_port, timeout=10) as client:
        client.login(seed.IMAP_USER, seed.IMAP_PASSWORD)
        client.select()
        client.store("1:*", "+FLAGS", r"(\Seen)")


def test_the_workers_tasks_read_and_forget(sandbox: SandboxProcess) -> None:
    sandbox.deliver(mail())
    tasks.read_returned_mail()
    tasks.forget_returned_mail()
    assert kinds() == ["other"]
