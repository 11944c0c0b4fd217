"""Builds the bytes of an e-mail. A message is serialised once, with its marks left open; for each recipient his
headers go in front and his words into the open places.
"""

import re
import secrets
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import EmailValidator
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import Attachment, Refused
from commsoffice.outbox.channels.headers import mailbox_line, text_line, url_line
from commsoffice.outbox.channels.marks import MARK, fill, one_line
from commsoffice.outbox.channels.signing import Signer, configured_signer
from commsoffice.outbox.channels.slots import Slot, dotted, merged, pieces
from commsoffice.outbox.channels.verp import plain_sender, return_address
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery, Message
from commsoffice.outbox.tokens import opened_token, receipt_token

# Headers that a payload may set; the rest are ours.
ALLOWED_HEADERS = re.compile(
    r"(?i)^(x-[a-z0-9-]+|in-reply-to|references|auto-submitted|list-id|precedence|importance)$"
)
_CALENDAR = "text/calendar"
# Messages whose bytes are kept at hand: a batch rarely has more at once, and one may have many megabytes.
_KEPT = 4
# What goes to many by a list of ours, and that list's name.
_LISTS = {
    Purpose.RELEASE: "comunicados",
    Purpose.CORRECTION: "comunicados",
    Purpose.WITHDRAWAL: "comunicados",
    Purpose.INVITATION: "invitaciones",
}
_WATCHED = frozenset({Purpose.RELEASE, Purpose.INVITATION, Purpose.CORRECTION})
_PIXEL = '<img src="{{opened_url}}" width="1" height="1" alt="">'
_BODY_END = re.compile(r"(?i)</body\s*>")
_MESSAGE_ID = "commsoffice.outbox.message-id"
_is_address = EmailValidator()


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, ready to be handed over: dots doubled, and the final dot at its end."""

    sender: str
    recipient: str
    message_id: str
    content: list[bytes]

    @property
    def raw(self) -> bytes:
        """The mail as its recipient will see it."""
        whole = b"".join(self.content).removesuffix(b".\r\n")
        return re.sub(rb"(?m)^\.\.", b".", whole)


@dataclass(frozen=True, slots=True)
class _Form:
    """A message as all its recipients get it."""

    headers: bytes
    # None where it has marks of its own.
    subject: bytes | None
    body: list[bytes | Slot]
    # The same with dots doubled; what is filled in is treated as it comes.
    dotted: list[bytes | Slot]


class Letters:
    """Builds the mails of one batch; several threads may ask at once."""

    def __init__(self, sender_name: str, reply_to: str, *, tracks_opens: bool = False) -> None:
        """``sender_name`` is shown before our address; answers go to ``reply_to``."""
        self._sender_name = sender_name
        self._reply_to = reply_to
        self._tracks_opens = tracks_opens
        self._forms: OrderedDict[tuple[int, str], _Form | Refused] = OrderedDict()
        self._lock = threading.Lock()
        self._signer: Signer | None = configured_signer()

    def build(self, delivery: Delivery, now: datetime) -> Letter:
        """Return the mail of one delivery.

        Raises ``Refused`` for an address that is none, and for files that are not what was frozen.
        """
        recipient = address(delivery.recipient)
        form = self._form(delivery)
        marks = _marks(delivery)
        identity = message_id(delivery)
        headers = self._headers(delivery, recipient, form, marks, identity=identity, now=now)
        # An envelope sender of its own: what comes back says by its address which delivery it was.
        sender = address(return_address(delivery))
        if self._signer is not None:
            plain = [part.filled(marks) if isinstance(part, Slot) else part for part in form.body]
            headers = self._signer.signature(headers, b"".join(plain)) + headers
        content = [dotted(part.filled(marks)) if isinstance(part, Slot) else part for part in form.dotted]
        # No header begins with a dot.
        return Letter(sender, recipient, identity, [headers, b"\r\n", *content, b".\r\n"])

    def _headers(
        self, delivery: Delivery, recipient: str, form: _Form, marks: Mapping[str, Any], *, identity: str, now: datetime
    ) -> bytes:
        lines = [
            form.headers,
            mailbox_line("To", delivery.recipient_name, recipient),
            form.subject or text_line("Subject", fill(delivery.message.payload["subject"], marks)),
            _date_line(now.replace(microsecond=0)),
            b"Message-ID: " + identity.encode() + b"\r\n",
        ]
        if (url := delivery.personal.get("unsubscribe_url")) and (line := url_line("List-Unsubscribe", str(url))):
            # RFC 8058: one click, without a page.
            lines += [line, b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"]
        return b"".join(lines)

    def _form(self, delivery: Delivery) -> _Form:
        key = (delivery.message_id, delivery.purpose)
        with self._lock:
            form = self._forms.get(key)
            if form is None:
                try:
                    form = self._made(delivery.message, delivery.purpose)
                except Refused as refusal:
                    # A file that is gone is gone for all of them.
                    form = refusal
                self._forms[key] = form
                while len(self._forms) > _KEPT:
                    self._forms.popitem(last=False)
        if isinstance(form, Refused):
            raise Refused(form.answer)
        return form

    def _made(self, message: Message, purpose: str) -> _Form:
        payload = message.payload
        html = str(payload.get("html") or "")
        if html and self._tracks_opens and purpose in _WATCHED:
            html = _with_pixel(html)
        content_type, body = _body(payload, html)
        subject = str(payload["subject"])
        return _Form(
            headers=self._shared_headers(payload, purpose) + b"MIME-Version: 1.0\r\n" + content_type,
            subject=None if MARK.search(subject) else text_line("Subject", subject),
            body=body,
            dotted=[part if isinstance(part, Slot) else dotted(part) for part in body],
        )

    def _shared_headers(self, payload: Mapping[str, Any], purpose: str) -> bytes:
        ours = address(plain_sender(settings.DEFAULT_FROM_EMAIL))
        lines = [mailbox_line("From", self._sender_name, ours)]
        if reply_to := payload.get("reply_to") or self._reply_to:
            lines.append(mailbox_line("Reply-To", "", address(str(reply_to))))
        lines += [text_line(name, value) for name, value in _other_headers(payload, purpose).items()]
        return b"".join(lines)


def address(text: str) -> str:
    """The address as SMTP wants it, its domain in ASCII. Raises ``Refused`` for one that is none."""
    local, _at, domain = text.rpartition("@")
    try:
        _is_address(text)
        whole = f"{local}@{_ascii_domain(domain)}"
    except (ValidationError, UnicodeError):
        whole = ""
    # Django lets control characters pass between quotes; a line of SMTP doesn't.
    if not whole.isascii() or not whole.isprintable() or not whole:
        raise Refused(_("Not an e-mail address: «%(text)s»") % {"text": one_line(text)[:100]})
    return whole


@lru_cache(maxsize=1024)
def _ascii_domain(domain: str) -> str:
    encoded = domain.encode("idna")
    # The old rules rewrite some signs, and «straße» would be somebody else's «strasse».
    if not domain.isascii() and encoded.decode("idna") != unicodedata.normalize("NFC", domain.lower()):
        raise UnicodeError(domain)
    return encoded.decode()


def message_id(delivery: Delivery) -> str:
    """Always the same for one delivery, so that the recipient's server can fold doubles.

    Signed, because what comes back proves by it which mail it is about: who has one can't work out another's.
    """
    return f"<{delivery.pk}.{_digits(delivery, settings.SECRET_KEY)}@{site_host()}>"


def is_named_by(delivery: Delivery, digits: str) -> bool:
    """Whether these digits stand in the delivery's Message-ID, or stood there before our key was changed."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(digits, _digits(delivery, key)) for key in keys)


def _digits(delivery: Delivery, key: str | bytes) -> str:
    return salted_hmac(_MESSAGE_ID, delivery.key, secret=key, algorithm="sha256").hexdigest()[:16]


def site_host() -> str:
    """The host of this office's site."""
    return _host(settings.SITE_URL)


@lru_cache(maxsize=4)
def _host(url: str) -> str:
    return urlsplit(url).hostname or "localhost"


class _Marks(dict[str, Any]):
    """What fills the marks of one delivery; signed links are made only where a text asks for them."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__({"name": delivery.recipient_name, "email": delivery.recipient, **delivery.personal})
        self._pk = delivery.pk

    def get(self, key: str, default: Any = None) -> Any:
        if key == "confirm_url":
            return settings.SITE_URL + reverse("outbox_public:receipt", args=[receipt_token(self._pk)])
        if key == "opened_url":
            return settings.SITE_URL + reverse("outbox_public:opened", args=[opened_token(self._pk)])
        return super().get(key, default)


def _marks(delivery: Delivery) -> Mapping[str, Any]:
    return _Marks(delivery)


@lru_cache(maxsize=4)
def _date_line(now: datetime) -> bytes:
    return b"Date: " + format_datetime(now).encode() + b"\r\n"


def _with_pixel(html: str) -> str:
    ends = list(_BODY_END.finditer(html))
    place = ends[-1].start() if ends else len(html)
    return html[:place] + _PIXEL + html[place:]


def _other_headers(payload: Mapping[str, Any], purpose: str) -> dict[str, str]:
    headers = {
        name.title(): str(value)
        for name, value in (payload.get("headers") or {}).items()
        if ALLOWED_HEADERS.match(name)
    }
    if payload.get("automatic"):
        # Other people's robots then don't answer ours.
        headers.setdefault("Auto-Submitted", "auto-replied")
        headers.setdefault("X-Auto-Response-Suppress", "All")
    elif name := _LISTS.get(Purpose(purpose)):
        headers.setdefault("List-Id", f"<{name}.{site_host()}>")
        # Who is on holiday doesn't tell a list.
        headers.setdefault("Precedence", "list")
    elif purpose == Purpose.NOTICE:
        headers.setdefault("Auto-Submitted", "auto-generated")
    return headers


def _body(payload: Mapping[str, Any], html: str) -> tuple[bytes, list[bytes | Slot]]:
    """The header of its content, and the content."""
    versions = [_text_part("plain", str(payload["text"]))]
    if html:
        versions.append(_text_part("html", html))
    files: list[list[bytes | Slot]] = []
    for attachment in payload.get("attachments", ()):
        content = _content(attachment)
        content_type = str(attachment.get("content_type") or "application/octet-stream")
        if content_type.startswith(_CALENDAR):
            versions.append([_calendar(content.decode())])
        files.append([_file(attachment, content, content_type)])
    parts = versions[0] if len(versions) == 1 else _multipart("alternative", versions)
    if files:
        parts = _multipart("mixed", [parts, *files])
    # The first piece holds the headers of the outermost part.
    first = parts[0]
    assert isinstance(first, bytes)  # noqa: S101  a part begins with its headers
    headers, _blank, rest = first.partition(b"\r\n\r\n")
    return headers + b"\r\n", merged([rest, *parts[1:]])


def _text_part(subtype: str, text: str) -> list[bytes | Slot]:
    headers = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'.encode()
    )
    return [headers, *pieces(text, html=subtype == "html")]


def _multipart(kind: str, parts: list[list[bytes | Slot]]) -> list[bytes | Slot]:
    # «=_» can stand in no quoted-printable and no base64, so no text can hold this by chance.
    boundary = f"=_{secrets.token_hex(12)}"
    whole: list[bytes | Slot] = [f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()]
    for part in parts:
        whole += [f"--{boundary}\r\n".encode(), *part, b"\r\n"]
    return [*whole, f"--{boundary}--\r\n".encode()]


def _calendar(text: str) -> bytes:
    part = MIMEPart(policy=SMTP)
    part.set_content(text, subtype="calendar", cte="quoted-printable", params={"method": "PUBLISH"})
    return part.as_bytes()


def _content(attachment: Attachment) -> bytes:
    if "text" in attachment:
        return str(attachment["text"]).encode()
    digest = sha256()
    chunks = []
    try:
        with default_storage.open(attachment["name"]) as file:
            for chunk in file.chunks():
                digest.update(chunk)
                chunks.append(chunk)
    except FileNotFoundError:
        raise Refused(_("The file «%(name)s» is gone.") % {"name": attachment["filename"]}) from None
    if attachment.get("sha256") and digest.hexdigest() != attachment["sha256"]:
        raise Refused(_("The file «%(name)s» is not the one that was approved.") % {"name": attachment["filename"]})
    return b"".join(chunks)


def _file(attachment: Attachment, content: bytes, content_type: str) -> bytes:
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
    return part.as_bytes()
