"""E-mail over SMTP. One recipient a mail, one connection a batch.

What an answer means depends on when it came: before the final dot nothing has happened, and after it only the
server's own word counts. A connection lost between the final dot and that word is the one unknown.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from commsoffice.office.queries import office
from commsoffice.outbox.channels.base import (
    BadPayload,
    Channel,
    CredentialsExpired,
    OutcomeUnknown,
    Reconciled,
    Refused,
    Sent,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.channels.letter import ALLOWED_HEADERS, Letters, message_id, site_host
from commsoffice.outbox.models import Delivery
from commsoffice.settings import env

_LINE_START_DOT = re.compile(rb"(?m)^\.")
_GO_ON = 354
_PERMANENT = 500
_ACCEPTED = frozenset({250, 251})


class EmailChannel(Channel):
    """Payload: ``{"subject", "text", "html", "reply_to", "automatic", "headers", "attachments"}``."""

    label: ClassVar[StrOrPromise] = _("E-mail")
    # A server can't be asked whether it took a mail.
    ask_limit: ClassVar[int] = 1

    def __init__(self, alias: str, **options: Any) -> None:
        """``options`` are none so far."""
        super().__init__(alias, **options)
        self._smtp: smtplib.SMTP | None = None
        self._letters: Letters | None = None
        # Once the server could not be reached, the rest of the batch doesn't wait for it again.
        self._unreachable: str | None = None

    def check(self, payload: Mapping[str, Any]) -> None:
        """Subject and text are required; headers only those that a message may set."""
        if not str(payload.get("subject", "")).strip() or not str(payload.get("text", "")).strip():
            raise BadPayload(_("An e-mail needs a subject and a text."))
        for name, value in (payload.get("headers") or {}).items():
            if not ALLOWED_HEADERS.match(name) or "\n" in str(value) or "\r" in str(value):
                raise BadPayload
        for attachment in payload.get("attachments", ()):
            if not attachment.get("filename") or not ("name" in attachment or "text" in attachment):
                raise BadPayload

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep one connection, and what was read of the files, for a batch."""
        ours = office()
        self._letters = Letters(ours.name, ours.email)
        self._unreachable = None
        try:
            yield
        finally:
            self._hang_up()
            self._letters = None

    def send(self, delivery: Delivery) -> Sent:
        """Hand one mail over."""
        if self._letters is None:
            with self.session():
                return self.send(delivery)
        sender, recipient, content = self._letters.build(delivery, timezone.now())
        answer = self._hand_over(sender, recipient, content)
        return Sent(remote_id=message_id(delivery), answer=answer)

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Nobody can be asked."""
        return Undecided(str(_("A mail server can't be asked whether it took a message.")))

    # --- The conversation ---------------------------------------------------------------------------

    def _hand_over(self, sender: str, recipient: str, content: bytes) -> str:
        smtp = self._envelope(sender, recipient)
        try:
            code, words = smtp.docmd("data")
            if code != _GO_ON:
                self._reset()
                raise _refusal(code, words)
            # If this fails, the final dot is not out, and without it the server must throw the rest away.
            smtp.send(_dotted(content))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise Unavailable(_said(error)) from error
        try:
            code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise OutcomeUnknown(_said(error)) from error
        if code not in _ACCEPTED:
            raise _refusal(code, words)
        return _answer(code, words)

    def _envelope(self, sender: str, recipient: str) -> smtplib.SMTP:
        """MAIL and RCPT. A kept connection that the server has closed meanwhile is opened anew, once."""
        is_kept = self._smtp is not None
        smtp = self._connected()
        try:
            for step, whom in ((smtp.mail, sender), (smtp.rcpt, recipient)):
                code, words = step(whom)
                if code not in _ACCEPTED:
                    self._reset()
                    raise _refusal(code, words)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            if is_kept:
                return self._envelope(sender, recipient)
            raise Unavailable(_said(error)) from error
        return smtp

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        if self._unreachable is not None:
            raise Unavailable(self._unreachable)
        try:
            self._smtp = _connect()
        except smtplib.SMTPAuthenticationError as error:
            answer = _answer(error.smtp_code, error.smtp_error)
            raise CredentialsExpired(answer) from error
        except (smtplib.SMTPException, OSError) as error:
            self._unreachable = _said(error)
            raise Unavailable(self._unreachable) from error
        return self._smtp

    def _reset(self) -> None:
        """Forget the refused envelope, so that the next mail begins clean."""
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except (smtplib.SMTPException, OSError):
                self._drop()

    def _hang_up(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.close()
        self._smtp = None


def _connect() -> smtplib.SMTP:
    server = env.mail_server(settings.EMAIL_URL)
    context = ssl.create_default_context() if server.use_ssl or server.use_tls else None
    smtp: smtplib.SMTP
    if server.use_ssl:
        smtp = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=site_host(), timeout=settings.EMAIL_TIMEOUT, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, local_hostname=site_host(), timeout=settings.EMAIL_TIMEOUT)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.use_tls:
            smtp.starttls(context=context)
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _refusal(code: int, words: bytes) -> Refused | Unavailable:
    answer = _answer(code, words)
    return Refused(answer) if code >= _PERMANENT else Unavailable(answer)


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _dotted(content: bytes) -> bytes:
    """The mail as DATA wants it: dots doubled at the start of a line, and the final dot."""
    body = _LINE_START_DOT.sub(b"..", content)
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"
