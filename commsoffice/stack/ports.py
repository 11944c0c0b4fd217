"""Ports on loopback."""

import os
import socket

from commsoffice.stack.refusal import Refusal

LOOPBACK = "127.0.0.1"
HIGHEST = 65535


def is_free(port: int) -> bool:
    """Say whether a server of ours could listen there now."""
    with socket.socket() as sock:
        # Connections that closed a moment ago don't make a port busy.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((LOOPBACK, port))
            sock.listen(1)
        except OSError:
            return False
    return True


def free(preferred: int = 0) -> int:
    """Return `preferred` when it is free, else any free port."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as sock:
        sock.bind((LOOPBACK, 0))
        return int(sock.getsockname()[1])


def web() -> int:
    """Return the port of the web, from PORT, or refuse with what to do."""
    text = os.environ.get("PORT", "") or "8000"
    if not (text.isdecimal() and 0 < int(text) <= HIGHEST):
        raise Refusal(f"PORT must be a number between 1 and {HIGHEST}, not «{text}».")
    port = int(text)
    if not is_free(port):
        other = next((number for number in range(port + 1, HIGHEST) if is_free(number)), 0)
        raise Refusal(f"Port {port} is taken by another program; choose another one: `PORT={other} make run`.")
    return port
