"""The mailbox's door: lines and literals in, answers out."""

import asyncio
import re
import socket
import threading

from commsoffice.sandbox.faults import Faults
from commsoffice.sandbox.imap.session import Cut, Session
from commsoffice.sandbox.store import Store

LINE_LIMIT = 1024 * 1024
LITERAL_LIMIT = 50 * 1024 * 1024
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")


async def _command(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Read one command with its literals; empty when the client has gone."""
    command = b""
    while True:
        line = await reader.readline()
        command += line
        match = _LITERAL.search(line)
        if match is None:
            return command
        size = int(match[1])
        if size > LITERAL_LIMIT:
            return b""
        if not match[2]:
            writer.write(b"+ Ready for literal data\r\n")
            await writer.drain()
        command += await reader.readexactly(size)


async def _converse(session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"* OK IMAP4rev1 commsoffice sandbox ready\r\n")
    while not session.ended:
        await writer.drain()
        command = await _command(reader, writer)
        if not command:
            return
        try:
            answer = await session.answer(command)
        except Cut as cut:
            writer.write(cut.last)
            await writer.drain()
            return
        writer.write(b"\r\n".join(answer) + b"\r\n")
    await writer.drain()


def serve(listener: socket.socket, store: Store, faults: Faults) -> None:
    """Answer on the socket, in a thread of its own, as long as the process lives."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(Session(store, faults), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            # The client has gone, or sent a line without end.
            pass
        finally:
            writer.close()

    async def forever() -> None:
        server = await asyncio.start_server(client, sock=listener, limit=LINE_LIMIT)
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(forever()), name="imap", daemon=True).start()
