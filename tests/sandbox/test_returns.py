"""What comes back for accepted mail: delivery reports and automatic answers, as their standards describe them."""

import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from imaplib import IMAP4

import pytest

from commsoffice.sandbox import seed
from tests.sandbox.process import SandboxProcess

SENDER = "rebotes+d42@amatista.example"
TO = "nadie@medio.example"


def send(sandbox: SandboxProcess, *recipients: str, sender: str = SENDER) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "prensa@amatista.example", TO, "Inicia la Feria ñ"
    message["Message-ID"] = "<entrega-42@amatista.example>"
    message.set_content("Texto del comunicado")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as client:
        client.send_message(message, sender, recipients or (TO,))


def read(sandbox: SandboxProcess) -> list[EmailMessage]:
    with IMAP4("127.0.0.1", sandbox.imap_port, timeout=60) as client:
        client.login(seed.IMAP_USER, seed.IMAP_PASSWORD)
        _, [count] = client.select()
        fetched = [client.fetch(str(number + 1), "(BODY.PEEK[])")[1][0] for number in range(int(count or b"0"))]
    return [message_from_bytes(row[1], policy=policy.default) for row in fetched if isinstance(row, tuple)]


def status_of(report: EmailMessage) -> dict[str, str]:
    part = next(part for part in report.walk() if part.get_content_type() == "message/delivery-status")
    fields = part.get_payload()
    assert isinstance(fields, list)
    blocks = [block for block in fields if isinstance(block, Message)]
    return {name: str(value) for block in blocks for name, value in block.items()}


def test_a_bounce_is_a_report_addressed_to_the_envelope_sender(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later", match={"recipient": TO})
    send(sandbox)
    [report] = read(sandbox)
    status = status_of(report)
    assert (
        report.get_content_type(),
        report.get_param("report-type"),
        str(report["To"]),
        [part.get_content_type() for part in report.iter_parts()],
        (status["Final-Recipient"], status["Action"], status["Status"]),
    ) == (
        "multipart/report",
        "delivery-status",
        SENDER,
        ["text/plain", "message/delivery-status", "message/rfc822"],
        (f"rfc822; {TO}", "failed", "5.1.1"),
    )


def test_the_message_itself_was_accepted(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later")
    send(sandbox)
    assert [mail["recipients"] for mail in sandbox.inbox()] == [[TO]]


@pytest.mark.parametrize(("headers_only", "kind"), [(False, "message/rfc822"), (True, "text/rfc822-headers")])
def test_the_original_is_inside_with_its_id(sandbox: SandboxProcess, kind: str, *, headers_only: bool):
    sandbox.fault("smtp", "bounce_later", headers_only=headers_only)
    send(sandbox)
    part = list(read(sandbox)[0].iter_parts())[2]
    assert (part.get_content_type(), b"<entrega-42@amatista.example>" in part.as_bytes()) == (kind, True)


def test_only_the_matching_recipient_bounces(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later", match={"recipient": TO}, times=None)
    send(sandbox, "alguien@medio.example", TO)
    assert [status_of(report)["Final-Recipient"] for report in read(sandbox)] == [f"rfc822; {TO}"]


def test_a_soft_bounce_is_a_delay(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later", soft=True, status="4.4.1")
    send(sandbox)
    status = status_of(read(sandbox)[0])
    assert (status["Action"], status["Status"], "Will-Retry-Until" in status) == ("delayed", "4.4.1", True)


def test_the_final_recipient_may_be_another(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later", final="buzon@otro.example")
    send(sandbox)
    status = status_of(read(sandbox)[0])
    assert (status["Original-Recipient"], status["Final-Recipient"]) == (f"rfc822; {TO}", "rfc822; buzon@otro.example")


@pytest.mark.parametrize(
    ("language", "words"), [("es", "No fue posible"), ("en", "could not be"), ("de", "konnte"), ("pt", "Não foi")]
)
def test_a_bounce_may_be_in_another_language(sandbox: SandboxProcess, language: str, words: str):
    sandbox.fault("smtp", "bounce_later", language=language)
    send(sandbox)
    text = next(read(sandbox)[0].iter_parts())
    assert words in text.get_content()


@pytest.mark.parametrize(
    ("mangled", "shape"),
    [
        ("no_report", ("text/plain", [])),
        ("no_original", ("multipart/report", ["text/plain", "message/delivery-status"])),
        ("cut", ("multipart/report", ["text/plain", "message/delivery-status", "message/rfc822"])),
    ],
)
def test_a_bounce_may_be_badly_made(sandbox: SandboxProcess, mangled: str, shape: tuple[str, list[str]]):
    sandbox.fault("smtp", "bounce_later", mangled=mangled)
    send(sandbox)
    [report] = read(sandbox)
    assert (report.get_content_type(), [part.get_content_type() for part in report.iter_parts()]) == shape


def test_a_bounce_may_come_hours_later(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later", after=3600)
    send(sandbox)
    before = sandbox.mailbox()
    sandbox.clock(3601)
    assert (before, len(sandbox.mailbox())) == ([], 1)


def test_a_reader_may_call_it_unwanted(sandbox: SandboxProcess):
    sandbox.fault("smtp", "complain")
    send(sandbox)
    [report] = read(sandbox)
    parts = list(report.iter_parts())
    blocks = parts[1].get_payload()
    assert isinstance(blocks, list)
    fields = {name: str(value) for block in blocks if isinstance(block, Message) for name, value in block.items()}
    assert (
        report.get_content_type(),
        report.get_param("report-type"),
        str(report["To"]),
        [part.get_content_type() for part in parts],
        (fields["Feedback-Type"], fields["Version"], fields["Original-Mail-From"], fields["Original-Rcpt-To"]),
        b"<entrega-42@amatista.example>" in parts[2].as_bytes(),
    ) == (
        "multipart/report",
        "feedback-report",
        "rebotes@amatista.example",
        ["text/plain", "message/feedback-report", "message/rfc822"],
        ("abuse", "1", f"<{SENDER}>", f"<{TO}>"),
        True,
    )


def test_a_provider_may_hide_who_called_it_unwanted(sandbox: SandboxProcess):
    sandbox.fault("smtp", "complain", redacted=True, headers_only=True, feedback="fraud")
    send(sandbox)
    [report] = read(sandbox)
    content = report.as_bytes()
    assert (b"Feedback-Type: fraud" in content, TO.encode() in content, SENDER.encode() in content) == (
        True,
        False,
        False,
    )


def test_a_report_is_never_answered(sandbox: SandboxProcess):
    sandbox.fault("smtp", "bounce_later")
    send(sandbox, sender="")
    assert sandbox.mailbox() == []


def test_an_automatic_answer_says_that_it_is_one(sandbox: SandboxProcess):
    sandbox.fault("smtp", "auto_reply")
    send(sandbox)
    [reply] = read(sandbox)
    assert (reply["To"], reply["From"], reply["Auto-Submitted"], reply["In-Reply-To"], reply.get_content_type()) == (
        SENDER,
        TO,
        "auto-replied",
        "<entrega-42@amatista.example>",
        "text/plain",
    )


def test_an_automatic_answer_may_hide_that_it_is_one(sandbox: SandboxProcess):
    sandbox.fault("smtp", "auto_reply", bare=True, text="Error 550: fuera de la oficina")
    send(sandbox)
    [reply] = read(sandbox)
    assert (reply["Auto-Submitted"], reply.get_content()) == (None, "Error 550: fuera de la oficina\r\n")
