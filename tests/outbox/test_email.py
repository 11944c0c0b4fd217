"""E-mail through real SMTP against the simulated network."""

import hashlib
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings

from commsoffice.outbox import actions
from commsoffice.outbox.channels.email import EmailChannel
from commsoffice.outbox.models import Delivery, Message
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)

ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"


def message(**payload: Any) -> Message:
    whole = {"subject": "Entrega de luminarias", "text": "Buen día, {{name}}: {{link}}", **payload}
    return Message.objects.create(channel="email", payload=whole, sha256="0" * 64, created_at=NOW)


def mail_for(to: Message, **fields: Any) -> Delivery:
    return DeliveryFactory.create(channel="email", message=to, **fields)


@pytest.fixture
def inbox(sandbox: SandboxProcess) -> Callable[[], list[EmailMessage]]:
    """The mails that arrived, parsed, in their order."""

    def read() -> list[EmailMessage]:
        files = sorted(sandbox.data_dir.rglob("*.eml"), key=lambda path: int(path.stem))
        return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]

    return read


Inbox = Callable[[], list[EmailMessage]]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).strip()


def test_it_arrives_with_its_headers(inbox: Inbox, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "comunicacion@valle.example"
    settings.SITE_URL = "https://valle.example"
    delivery = mail_for(message(), recipient="redaccion@eco.example", recipient_name="Gaceta, «Él»")
    actions.send_due(NOW)
    [mail] = inbox()
    assert mail["To"] == '"Gaceta, «Él»" <redaccion@eco.example>'
    assert mail["From"].addresses[0].addr_spec == "comunicacion@valle.example"
    assert mail["From"].addresses[0].display_name == "Dirección de Comunicación Social"
    assert mail["Reply-To"] == "comunicacion@invalid.example"
    assert mail["Message-ID"] == fresh(delivery).remote_id
    assert mail["Message-ID"].endswith("@valle.example>")
    assert fresh(delivery).state == "accepted"


def test_marks_are_filled_and_escaped_in_html(inbox: Inbox) -> None:
    written = message(subject="Para {{name}}", html="<p>{{name}} <a href='{{link}}'>sí</a>{{unknown}}</p>")
    mail_for(written, recipient_name="<b>Ana & Co</b>", personal={"link": "https://valle.example/?a=1&b=2"})
    actions.send_due(NOW)
    [mail] = inbox()
    assert mail["Subject"] == "Para <b>Ana & Co</b>"
    assert body(mail, "plain") == "Buen día, <b>Ana & Co</b>: https://valle.example/?a=1&b=2"
    assert body(mail, "html") == (
        "<p>&lt;b&gt;Ana &amp; Co&lt;/b&gt; <a href='https://valle.example/?a=1&amp;b=2'>sí</a></p>"
    )


def test_nothing_can_be_smuggled_into_headers(inbox: Inbox) -> None:
    mail_for(
        message(subject="Hola {{name}}"),
        recipient_name="Ana\r\nBcc: otro@valle.example",
        personal={"unsubscribe_url": "https://valle.example/x\r\nX-Evil: 1"},
    )
    actions.send_due(NOW)
    [mail] = inbox()
    assert (mail["Bcc"], mail["X-Evil"], mail["Subject"]) == (None, None, "Hola Ana Bcc: otro@valle.example")


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d.example", "nobody", "ñandú@valle.example", ""])
def test_bad_address_is_rejected_alone(inbox: Inbox, address: str) -> None:
    bad, good = mail_for(message(), recipient=address), mail_for(message())
    actions.send_due(NOW)
    assert (fresh(bad).state, fresh(good).state, len(inbox())) == ("rejected", "accepted", 1)


def test_domain_may_have_accents(inbox: Inbox) -> None:
    mail_for(message(), recipient="redaccion@añil.example")
    actions.send_due(NOW)
    assert inbox()[0]["To"].addresses[0].domain == "xn--ail-7ma.example"


def test_unsubscribing_is_one_click(inbox: Inbox) -> None:
    mail_for(message(), personal={"unsubscribe_url": "https://valle.example/suscripciones/t/"})
    actions.send_due(NOW)
    [mail] = inbox()
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (
        "<https://valle.example/suscripciones/t/>",
        "List-Unsubscribe=One-Click",
    )


def test_automatic_answer_says_so(inbox: Inbox) -> None:
    mail_for(message(automatic=True))
    mail_for(message())
    actions.send_due(NOW)
    assert [mail["Auto-Submitted"] for mail in inbox()] == ["auto-replied", None]


def test_calendar_is_inline_and_attached(inbox: Inbox) -> None:
    attachment = {"text": ICS, "filename": "evento.ics", "content_type": "text/calendar"}
    mail_for(message(html="<p>x</p>", attachments=[attachment]))
    actions.send_due(NOW)
    [mail] = inbox()
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [(p.get_param("method"), p.get_filename(), p.get_content_disposition()) for p in calendars] == [
        ("PUBLISH", None, None),
        (None, "evento.ics", "attachment"),
    ]
    assert [p.get_payload(decode=True) for p in calendars] == [ICS.encode(), ICS.encode()]


def test_files_are_attached_whole(inbox: Inbox) -> None:
    content = bytes(range(256)) * 5000
    name = default_storage.save("foto.jpg", ContentFile(content))
    attachment = {
        "name": name,
        "filename": "Luminarias — 1.jpg",
        "content_type": "image/jpeg",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    written = message(attachments=[attachment])
    for _ in range(2):
        mail_for(written)
    actions.send_due(NOW)
    files = [next(iter(mail.iter_attachments())) for mail in inbox()]
    assert [(f.get_filename(), f.get_content_type(), f.get_payload(decode=True) == content) for f in files] == [
        ("Luminarias — 1.jpg", "image/jpeg", True)
    ] * 2


def test_changed_file_is_not_sent(inbox: Inbox) -> None:
    name = default_storage.save("foto.jpg", ContentFile(b"another"))
    attachment = {"name": name, "filename": "f.jpg", "content_type": "image/jpeg", "sha256": "0" * 64}
    delivery = mail_for(message(attachments=[attachment]))
    actions.send_due(NOW)
    assert (fresh(delivery).state, inbox()) == ("rejected", [])


def test_lines_that_begin_with_a_dot_arrive(inbox: Inbox) -> None:
    mail_for(message(text=".uno\n.\n..dos\nFin"))
    actions.send_due(NOW)
    assert body(inbox()[0], "plain").splitlines() == [".uno", ".", "..dos", "Fin"]


class _Door(socketserver.ThreadingTCPServer):
    """Lets every connection through to the real server, and counts them."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        self.opened = 0
        self.behind = ("127.0.0.1", port)
        super().__init__(("127.0.0.1", 0), _Corridor)


class _Corridor(socketserver.BaseRequestHandler):
    server: _Door

    def handle(self) -> None:
        self.server.opened += 1
        with socket.create_connection(self.server.behind) as inside:
            threading.Thread(target=self._pass_on, args=(inside, self.request), daemon=True).start()
            self._pass_on(self.request, inside)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)


def test_one_connection_for_many(sandbox: SandboxProcess, settings: Settings, inbox: Inbox) -> None:
    DeliveryFactory.create_batch(5, channel="email", message=message())
    with _Door(sandbox.smtp_port) as door:
        threading.Thread(target=door.serve_forever, daemon=True).start()
        settings.EMAIL_URL = f"smtp://127.0.0.1:{door.server_address[1]}"
        actions.send_due(NOW)
        door.shutdown()
    assert (len(inbox()), door.opened) == (5, 1)


def test_one_refused_recipient_of_five(sandbox: SandboxProcess, inbox: Inbox) -> None:
    five = DeliveryFactory.create_batch(5, channel="email", message=message())
    sandbox.fault("smtp", "refuse_recipient", match={"recipient": five[1].recipient})
    actions.send_due(NOW)
    assert [fresh(d).state for d in five] == ["accepted", "rejected", "accepted", "accepted", "accepted"]
    assert fresh(five[1]).reason == "550 5.1.1 No such user here"
    assert len(inbox()) == 4


@pytest.mark.parametrize(
    ("fault", "state", "arrived"),
    [
        ("refuse_recipient", "rejected", 0),
        ("refuse_sender", "rejected", 0),
        ("refuse_data", "rejected", 0),
        ("refuse_message", "rejected", 0),
        ("too_big", "rejected", 0),
        ("defer_recipient", "queued", 0),
        ("defer_sender", "queued", 0),
        ("defer_message", "queued", 0),
        ("drop_before", "queued", 0),
        ("drop_after_dot", "unknown", 0),
        ("accept_then_drop", "unknown", 1),
    ],
)
def test_answer_means_what_it_means(
    sandbox: SandboxProcess, inbox: Inbox, fault: str, state: str, arrived: int
) -> None:
    delivery = mail_for(message())
    sandbox.fault("smtp", fault)
    actions.send_due(NOW)
    assert (fresh(delivery).state, len(inbox())) == (state, arrived)


def test_silence_after_the_dot_is_unknown(sandbox: SandboxProcess, settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    settings.EMAIL_ANSWER_TIMEOUT = 0.5
    delivery = mail_for(message())
    sandbox.fault("smtp", "slow", seconds=2)
    actions.send_due(NOW)
    assert fresh(delivery).state == "unknown"


def test_line_cut_in_a_batch_costs_only_one(sandbox: SandboxProcess, inbox: Inbox) -> None:
    three = DeliveryFactory.create_batch(3, channel="email", message=message())
    sandbox.fault("smtp", "accept_then_drop", skip=1)
    actions.send_due(NOW)
    assert [fresh(d).state for d in three] == ["accepted", "unknown", "accepted"]


def test_unreachable_server_is_tried_later(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    two = DeliveryFactory.create_batch(2, channel="email", message=message())
    actions.send_due(NOW)
    assert [fresh(d).state for d in two] == ["queued", "queued"]


def test_wrong_password_holds(sandbox: SandboxProcess, settings: Settings) -> None:
    settings.EMAIL_URL = sandbox.email_url.replace("smtp://", "smtp://alguien:mala@")
    delivery = mail_for(message())
    actions.send_due(NOW)
    assert fresh(delivery).state == "held"


def test_nobody_can_be_asked(sandbox: SandboxProcess) -> None:
    delivery = mail_for(message())
    sandbox.fault("smtp", "accept_then_drop")
    actions.send_due(NOW)
    for hour in range(1, 6):
        actions.sweep(NOW + timedelta(hours=hour))
    assert list(delivery.attempts.values_list("kind", "outcome")) == [("send", "unknown"), ("reconcile", "unknown")]


def test_send_without_a_session_opens_its_own(inbox: Inbox) -> None:
    delivery = mail_for(message())
    assert EmailChannel("email").send(delivery).answer.startswith("250 ")
    assert len(inbox()) == 1
