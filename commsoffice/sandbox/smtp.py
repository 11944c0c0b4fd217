"""The mail server: takes every message, sends none on."""

import asyncio
import socket
import threading
from typing import AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from commsoffice.sandbox import calls, mail, returns, seed
from commsoffice.sandbox.faults import Fault, Faults
from commsoffice.sandbox.store import Store

SIZE_LIMIT = 25 * 1024 * 1024

# A call that nobody lets go goes on by itself.
STALL_SECONDS = 30.0

STALL = frozenset({"stall"})
AT_SENDER = frozenset({"refuse_sender", "defer_sender", "too_big", "drop_before"})
AT_RECIPIENT = frozenset({"refuse_recipient", "defer_recipient"})
AT_DATA = frozenset({"refuse_data"})
# What the recipient's server or the recipient does with a message that was taken.
LATER = frozenset({"bounce_later", "auto_reply", "complain"})
AFTER_DOT = frozenset({"refuse_message", "defer_message", "drop_after_dot", "accept_then_drop", "slow"})

REPLIES = {
    "refuse_sender": "553 5.1.8 Sender address rejected",
    "defer_sender": "451 4.7.1 Greylisted, please try again later",
    "too_big": "552 5.3.4 Message size exceeds fixed maximum message size",
    "refuse_recipient": "550 5.1.1 No such user here",
    "defer_recipient": "452 4.2.2 Mailbox full, try again later",
    "refuse_data": "554 5.7.1 Transaction refused",
    "refuse_message": "554 5.7.1 Message refused by content policy",
    "defer_message": "451 4.3.0 Temporary failure, try again later",
}


class _Server(SMTP):
    """Adds a refusal between RCPT and the message, and lets a handler cut the line."""

    def cut(self) -> None:
        """Close the connection without another word."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]  # annotated as BaseTransport, is a Transport

    async def push(self, status: AnyStr) -> None:
        # The only two answers that aiosmtpd gives without asking a handler before.
        handler = self.event_handler
        if status[:4] in {"220 ", b"220 "} and isinstance(handler, _Handler):
            await handler.stand(self, None, "connect")
        await super().push(status)
        if status[:4] in {"354 ", b"354 "} and isinstance(handler, _Handler):
            await handler.stand(self, self.envelope, "body")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds commands by this name
        handler = self.event_handler
        if self.envelope is not None and self.envelope.rcpt_tos and isinstance(handler, _Handler):
            await handler.stand(self, self.envelope, "data")
        if self.envelope is not None and self.envelope.rcpt_tos and isinstance(handler, _Handler):
            fault = handler.strike(self.envelope, AT_DATA)
            if fault is not None:
                reply = handler.refuse(self.envelope, fault, "DATA")
                self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd leaves it bare
                await self.push(reply)
                return
        await super().smtp_DATA(arg)


class _Handler:
    """Answers the commands; aiosmtpd finds the methods by their names."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    def strike(self, envelope: Envelope, moment: frozenset[str], recipient: str | None = None) -> Fault | None:
        """Return the fault that strikes at this moment of the conversation."""
        recipients = ", ".join(envelope.rcpt_tos) if recipient is None else recipient
        facts = {"method": "SMTP", "path": "", "sender": envelope.mail_from or "", "recipient": recipients}
        return self._faults.take("smtp", facts, only=moment)

    async def stand(
        self, server: _Server, envelope: Envelope | None, moment: str, address: str = "", *, is_whole: bool = False
    ) -> bool:
        """Stand still where a «stall» asks for this moment: connect, mail, rcpt, data, body, dot, kept.

        Says whether the sender has gone and the message, being whole, is still to be kept.
        """
        facts = {"method": "SMTP", "path": "", "moment": moment, "sender": "", "recipient": address}
        if envelope is not None:
            facts["sender"] = envelope.mail_from or ""
            facts["recipient"] = address or ", ".join(envelope.rcpt_tos)
        fault = self._faults.take("smtp", facts, only=STALL)
        if fault is None:
            return False
        with self._faults.stalls.standing(fault.seconds(STALL_SECONDS)) as stall:
            is_gone = await stall.wait_calmly()
        if stall.drop or (is_gone and not is_whole):
            server.cut()
            raise asyncio.CancelledError
        return is_gone

    def refuse(self, envelope: Envelope, fault: Fault, command: str, recipient: str | None = None) -> str:
        """Write the refusal down and return the reply."""
        reply = str(fault.params.get("reply", REPLIES[fault.fault]))
        self.note(envelope, command, reply[:3], fault, recipient)
        return reply

    def note(
        self, envelope: Envelope, command: str, status: str, fault: Fault | None, recipient: str | None = None
    ) -> None:
        """Add a line to the record of calls."""
        calls.note(
            self._store,
            "smtp",
            command,
            recipient or "",
            status=int(status),
            fault=fault.fault if fault is not None else None,
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
        )

    async def handle_MAIL(  # noqa: N802 - see the class
        self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.stand(server, envelope, "mail")
        envelope.mail_from = address
        fault = self.strike(envelope, AT_SENDER)
        if fault is None:
            envelope.mail_options.extend(options)
            return "250 2.1.0 OK"
        if fault.fault == "drop_before":
            self.note(envelope, "MAIL", "0", fault)
            server.cut()
            return "421 4.3.2 Closing"
        reply = self.refuse(envelope, fault, "MAIL")
        envelope.mail_from = None
        return reply

    async def handle_RCPT(  # noqa: N802 - see the class
        self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.stand(server, envelope, "rcpt", address)
        fault = self.strike(envelope, AT_RECIPIENT, address)
        if fault is not None:
            return self.refuse(envelope, fault, "RCPT", address)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:  # noqa: N802 - see the class
        is_gone = await self.stand(server, envelope, "dot", is_whole=True)
        fault = self.strike(envelope, AFTER_DOT)
        name = fault.fault if fault is not None else ""
        if fault is not None and name in REPLIES:
            return self.refuse(envelope, fault, "DATA")
        if name == "drop_after_dot":
            self.note(envelope, "DATA", "0", fault)
            server.cut()
            return "421 4.3.2 Closing"
        login: object = session.auth_data
        record = mail.keep(
            self._store,
            envelope.original_content or b"",
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            peer=str(session.peer),
            user=login.login.decode() if isinstance(login, LoginPassword) else None,
        )
        self.note(envelope, "DATA", "250", fault)
        for recipient in envelope.rcpt_tos:
            later = self.strike(envelope, LATER, recipient)
            if later is not None and envelope.mail_from not in {None, "", "<>"}:
                # Nothing answers a message that has no sender: it is itself such an answer.
                returns.come_back(self._store, later, record, recipient)
        if is_gone or await self.stand(server, envelope, "kept", is_whole=True):
            server.cut()
            raise asyncio.CancelledError
        if name == "accept_then_drop":
            server.cut()
        if fault is not None and name == "slow":
            await asyncio.sleep(fault.seconds())
        return f"250 2.0.0 OK queued as {record['number']}"


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    expected = LoginPassword(seed.SMTP_USER.encode(), seed.SMTP_PASSWORD.encode())
    right = data == expected
    return AuthResult(success=right, handled=False, auth_data=data if right else None)


def serve(listener: socket.socket, store: Store, faults: Faults) -> None:
    """Take mail on the socket, in a thread of its own, as long as the process lives."""
    handler = _Handler(store, faults)

    def connection() -> SMTP:
        return _Server(
            handler,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="sandbox.example",
            ident="commsoffice sandbox",
            auth_required=False,
            auth_require_tls=False,
            authenticator=_authenticate,
        )

    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(connection, sock=listener)
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(forever()), name="smtp", daemon=True).start()
