"""Run the sandbox: python -m commsoffice.sandbox --data-dir DIR --http-port 8025 --smtp-port 2525."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from commsoffice.sandbox import smtp
from commsoffice.sandbox.app import create_app
from commsoffice.sandbox.faults import Faults
from commsoffice.sandbox.store import AlreadyRunning, Store

HOST = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """Writes no line for each request; the record of calls is in the state."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="commsoffice.sandbox", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where the network's state lies")
    parser.add_argument("--http-port", type=int, default=8025, help="0 takes any")
    parser.add_argument("--smtp-port", type=int, default=2525, help="0 takes any")
    parser.add_argument("--ready-file", type=Path, help="written when ready, with the same JSON as on the console")
    return parser.parse_args()


def _die(number: int, frame: object) -> None:
    # Every change is on disk already: there is nothing to tidy up and nobody to wait for.
    os._exit(0)


def _open_http(port: int, store: Store, faults: Faults) -> BaseWSGIServer:
    app = create_app(store, faults)
    return make_server(HOST, port, app, threaded=True, request_handler=_QuietHandler)


def main() -> int:
    """Run until SIGTERM or Ctrl-C. Returns the exit code of a failed start."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _die)
    signal.signal(signal.SIGINT, _die)
    try:
        store = Store(arguments.data_dir)
    except AlreadyRunning as error:
        sys.stderr.write(f"{error}\n")
        return 1
    faults = Faults(store)
    try:
        listener = smtp.listen(arguments.smtp_port)
    except OSError as error:
        sys.stderr.write(f"The sandbox can't use port {arguments.smtp_port} for mail: {error.strerror}.\n")
        return 1
    smtp.serve(listener, store, faults)
    # On a busy port werkzeug writes the sentence and exits by itself.
    server = _open_http(arguments.http_port, store, faults)
    ready = {
        "http_port": server.server_port,
        "smtp_port": listener.getsockname()[1],
        "http_url": f"http://{HOST}:{server.server_port}",
        "pid": os.getpid(),
    }
    if arguments.ready_file:
        unfinished = arguments.ready_file.with_suffix(".new")
        unfinished.write_text(json.dumps(ready))
        unfinished.replace(arguments.ready_file)
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
