"""The return mailbox over IMAP. It only reads, marks as read and moves: nothing is ever deleted.

Whether a message was read is known by its number here, and not by its mark: people read the same mailbox.
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings

from commsoffice.settings import env

logger = logging.getLogger(__name__)

# Bytes. A report and the head of the original stand at the beginning; the rest of a big mail is not fetched.
_FETCHED = 1024 * 1024
_TIMEOUT = 30
_UID = re.compile(rb"\bUID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# What goes wrong on the line, and what the server says instead of OK.
_TROUBLE = (imaplib.IMAP4.error, OSError)


class MailboxUnavailable(Exception):
    """The mailbox can't be read just now; the message is the server's words."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The beginning of one message, as it lies in the mailbox."""

    uid: int
    arrived: datetime
    content: bytes


class ReturnMailbox:
    """An open mailbox. ``key_of`` names a message for good, as long as the server keeps its numbers."""

    def __init__(self, server: env.Mailbox) -> None:
        """Connect, sign in and open the folder; raises ``MailboxUnavailable``."""
        self._server = server
        self._imap: imaplib.IMAP4 | None = None
        self._can_move = False
        self._prefix = ""
        self._connect()

    def key_of(self, uid: int) -> str:
        """The message's number, with the mailbox's and the period in which its numbers hold (UIDVALIDITY)."""
        return f"{self._prefix}:{uid}"

    def since(self, moment: datetime) -> list[int]:
        """The numbers of all messages that came on this day or later, in the order in which they came."""
        return self._search("SINCE", f"{moment.day:02d}-{_MONTHS[moment.month - 1]}-{moment.year}")

    def unread(self, uids: Collection[int]) -> list[int]:
        """Which of these nobody has read yet."""
        return [uid for uid in self._search("UNSEEN") if uid in uids] if uids else []

    def read(self, uid: int) -> Letter | None:
        """One message, left as unread as it was; None when it is gone. Raises ``MailboxUnavailable``."""
        data = self._ask("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{_FETCHED}>)")
        for place, row in enumerate(data):
            if not isinstance(row, tuple):
                continue
            # A server may tell number and date before the text or after it.
            after = data[place + 1] if place + 1 < len(data) else b""
            around = row[0] + b" " + (after if isinstance(after, bytes) else b"")
            if (found := _UID.search(around)) and int(found[1]) == uid:
                return Letter(uid, _internal_date(around), row[1])
        return None

    def put_aside(self, uid: int) -> None:
        """Mark as read, or move where the settings say, what people need not look at. Failing is no harm."""
        if folder := settings.IMAP_DONE_FOLDER:
            try:
                self._move(uid, _quoted(folder))
            except MailboxUnavailable as trouble:
                logger.warning("A message of the return mailbox could not be moved: %s", trouble)
            else:
                return
        with suppress(MailboxUnavailable):
            self._ask("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def reconnect(self) -> None:
        """Open it anew after a lost connection. Raises ``MailboxUnavailable``."""
        self.close()
        self._connect()

    def close(self) -> None:
        """Hang up. The folder is not closed by its command, which would delete what people marked."""
        if self._imap is not None:
            with suppress(*_TROUBLE):
                self._imap.logout()
            with suppress(*_TROUBLE):
                self._imap.shutdown()
        self._imap = None

    # --- The conversation ---------------------------------------------------------------------------

    def _connect(self) -> None:
        server = self._server
        try:
            if server.use_ssl:
                context = ssl.create_default_context()
                self._imap = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=_TIMEOUT)
            else:
                self._imap = imaplib.IMAP4(server.host, server.port, timeout=_TIMEOUT)
            if server.use_tls:
                self._imap.starttls(ssl.create_default_context())
            self._imap.login(server.user, server.password)
            # Servers tell what they can do only to whom they know.
            self._can_move = b"MOVE" in (self._imap.capability()[1][0] or b"").upper().split()
            status, answer = self._imap.select(_quoted(server.folder))
        except _TROUBLE as error:
            self.close()
            raise MailboxUnavailable(_said(error)) from error
        if status != "OK":
            self.close()
            raise MailboxUnavailable(_words(answer))
        validity = self._imap.response("UIDVALIDITY")[1][0] or b"0"
        place = f"{server.user}@{server.host}/{server.folder}".encode()
        self._prefix = f"{sha256(place).hexdigest()[:12]}:{int(validity)}"

    def _search(self, *criteria: str) -> list[int]:
        data = self._ask("SEARCH", *criteria)
        return sorted({int(number) for row in data if isinstance(row, bytes) for number in row.split()})

    def _move(self, uid: int, folder: str) -> None:
        if self._imap is None or not self._can_move:
            # Copying and deleting would be the other way, and nothing is deleted.
            raise MailboxUnavailable("The server can't move messages.")
        try:
            self._ask("MOVE", str(uid), folder)
        except MailboxUnavailable as trouble:
            if "TRYCREATE" not in str(trouble):
                raise
            with suppress(*_TROUBLE):
                self._imap.create(folder)
            self._ask("MOVE", str(uid), folder)

    def _ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes] | None]:
        if self._imap is None:
            raise MailboxUnavailable("Not connected.")
        try:
            status, data = self._imap.uid(command, *arguments)
        except _TROUBLE as error:
            raise MailboxUnavailable(_said(error)) from error
        if status != "OK":
            raise MailboxUnavailable(_words(data))
        return list(data)


@contextmanager
def return_mailbox() -> Iterator[ReturnMailbox | None]:
    """Open the mailbox of the settings; None where there is none. Raises ``MailboxUnavailable``."""
    if not settings.IMAP_URL:
        yield None
        return
    box = ReturnMailbox(env.mailbox(settings.IMAP_URL))
    try:
        yield box
    finally:
        box.close()


def _internal_date(head: bytes) -> datetime:
    parts = imaplib.Internaldate2tuple(head)
    if parts is None:
        return datetime.min.replace(tzinfo=UTC)
    # It gives the local time of this machine.
    return datetime(*parts[:6]).astimezone(UTC)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def _words(data: object) -> str:
    rows = data if isinstance(data, list) else [data]
    return " ".join(row.decode("utf-8", "replace") for row in rows if isinstance(row, bytes))[:300]
