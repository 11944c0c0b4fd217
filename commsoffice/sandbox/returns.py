"""What comes back for a message that was accepted: delivery reports (RFC 3464), automatic answers (RFC 3834) and
reports of readers who call it unwanted (RFC 5965).

Real ones differ in language, in how much of the original they carry and in how well they are made; each difference
is a parameter of the fault:

bounce_later: status, soft (delayed, 4.x), headers_only, language (es, en, pt, de), final (another final recipient),
mangled (no_report, no_original, cut), after (seconds). auto_reply: text, bare (without its marks), after.
complain: feedback (the type, abuse), headers_only, redacted (no address of anybody, RFC 6590), to, after.
"""

from email import policy
from email.generator import BytesGenerator
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.utils import formatdate
from io import BytesIO

from commsoffice.sandbox.faults import Fault
from commsoffice.sandbox.imap import mailbox
from commsoffice.sandbox.store import Record, Store

REPORTER = "Mail Delivery System <MAILER-DAEMON@mx.medio.example>"
FEEDBACK_LOOP = "Feedback Loop <fbl@proveedor.example>"
HARD_STATUS, SOFT_STATUS = "5.1.1", "4.2.2"

# language → subject and text when it failed, subject and text when it is late
WORDS = {
    "es": (
        "Mensaje no entregado",
        "No fue posible entregar su mensaje a este destinatario:",
        "Mensaje demorado",
        "Su mensaje todavía no se ha entregado a este destinatario; se seguirá intentando:",
    ),
    "en": (
        "Undelivered Mail Returned to Sender",
        "I'm sorry to have to inform you that your message could not be delivered to:",
        "Delayed Mail (still being retried)",
        "Your message could not be delivered yet. It will be retried until it is 5 days old:",
    ),
    "pt": (
        "Mensagem não entregue",
        "Não foi possível entregar a sua mensagem ao seguinte destinatário:",
        "Entrega da mensagem atrasada",
        "A sua mensagem ainda não foi entregue ao seguinte destinatário; novas tentativas serão feitas:",
    ),
    "de": (
        "Unzustellbar: Ihre Nachricht",
        "Ihre Nachricht konnte an folgenden Empfänger nicht zugestellt werden:",
        "Verzögerte Zustellung Ihrer Nachricht",
        "Ihre Nachricht konnte noch nicht zugestellt werden; es wird weiter versucht:",
    ),
}
DIAGNOSES = {
    "5.1.1": "550 5.1.1 The email account that you tried to reach does not exist",
    "5.2.2": "552 5.2.2 Mailbox full",
    "5.7.1": "550 5.7.1 Message rejected by policy",
    "4.2.2": "452 4.2.2 Mailbox full",
    "4.4.1": "421 4.4.1 Connection timed out",
}


def come_back(store: Store, fault: Fault, mail: Record, recipient: str) -> None:
    """Send to the sender of a stored message what the fault asks for, now or after its seconds."""
    original = store.path("mail", f"{mail['number']}.eml").read_bytes()
    make = {"auto_reply": auto_reply, "complain": complaint}.get(fault.fault, bounce)
    content = make(original, sender=mail["sender"], recipient=recipient, now=store.now(), params=fault.params)
    mailbox.deliver_later(store, content, due=store.now() + float(fault.params.get("after", 0)))
    mailbox.settle(store)


def bounce(original: bytes, *, sender: str, recipient: str, now: float, params: Record) -> bytes:
    """Return a delivery report for one recipient of a message."""
    soft = bool(params.get("soft"))
    status = str(params.get("status", SOFT_STATUS if soft else HARD_STATUS))
    diagnosis = DIAGNOSES.get(status, f"{status[0]}50 {status} Delivery failed")
    failed, failed_text, late, late_text = WORDS[str(params.get("language", "es"))]
    final = str(params.get("final", recipient))
    text = f"{late_text if soft else failed_text}\n\n<{final}>: host mx.medio.example said: {diagnosis}\n"
    mangled = params.get("mangled")
    if mangled in {True, "no_report"}:
        # As some servers do it: no parts at all, the original below a line.
        body = f"{text}\n--- Below this line is a copy of the message.\n\n{original.decode('utf-8', 'replace')}"
        report: Message = MIMEText(body, "plain", "utf-8")
    else:
        report = MIMEMultipart("report")
        report.set_param("report-type", "delivery-status")
        report.attach(MIMEText(text, "plain", "utf-8"))
        report.attach(_status_part(recipient, final, status, diagnosis, soft=soft, now=now))
        if mangled != "no_original":
            report.attach(_original_part(original, headers_only=bool(params.get("headers_only"))))
    report["Subject"] = late if soft else failed
    _address(report, sender, now)
    report["Auto-Submitted"] = "auto-replied"
    content = _written(report)
    # Cut in the middle: the closing lines and part of the original are missing.
    return content[: content.rindex(b"Message-ID") + 60] if mangled == "cut" else content


def _status_part(recipient: str, final: str, status: str, diagnosis: str, *, soft: bool, now: float) -> Message:
    about_message, about_recipient = Message(), Message()
    about_message["Reporting-MTA"] = "dns; mx.medio.example"
    about_message["Arrival-Date"] = formatdate(now)
    if final != recipient:
        about_recipient["Original-Recipient"] = f"rfc822; {recipient}"
    about_recipient["Final-Recipient"] = f"rfc822; {final}"
    about_recipient["Action"] = "delayed" if soft else "failed"
    about_recipient["Status"] = status
    about_recipient["Remote-MTA"] = "dns; mx.medio.example"
    about_recipient["Diagnostic-Code"] = f"smtp; {diagnosis}"
    if soft:
        about_recipient["Will-Retry-Until"] = formatdate(now + 5 * 24 * 3600)
    part = MIMEBase("message", "delivery-status")
    part.attach(about_message)
    part.attach(about_recipient)
    return part


def _original_part(original: bytes, *, headers_only: bool) -> Message:
    if headers_only:
        head = original.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        part = MIMEBase("text", "rfc822-headers")
        part.set_payload(head.decode("utf-8", "replace") + "\n")
        return part
    part = MIMEBase("message", "rfc822")
    part.attach(BytesParser(policy=policy.compat32).parsebytes(original))
    return part


def auto_reply(original: bytes, *, sender: str, recipient: str, now: float, params: Record) -> bytes:
    """Return the answer of somebody who is away; it is no sign that anything failed."""
    message = BytesParser(policy=policy.default).parsebytes(original)
    reply = EmailMessage(policy=policy.SMTP)
    subject = str(message.get("Subject", ""))
    reply["Subject"] = f"Respuesta automática: {subject}"
    reply["From"] = recipient
    reply["To"] = sender
    reply["Date"] = formatdate(now)
    reply["Message-ID"] = f"<respuesta-{int(now * 1000)}@medio.example>"
    if message["Message-ID"]:
        reply["In-Reply-To"] = str(message["Message-ID"])
        reply["References"] = str(message["Message-ID"])
    if not params.get("bare"):
        reply["Auto-Submitted"] = "auto-replied"
        reply["X-Auto-Response-Suppress"] = "All"
        reply["Precedence"] = "bulk"
    text = "Estoy fuera de la oficina y volveré el lunes. Su mensaje no será devuelto ni reenviado."
    reply.set_content(str(params.get("text", text)))
    return b"Return-Path: <>\r\n" + reply.as_bytes()


def complaint(original: bytes, *, sender: str, recipient: str, now: float, params: Record) -> bytes:
    """Return the report that a provider sends to whom it has registered when a reader presses «spam»."""
    redacted = bool(params.get("redacted"))
    local, _at, domain = sender.rpartition("@")
    report = MIMEMultipart("report")
    report.set_param("report-type", "feedback-report")
    text = f"This is an email abuse report for an email message received on {formatdate(now)}.\n"
    report.attach(MIMEText(text, "plain", "utf-8"))
    fields = Message()
    fields["Feedback-Type"] = str(params.get("feedback", "abuse"))
    fields["User-Agent"] = "ProveedorFBL/1.0"
    fields["Version"] = "1"
    fields["Arrival-Date"] = formatdate(now)
    fields["Reported-Domain"] = domain
    fields["Source-IP"] = "192.0.2.25"
    message = BytesParser(policy=policy.compat32).parsebytes(original)
    if redacted:
        if message["To"]:
            message.replace_header("To", f"redacted@{recipient.rpartition('@')[2]}")
    else:
        fields["Original-Mail-From"] = f"<{sender}>"
        fields["Original-Rcpt-To"] = f"<{recipient}>"
        message["Return-Path"] = f"<{sender}>"
    part = MIMEBase("message", "feedback-report")
    part.attach(fields)
    report.attach(part)
    report.attach(_original_part(message.as_bytes(), headers_only=bool(params.get("headers_only"))))
    report["Subject"] = "FW: Email Feedback Report"
    # Providers write to the one address that the sender's domain has registered with them.
    _address(report, str(params.get("to", f"{local.partition('+')[0]}@{domain}")), now, author=FEEDBACK_LOOP)
    return _written(report)


def _address(report: Message, sender: str, now: float, *, author: str = REPORTER) -> None:
    report["From"] = author
    report["To"] = sender
    report["Date"] = formatdate(now)
    report["Message-ID"] = f"<devolucion-{int(now * 1000)}@mx.medio.example>"


def _written(report: Message) -> bytes:
    target = BytesIO()
    BytesGenerator(target, policy=policy.compat32.clone(linesep="\r\n")).flatten(report)
    return b"Return-Path: <>\r\n" + target.getvalue()
