"""The mail server as smtplib sees it."""

import hashlib
import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from select import select

import pytest

from commsoffice.sandbox import seed
from commsoffice.stack import processes
from tests.sandbox.process import SandboxProcess

SENDER = "prensa@amatista.example"
REPORTER = "reportera@medio.example"


def message(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Comunicación Social <{SENDER}>"
    mail["To"] = REPORTER
    mail["Subject"] = "Entrega de luminarias: colonia El Mirador"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Texto con acentos: sesión")
    mail.add_alternative("<p>Con <b>formato</b></p>", subtype="html")
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="evento.ics")
    return mail


@pytest.fixture
def client(sandbox: SandboxProcess) -> Iterator[smtplib.SMTP]:
    server = smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60)
    yield server
    server.close()


def test_a_message_arrives_with_all_its_parts(client: smtplib.SMTP, sandbox: SandboxProcess):
    client.send_message(message())
    mail = sandbox.inbox()[0]
    names = [(file["name"], file["type"], file["sha256"]) for file in mail["attachments"]]
    assert (mail["recipients"], mail["subject"], mail["text"], mail["html"], names) == (
        [REPORTER],
        "Entrega de luminarias: colonia El Mirador",
        "Texto con acentos: sesión\n",
        "<p>Con <b>formato</b></p>\n",
        [("evento.ics", "text/calendar", hashlib.sha256(b"BEGIN:VCALENDAR").hexdigest())],
    )


def test_the_envelope_counts_and_not_the_header(client: smtplib.SMTP, sandbox: SandboxProcess):
    client.send_message(message(), to_addrs=["otra@medio.example"])
    assert ([mail["recipients"] for mail in sandbox.inbox("otra@medio.example")], sandbox.inbox(REPORTER)) == (
        [["otra@medio.example"]],
        [],
    )


def test_an_address_in_utf8_is_taken(client: smtplib.SMTP, sandbox: SandboxProcess):
    client.ehlo()
    client.sendmail(SENDER, ["josé@medio.example"], message().as_bytes(), mail_options=["SMTPUTF8"])
    assert sandbox.inbox()[0]["recipients"] == ["josé@medio.example"]


def test_one_recipient_of_three_is_refused(client: smtplib.SMTP, sandbox: SandboxProcess):
    people = ["a@medio.example", "b@medio.example", "c@medio.example"]
    sandbox.fault("smtp", "refuse_recipient", match={"recipient": "^b@"}, times=None)
    refused = client.send_message(message(), to_addrs=people)
    assert ({address: code for address, (code, _) in refused.items()}, sandbox.inbox()[0]["recipients"]) == (
        {"b@medio.example": 550},
        ["a@medio.example", "c@medio.example"],
    )


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        ("refuse_recipient", 550, smtplib.SMTPRecipientsRefused),
        ("defer_recipient", 452, smtplib.SMTPRecipientsRefused),
        ("refuse_sender", 553, smtplib.SMTPSenderRefused),
        ("defer_sender", 451, smtplib.SMTPSenderRefused),
        ("too_big", 552, smtplib.SMTPSenderRefused),
        ("refuse_data", 554, smtplib.SMTPDataError),
        ("refuse_message", 554, smtplib.SMTPDataError),
        ("defer_message", 451, smtplib.SMTPDataError),
    ],
)
def test_a_refusal_keeps_nothing(
    client: smtplib.SMTP, sandbox: SandboxProcess, fault: str, code: int, error: type[smtplib.SMTPException]
):
    sandbox.fault("smtp", fault)
    with pytest.raises(error):
        client.send_message(message())
    calls = [call["status"] for call in sandbox.state()["calls"]]
    assert (calls, sandbox.inbox()) == ([code], [])


def test_a_line_cut_after_the_dot_may_have_kept_nothing(client: smtplib.SMTP, sandbox: SandboxProcess):
    sandbox.fault("smtp", "drop_after_dot")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.send_message(message())
    assert sandbox.inbox() == []


def test_a_line_cut_after_the_dot_may_have_kept_the_message(client: smtplib.SMTP, sandbox: SandboxProcess):
    sandbox.fault("smtp", "accept_then_drop")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.send_message(message())
    assert len(sandbox.inbox()) == 1


def test_a_line_cut_at_the_start_keeps_nothing(client: smtplib.SMTP, sandbox: SandboxProcess):
    sandbox.fault("smtp", "drop_before")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.send_message(message())
    assert sandbox.inbox() == []


@pytest.fixture
def unanswered(sandbox: SandboxProcess) -> Iterator[socket.socket]:
    """The line of somebody whose message is kept and who waits for the answer to its final dot."""
    sandbox.fault("smtp", "slow", seconds=600)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as waiting:
        waiting.ehlo()
        waiting.mail(SENDER)
        waiting.rcpt(REPORTER)
        waiting.docmd("DATA")
        waiting.send(message().as_bytes(policy=SMTP) + b"\r\n.\r\n")
        assert processes.wait_until(lambda: len(sandbox.inbox()) == 1, 60)
        assert waiting.sock is not None
        yield waiting.sock
        waiting.close()


def test_a_slow_answer_comes_after_the_message_is_kept(unanswered: socket.socket):
    assert select([unanswered], [], [], 0)[0] == []


@pytest.mark.usefixtures("unanswered")
def test_the_server_serves_others_while_it_is_slow_to_one(client: smtplib.SMTP, sandbox: SandboxProcess):
    client.send_message(message())
    assert len(sandbox.inbox()) == 2


def test_a_message_over_the_limit_is_refused(client: smtplib.SMTP, sandbox: SandboxProcess):
    mail = message()
    mail.add_attachment(bytes(20_000_000), maintype="video", subtype="mp4", filename="grande.mp4")
    with pytest.raises(smtplib.SMTPSenderRefused) as caught:
        client.send_message(mail)
    assert (caught.value.smtp_code, sandbox.inbox()) == (552, [])


def test_signing_in_is_possible(client: smtplib.SMTP, sandbox: SandboxProcess):
    client.login(seed.SMTP_USER, seed.SMTP_PASSWORD)
    client.send_message(message())
    assert sandbox.inbox()[0]["user"] == seed.SMTP_USER


def test_a_wrong_password_is_refused(client: smtplib.SMTP):
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(seed.SMTP_USER, "wrong")
