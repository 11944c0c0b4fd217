"""Ports on loopback."""

import contextlib
import os
import socket
import sys

from commsoffice.stack.refusal import Refusal

LOOPBACK = "127.0.0.1"
HIGHEST = 65535
# What was given out stays ours until we end.
_kept: list[socket.socket] = []


def hears(port: int) -> bool:
    """Say whether somebody listens there. It only knocks: trying to listen would keep the awaited one out."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def is_free(port: int) -> bool:
    """Say whether a server of ours could listen there now. Not for waiting until one does: see `hears`."""
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
    """Return `preferred` when it is free, else any free port; nobody gets it by chance while this process lives."""
    if preferred and is_free(preferred) and _is_ours_to_take(preferred):
        return preferred
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((LOOPBACK, 0))
    port = int(sock.getsockname()[1])
    if sys.platform == "linux":
        # Bound and not listening: the kernel gives it to nobody else, neither to a server that takes any port nor to
        # a client, and a server that sets SO_REUSEADDR, as each of ours does, listens there all the same.
        _kept.append(sock)
    else:
        sock.close()
    return port


def _is_ours_to_take(port: int) -> bool:
    """Say that we want this port; False when another office that starts at this moment wants it too."""
    if sys.platform != "linux":
        return True
    # A name without a file, which the kernel gives to one process only and takes back when that one ends.
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0commsoffice-port-{port}")
    except OSError:
        claim.close()
        return False
    _kept.append(claim)
    return True


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
