"""One connection to the mail server, and what its answers mean.

Before the final dot nothing has happened, and after it only the server's own word counts: a connection lost between
the final dot and that word is the one unknown.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings
from django.utils.translation import gettext

from commsoffice.outbox.channels.base import CredentialsExpired, OutcomeUnknown, Refused, Unavailable
from commsoffice.outbox.channels.letter import Letter, site_host
from commsoffice.outbox.channels.pace import PACE_WAIT
from commsoffice.settings import env

_DATA = b"DATA\r\n"
_GO_ON = 354
_GO_ON_ONLY = frozenset({_GO_ON})
_CLOSING = 421
_TAKEN, _TRANSIENT, _PERMANENT = 2, 400, 500
_ACCEPTED = frozenset({250, 251})
# Short pieces travel together; a long one isn't copied for each recipient.
_TOGETHER = 1 << 16
# How providers say that they want less from us: only mail to them has to wait.
_PACE_CODES = frozenset({421, 450, 451, 452})
_PACE_WORDS = re.compile(
    r"(?i)\brate\b|rate[- ]?limit|too (?:many|much|fast)|throttl|unsolicited|4\.7\.(?:0|28)\b|slow down"
)


class ServerLost(Exception):
    """A kept connection was closed meanwhile, before anything was said on it."""


class TooFast(Unavailable):
    """The recipient's domain wants less from us; nothing happened."""


class Line:
    """A connection that is open and greeted."""

    def __init__(self) -> None:
        """Connect. Raises ``CredentialsExpired`` and ``Unavailable``."""
        try:
            self._smtp = _connect()
        except smtplib.SMTPAuthenticationError as error:
            raise CredentialsExpired(_answer(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(_said(error)) from error
        self._pipelines = self._smtp.has_extn("pipelining")
        self._used = False
        self.is_open = True

    def hand_over(self, letter: Letter) -> str:
        """Hand one mail over; return the server's words.

        Raises ``Refused``, ``Unavailable``, ``OutcomeUnknown``, and ``ServerLost`` when a connection that was used
        before turns out to be closed.
        """
        was_used, self._used = self._used, True
        try:
            self._envelope(letter, was_used=was_used)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.drop()
            if was_used:
                raise ServerLost(_said(error)) from error
            raise Unavailable(_said(error)) from error
        try:
            # If this fails, the final dot is not out, and without it the server must throw the rest away.
            for block in _blocks(letter.content):
                self._smtp.send(block)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.drop()
            raise Unavailable(_said(error)) from error
        try:
            code, words = self._last_word()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise OutcomeUnknown(_said(error)) from error
        if code // 100 == _TAKEN:
            return _answer(code, words)
        if code < _TRANSIENT:
            # No answer that may stand here: whether it took the text can't be told, and what comes next neither.
            self.drop()
            raise OutcomeUnknown(_answer(code, words))
        raise _refusal(code, words, _DATA)

    def _last_word(self) -> tuple[int, bytes]:
        """The answer to the final dot. Servers search the text before they take it: they get time for it."""
        if (sock := self._smtp.sock) is None:
            raise smtplib.SMTPServerDisconnected
        sock.settimeout(settings.EMAIL_ANSWER_TIMEOUT)
        try:
            return self._smtp.getreply()
        finally:
            # Closed by the other side, it has none any more.
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(settings.EMAIL_TIMEOUT)

    def hang_up(self) -> None:
        """Say goodbye and close."""
        if self.is_open:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Close without a word."""
        self.is_open = False
        with suppress(OSError):
            self._smtp.close()

    # --- The envelope -------------------------------------------------------------------------------

    def _envelope(self, letter: Letter, *, was_used: bool) -> None:
        """MAIL, RCPT and DATA, up to the server's «go on»."""
        commands = (
            f"MAIL FROM:<{letter.sender}>\r\n".encode("ascii"),
            f"RCPT TO:<{letter.recipient}>\r\n".encode("ascii"),
            _DATA,
        )
        if self._pipelines:
            self._envelope_at_once(commands, was_used=was_used)
            return
        for command in commands:
            self._smtp.send(command)
            code, words = self._smtp.getreply()
            self._leave_if_done(code, words, command, was_used=was_used)
            if code not in _expected(command):
                self._reset()
                raise _refusal(code, words, command)

    def _envelope_at_once(self, commands: tuple[bytes, ...], *, was_used: bool) -> None:
        """RFC 2920: the three in one packet, and each has its own answer."""
        self._smtp.send(b"".join(commands))
        refusal: Refused | Unavailable | None = None
        for command in commands:
            try:
                code, words = self._smtp.getreply()
            except (smtplib.SMTPException, OSError):
                if refusal is None:
                    raise
                # It refused, and closed the door behind that word.
                self.drop()
                raise refusal from None
            self._leave_if_done(code, words, command, was_used=was_used)
            if code == _GO_ON and refusal is not None:
                # It would take a text for nobody: an empty one.
                self._end_nothing()
            elif code not in _expected(command) and refusal is None:
                refusal = _refusal(code, words, command)
        if refusal is not None:
            self._reset()
            raise refusal

    def _leave_if_done(self, code: int, words: bytes, command: bytes, *, was_used: bool) -> None:
        """A server that took mails on this connection and now says that it closes has had enough of it, not of us."""
        if was_used and code == _CLOSING and command.startswith(b"MAIL"):
            self.drop()
            raise ServerLost(_answer(code, words))

    def _end_nothing(self) -> None:
        try:
            self._smtp.send(b".\r\n")
            self._smtp.getreply()
        except (smtplib.SMTPException, OSError):
            self.drop()

    def _reset(self) -> None:
        """Forget the refused envelope, so that the next mail begins clean."""
        if self.is_open:
            try:
                self._smtp.rset()
            except (smtplib.SMTPException, OSError):
                self.drop()


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
        if smtp.sock is not None:
            # What is left of a mail goes out at once, and doesn't wait for the receipt of what went before.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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


def _expected(command: bytes) -> frozenset[int]:
    return _GO_ON_ONLY if command == _DATA else _ACCEPTED


def _blocks(pieces: list[bytes]) -> Iterator[bytes]:
    short: list[bytes] = []
    for piece in pieces:
        if len(piece) < _TOGETHER:
            short.append(piece)
            continue
        if short:
            yield b"".join(short)
            short = []
        yield piece
    if short:
        yield b"".join(short)


def _refusal(code: int, words: bytes, command: bytes) -> Refused | Unavailable:
    answer = _answer(code, words)
    if code >= _PERMANENT:
        return Refused(answer)
    # To MAIL nobody knows yet where it goes: that is our own server's word.
    if not command.startswith(b"MAIL") and code in _PACE_CODES and _PACE_WORDS.search(answer):
        return TooFast(answer, retry_after=PACE_WAIT)
    return Unavailable(answer)


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    name = type(error).__name__
    if isinstance(error, TimeoutError):
        return gettext("The mail server did not answer in time (%(name)s)") % {"name": name}
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return gettext("The mail server could not be reached (%(name)s)") % {"name": name}
    if isinstance(error, ssl.SSLError):
        return gettext("The connection to the mail server is not safe (%(name)s)") % {"name": name}
    return gettext("The connection to the mail server was cut (%(name)s)") % {"name": name}
