"""E-mail over SMTP. One recipient a mail, a few connections a batch."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from commsoffice.office.queries import office
from commsoffice.outbox.channels.base import (
    BadPayload,
    Channel,
    ChannelError,
    CredentialsExpired,
    Reconciled,
    Sent,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.channels.letter import ALLOWED_HEADERS, Letter, Letters
from commsoffice.outbox.channels.pace import PACE_WAIT, Pace, domain_of
from commsoffice.outbox.channels.smtp import Line, ServerLost, TooFast
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Hold

logger = logging.getLogger(__name__)

# Fewer aren't worth another connection.
_MAILS_FOR_A_CONNECTION = 8


class EmailChannel(Channel):
    """Payload: ``{"subject", "text", "html", "reply_to", "automatic", "headers", "attachments"}``."""

    label: ClassVar[StrOrPromise] = _("E-mail")
    # A server can't be asked whether it took a mail.
    can_be_asked: ClassVar[bool] = False
    ask_limit: ClassVar[int] = 1
    # Connecting anew, and then each step may take EMAIL_TIMEOUT.
    lease: ClassVar[timedelta] = timedelta(minutes=10)

    def __init__(self, alias: str, **options: Any) -> None:
        """``options`` are none so far."""
        super().__init__(alias, **options)
        self._letters: Letters | None = None
        # Connections that nobody uses at this moment; the one used last is taken first.
        self._idle: list[Line] = []
        # How many are used, or being opened; whether the server has turned one more away.
        self._busy = 0
        self._is_full = False
        # Once the server could not be reached, or refused our password, the rest of the batch doesn't ask it again.
        self._closed: Unavailable | CredentialsExpired | None = None
        self._pace = Pace()
        # Domains whose servers said in this session that we are too fast, and how; those not written down yet.
        self._too_fast: dict[str, str] = {}
        self._to_note: set[str] = set()
        self._free = threading.Condition()

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

    def hands(self, number: int) -> int:
        """So many connections at once for ``number`` mails."""
        return max(1, min(settings.EMAIL_CONNECTIONS, number // _MAILS_FOR_A_CONNECTION))

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep connections, and what was built of the messages, for a batch."""
        ours = office()
        self._letters = Letters(ours.name, ours.email, tracks_opens=ours.tracks_opens)
        self._closed, self._is_full = None, False
        self._pace = Pace()
        self._too_fast.clear()
        try:
            yield
        finally:
            while self._idle:
                self._idle.pop().hang_up()
            self._note_pace(timezone.now())
            self._letters = None

    def not_yet(self, delivery: Delivery, now: datetime) -> Hold | None:
        """Let a domain wait that is sent to as fast as it may, or said that it is too fast."""
        self._note_pace(now)
        return self._pace.not_yet(delivery, now)

    def send(self, delivery: Delivery) -> Sent:
        """Hand one mail over. Several threads may do so at once within one session."""
        if self._letters is None:
            with self.session():
                return self.send(delivery)
        domain = domain_of(delivery.recipient)
        if (told := self._too_fast.get(domain)) is not None:
            # Begun before its server said so: no call.
            raise TooFast(told, retry_after=PACE_WAIT)
        letter = self._built(self._letters, delivery)
        try:
            answer = self._hand_over(letter)
        except TooFast as error:
            with self._free:
                self._too_fast[domain] = error.answer
                self._to_note.add(domain)
            raise
        return Sent(remote_id=letter.message_id, answer=answer)

    def _built(self, letters: Letters, delivery: Delivery) -> Letter:
        try:
            return letters.build(delivery, timezone.now())
        except ChannelError:
            raise
        except Exception as error:
            # A storage that is away, perhaps. Whatever it is, nothing has left: that must not look like a doubt.
            logger.exception("The mail of delivery %s could not be built", delivery.pk)
            raise Unavailable(gettext("The mail could not be put together: %(why)s") % {"why": error}) from error

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Nobody can be asked."""
        return Undecided(str(_("A mail server can't be asked whether it took a message.")))

    def _note_pace(self, now: datetime) -> None:
        while self._to_note:
            with self._free:
                domain = self._to_note.pop()
            self._pace.close(domain, now)

    # --- Connections --------------------------------------------------------------------------------

    def _hand_over(self, letter: Letter) -> str:
        line = self._taken()
        try:
            try:
                return line.hand_over(letter)
            except ServerLost:
                # A kept connection that the server closed meanwhile: nothing was said on it, and a new one is tried.
                line = Line()
                return line.hand_over(letter)
        except ChannelError:
            raise
        except BaseException:
            # Nobody knows how far it got: the next mail must not be taken for the rest of this one.
            line.drop()
            raise
        finally:
            self._give_back(line)

    def _taken(self) -> Line:
        """A connection: one that is free, or a new one, or the next to come free where the server takes no more."""
        with self._free:
            while not self._idle and self._is_full and self._busy:
                self._free.wait()
            if not self._idle and self._closed is not None:
                raise type(self._closed)(self._closed.answer)
            self._busy += 1
            if self._idle:
                return self._idle.pop()
        try:
            return Line()
        except (Unavailable, CredentialsExpired) as error:
            with self._free:
                self._busy -= 1
                if self._busy or self._idle:
                    self._is_full = True
                else:
                    self._closed = error
                self._free.notify_all()
        return self._taken()

    def _give_back(self, line: Line) -> None:
        with self._free:
            self._busy -= 1
            if line.is_open:
                self._idle.append(line)
            # All of them: where none is left, each has to try for itself.
            self._free.notify_all()
