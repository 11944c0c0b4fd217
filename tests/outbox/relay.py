"""A mail server whose answers the test writes down, for what the simulated network doesn't say."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# What it says to one line of the client: None is the usual answer, "close" hangs up, also behind "250 taken; ".
# The end of a text is ".".
Answer = Callable[[str], str | None]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, extensions: list[str], answer: Answer) -> None:
        self.extensions = extensions
        self.answer = answer
        self.connections = 0
        # So many at once; more are sent away.
        self.most = 100
        self._open = 0
        self._lock = threading.Lock()
        self.lines: list[str] = []
        # Each text as it came, its dots still doubled.
        self.texts: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Conversation)

    def enter(self, step: int) -> bool:
        """Count a connection in or out; whether there is room for it."""
        with self._lock:
            self._open += step
            return self._open <= self.most


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            if self.server.enter(1):
                self._talk()
            else:
                self._say("421 too many connections")
        finally:
            self.server.enter(-1)

    def _talk(self) -> None:
        self.server.connections += 1
        self._say("220 relay.example ESMTP")
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            self.server.lines.append(line)
            if line.upper().startswith("EHLO"):
                said = ["relay.example", *self.server.extensions]
                for word in said[:-1]:
                    self._say(f"250-{word}")
                self._say(f"250 {said[-1]}")
                continue
            answer = self.server.answer(line) or ("250 OK" if line != "DATA" else "354 Go on")
            if answer == "close":
                return
            self._say(answer)
            if answer.startswith("354"):
                text = []
                for piece in self.rfile:
                    if piece == b".\r\n":
                        break
                    text.append(piece)
                self.server.texts.append(b"".join(text))
                answer = self.server.answer(".") or "250 taken"
                if answer == "close":
                    return
                self._say(answer.removesuffix("; close"))
                if answer.endswith("; close"):
                    return

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def nothing(line: str) -> str | None:
    """The answer of a server that takes everything."""
    return None


@contextmanager
def relay(answer: Answer = nothing, extension: str = "8BITMIME") -> Iterator[_Server]:
    """A server while the block runs; an answer of None is the usual one, "close" hangs up."""
    with _Server([extension], answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def url_of(server: _Server) -> str:
    """Its address for EMAIL_URL."""
    return f"smtp://127.0.0.1:{server.server_address[1]}"
