"""Builds the bytes of an e-mail. Everything from outside goes through ``EmailMessage``, which refuses line breaks
in headers; ``one_line`` takes them out before, so that a bad name costs nobody his mail.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import EmailValidator

from commsoffice.outbox.channels.base import Attachment, Refused
from commsoffice.outbox.channels.marks import fill, one_line
from commsoffice.outbox.models import Delivery

# Headers that a payload may set; the rest are ours.
ALLOWED_HEADERS = re.compile(
    r"(?i)^(x-[a-z0-9-]+|in-reply-to|references|auto-submitted|list-id|precedence|importance)$"
)
_CALENDAR = "text/calendar"
_is_address = EmailValidator()


class Letters:
    """Builds the mails of one batch. Files are read, checked and encoded once for all who get the same message."""

    def __init__(self, sender_name: str, reply_to: str) -> None:
        """``sender_name`` is shown before our address; answers go to ``reply_to``."""
        self._sender_name = sender_name
        self._reply_to = reply_to
        self._message_id: int | None = None
        self._parts: list[MIMEPart] = []
        self._calendars: list[str] = []

    def build(self, delivery: Delivery, now: datetime) -> tuple[str, str, bytes]:
        """Return sender's address, recipient's address, and the mail as bytes.

        Raises ``Refused`` for an address that is none, and for files that are not what was frozen.
        """
        payload = delivery.message.payload
        marks = {"name": delivery.recipient_name, "email": delivery.recipient, **delivery.personal}
        to_address = address(delivery.recipient)
        from_address = address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _mailbox(self._sender_name, from_address)
        mail["To"] = _mailbox(delivery.recipient_name, to_address)
        mail["Subject"] = one_line(fill(payload["subject"], marks))
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = message_id(delivery)
        reply_to = payload.get("reply_to") or self._reply_to
        if reply_to:
            mail["Reply-To"] = _mailbox("", address(reply_to))
        for name, value in _headers(payload, delivery.personal).items():
            mail[name] = value
        self._load(delivery)
        mail.set_content(fill(payload["text"], marks), cte="quoted-printable")
        if payload.get("html"):
            mail.add_alternative(fill(payload["html"], marks, html=True), subtype="html", cte="quoted-printable")
        for calendar in self._calendars:
            mail.add_alternative(calendar, subtype="calendar", cte="quoted-printable", params={"method": "PUBLISH"})
        if self._parts:
            mail.make_mixed()
            for part in self._parts:
                mail.attach(part)  # type: ignore[arg-type]  # the stubs narrow it; any part fits
        return from_address, to_address, mail.as_bytes()

    def _load(self, delivery: Delivery) -> None:
        if self._message_id == delivery.message_id:
            return
        self._message_id, self._parts, self._calendars = None, [], []
        for attachment in delivery.message.payload.get("attachments", ()):
            content = _content(attachment)
            content_type = str(attachment.get("content_type") or "application/octet-stream")
            if content_type.startswith(_CALENDAR):
                self._calendars.append(content.decode())
            self._parts.append(_part(attachment, content, content_type))
        self._message_id = delivery.message_id


def address(text: str) -> str:
    """The address as SMTP wants it, its domain in ASCII. Raises ``Refused`` for one that is none."""
    try:
        _is_address(text)
        local, _at, domain = text.rpartition("@")
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except (ValidationError, UnicodeError):
        raise Refused(f"Not an e-mail address: {one_line(text)[:100]!r}") from None


def message_id(delivery: Delivery) -> str:
    """Always the same for one delivery, so that the recipient's server can fold doubles."""
    digest = hashlib.sha256(delivery.key.encode()).hexdigest()[:16]
    return f"<{delivery.pk}.{digest}@{site_host()}>"


def site_host() -> str:
    """The host of this office's site."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _mailbox(name: str, address_: str) -> Address:
    local, _at, domain = address_.rpartition("@")
    return Address(one_line(name), local, domain)


def _headers(payload: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        name: one_line(str(value))
        for name, value in (payload.get("headers") or {}).items()
        if ALLOWED_HEADERS.match(name)
    }
    if payload.get("automatic"):
        # Other people's robots then don't answer ours.
        headers.setdefault("Auto-Submitted", "auto-replied")
        headers.setdefault("X-Auto-Response-Suppress", "All")
    if url := personal.get("unsubscribe_url"):
        # RFC 8058: one click, without a page.
        headers["List-Unsubscribe"] = f"<{one_line(str(url))}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _content(attachment: Attachment) -> bytes:
    if "text" in attachment:
        return str(attachment["text"]).encode()
    digest = hashlib.sha256()
    chunks = []
    try:
        with default_storage.open(attachment["name"]) as file:
            for chunk in file.chunks():
                digest.update(chunk)
                chunks.append(chunk)
    except FileNotFoundError:
        raise Refused(f"The file {attachment['filename']} is gone.") from None
    if attachment.get("sha256") and digest.hexdigest() != attachment["sha256"]:
        raise Refused(f"The file {attachment['filename']} is not the one that was approved.")
    return b"".join(chunks)


def _part(attachment: Attachment, content: bytes, content_type: str) -> MIMEPart:
    maintype, _slash, subtype = content_type.partition(";")[0].strip().partition("/")
    part = MIMEPart(policy=SMTP)
    part.set_content(
        content,
        maintype,
        subtype or "octet-stream",
        disposition="attachment",
        filename=one_line(str(attachment["filename"])),
        params={"charset": "utf-8"} if maintype == "text" else None,
    )
    return part
