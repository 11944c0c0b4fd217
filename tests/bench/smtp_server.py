"""A mail server that takes everything, as a process of its own: `python -m tests.bench.smtp_server MILLISECONDS`.

It prints its port. After each final dot it waits so long (a real relay writes the mail to its disk) and says yes.
Like every relay in use it announces PIPELINING. It keeps nothing, so that the rows measure us and not it.
"""

import socketserver
import sys
import time
from typing import BinaryIO

_GREETING = b"220 bench.example ESMTP\r\n"
_EHLO = b"250-bench.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n"
_CHUNK = 1 << 18


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(("127.0.0.1", 0), _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True
    rbufsize = 0

    def handle(self) -> None:
        self.wfile.write(_GREETING)
        pending = bytearray()
        while (line := self._line(pending)) is not None:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(_EHLO)
            elif verb == b"DATA":
                self.wfile.write(b"354 Go on\r\n")
                if not self._body(pending):
                    return
                if self.server.seconds:
                    time.sleep(self.server.seconds)
                self.wfile.write(b"250 2.0.0 OK queued\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 2.0.0 Bye\r\n")
                return
            else:
                self.wfile.write(b"250 2.1.0 OK\r\n")

    def _line(self, pending: bytearray) -> bytes | None:
        while (end := pending.find(b"\r\n")) < 0:
            if not self._read(pending):
                return None
        line = bytes(pending[:end])
        del pending[: end + 2]
        return line

    def _body(self, pending: bytearray) -> bool:
        looked = 0
        while (end := pending.find(b"\r\n.\r\n", looked)) < 0:
            # The dot may be cut in two by the network.
            looked = max(len(pending) - 4, 0)
            if not self._read(pending):
                return False
        del pending[: end + 5]
        return True

    def _read(self, pending: bytearray) -> bool:
        chunk = self.connection.recv(_CHUNK)
        pending += chunk
        return bool(chunk)


def main(out: BinaryIO) -> None:
    """Serve until killed."""
    with _Server(float(sys.argv[1]) / 1000) as server:
        out.write(f"{server.server_address[1]}\n".encode())
        out.flush()
        server.serve_forever(poll_interval=60)


if __name__ == "__main__":
    main(sys.stdout.buffer)
