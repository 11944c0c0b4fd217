"""Run the sandbox: python -m commsoffice.sandbox --data-dir DIR --http-port 8025 --smtp-port 2525."""

import argparse
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from werkzeug.serving import WSGIRequestHandler, make_server

from commsoffice.sandbox import smtp
from commsoffice.sandbox.app import create_app
from commsoffice.sandbox.faults import Faults
from commsoffice.sandbox.imap import server as imap_server
from commsoffice.sandbox.store import AlreadyRunning, Store

HOST = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """Writes no line for each request; the record of calls is in the state."""

    # The network's own, which stands in the head of each answer, and may be ahead of the machine's.
    now: ClassVar[Callable[[], float]] = time.time

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(type(self).now() if timestamp is None else timestamp)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="commsoffice.sandbox", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where the network's state lies")
    parser.add_argument("--http-port", type=int, default=8025, help="0 takes any")
    parser.add_argument("--smtp-port", type=int, default=2525, help="0 takes any")
    parser.add_argument("--imap-port", type=int, default=2143, help="0 takes any")
    parser.add_argument("--ready-file", type=Path, help="written when ready, with the same JSON as on the console")
    return parser.parse_args()


def _die(number: int, frame: object) -> None:
    # Every change is on disk already: there is nothing to tidy up and nobody to wait for.
    os._exit(0)


def _listen(port: int, purpose: str) -> socket.socket:
    """Open a port on loopback; 0 takes any. Raises SystemExit with a sentence if it can't be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise SystemExit(f"The sandbox can't use port {port} for {purpose}: {error.strerror}.") from None
    listener.listen(128)
    return listener


def _announce(ready: dict[str, object], ready_file: Path | None) -> None:
    text = json.dumps(ready)
    if ready_file:
        unfinished = ready_file.with_suffix(".new")
        unfinished.write_text(text)
        unfinished.replace(ready_file)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _die)
    signal.signal(signal.SIGINT, _die)
    try:
        store = Store(arguments.data_dir)
    except AlreadyRunning as error:
        raise SystemExit(str(error)) from None
    faults = Faults(store)
    mail_listener = _listen(arguments.smtp_port, "mail")
    mailbox_listener = _listen(arguments.imap_port, "the return mailbox")
    http_listener = _listen(arguments.http_port, "its pages")
    _QuietHandler.now = store.now
    smtp.serve(mail_listener, store, faults)
    imap_server.serve(mailbox_listener, store, faults)
    http_port = http_listener.getsockname()[1]
    server = make_server(
        HOST,
        http_port,
        create_app(store, faults),
        threaded=True,
        request_handler=_QuietHandler,
        fd=http_listener.fileno(),
    )
    ready: dict[str, object] = {
        "http_port": http_port,
        "smtp_port": mail_listener.getsockname()[1],
        "imap_port": mailbox_listener.getsockname()[1],
        "http_url": f"http://{HOST}:{http_port}",
        "pid": os.getpid(),
    }
    _announce(ready, arguments.ready_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
