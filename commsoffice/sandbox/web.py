"""The HTTP side: who may ask, which fault strikes when, and what is written in the record of calls."""

import io
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, request
from werkzeug.exceptions import ClientDisconnected

from commsoffice.sandbox import calls
from commsoffice.sandbox.faults import CATALOGUE, LATE_FAULTS, Fault, Faults
from commsoffice.sandbox.store import Store

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
SERVICES = {
    "/graph/": "graph",
    "/graph-video/": "graph",
    "/google/token": "token",
    "/google/revoke": "token",
    "/youtube/youtube/": "youtube",
    "/youtube/upload/": "youtube",
}
SECRET_PARAMETERS = frozenset(
    {"access_token", "input_token", "fb_exchange_token", "client_secret", "code", "appsecret_proof", "token"}
)
# A call that nobody lets go goes on by itself.
STALL_SECONDS = 30.0
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Bootstrap draws the arrows of its selects with data: pictures.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; media-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


@dataclass
class Network:
    """What every page and every stand-in shares."""

    store: Store
    faults: Faults


def network() -> Network:
    """Return the network of the running app."""
    shared = current_app.extensions["sandbox"]
    assert isinstance(shared, Network)  # noqa: S101 - tells the type checker what create_app() put there
    return shared


class StreamingRequest(Request):
    """Writes uploaded files straight to the disk on which they will stay, whatever their size."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        path = network().store.incoming()
        g.setdefault("incoming", []).append(path)
        return path.open("w+b")


class CutStream(io.RawIOBase):
    """A body that ends too early, as when the line breaks."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self._source = source
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._source.read(min(len(buffer), self._left))
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)


class StallingStream(io.RawIOBase):
    """A body that stands still halfway; let go as dropped, it ends there."""

    def __init__(self, source: IO[bytes], size: int, fault: Fault, faults: Faults) -> None:
        self._source = source
        self._left = size
        self._first = size // 2
        self._fault: Fault | None = fault
        self._faults = faults

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._first <= 0 and self._fault is not None:
            with self._faults.stalls.standing(self._fault.seconds(STALL_SECONDS)) as stall:
                stall.wait()
            self._fault = None
            if stall.drop:
                self._left = 0
        # Never more than there is: the client keeps the line open and waits for our answer.
        most = self._left if self._fault is None else self._first
        piece = self._source.read(min(len(buffer), most))
        buffer[: len(piece)] = piece
        self._first -= len(piece)
        self._left -= len(piece)
        return len(piece)


def service_of(path: str) -> str | None:
    """Name the simulated service that a path belongs to, or None for the sandbox's own pages."""
    return next((service for prefix, service in SERVICES.items() if path.startswith(prefix)), None)


def install(app: Flask) -> None:
    """Put the guards, the faults and the record of calls around every request of the app."""
    app.request_class = StreamingRequest
    app.before_request(_refuse_strangers)
    app.before_request(_strike_before)
    app.after_request(_strike_after)
    app.after_request(_harden)
    app.teardown_request(_remove_leftovers)


def _refuse_strangers() -> None:
    # A page elsewhere may point its own name at 127.0.0.1 or post a form here: neither is let in.
    host = urlsplit(f"//{request.host}").hostname
    if host not in LOOPBACK_NAMES:
        abort(403, "The sandbox answers only to loopback names.")
    origin = request.headers.get("Origin")
    if request.method not in SAFE_METHODS and origin is not None and urlsplit(origin).netloc != request.host:
        abort(403, "The sandbox takes no forms from other sites.")


def _facts(wanted: set[str]) -> dict[str, str]:
    facts = {"method": request.method, "path": request.path}
    for name in wanted:
        place, _, key = name.partition(".")
        if place == "query":
            facts[name] = request.args.get(key, "")
        elif place == "header":
            facts[name] = request.headers.get(key, "")
        elif place == "form":
            facts[name] = request.form.get(key, "")
    return facts


def _strike_before() -> Response | None:
    service = service_of(request.path)
    if service is None:
        return None
    shared = network()
    on_arrival = frozenset(CATALOGUE[service]) - LATE_FAULTS.get(service, frozenset())
    fault = shared.faults.take(service, _facts(shared.faults.wanted_facts(service)), only=on_arrival)
    g.fault = fault
    if fault is None:
        return None
    if fault.fault == "slow":
        time.sleep(fault.seconds())
    elif fault.fault == "drop_before":
        # Written down before the client can notice; _strike_after() has nothing more to add.
        _note_call(service, 0, fault)
        g.pop("fault")
        return _cut()
    elif fault.fault == "drop_during":
        half = (request.content_length or 0) // 2
        source = request.environ["wsgi.input"]
        request.environ["wsgi.input"] = io.BufferedReader(CutStream(source, int(fault.params.get("bytes", half))))
    elif fault.fault == "stall":
        return _stall_before(service, fault)
    else:
        return _answer(fault)
    return None


def _stall_before(service: str, fault: Fault) -> Response | None:
    """Stand still ``at`` "before" the body is read or "during" it; "after" comes when all is done."""
    if fault.params.get("at") == "during":
        size = request.content_length or 0
        stream = StallingStream(request.environ["wsgi.input"], size, fault, network().faults)
        request.environ["wsgi.input"] = io.BufferedReader(stream)
    elif fault.params.get("at") != "after" and _stand(fault):
        _note_call(service, 0, fault)
        g.pop("fault")
        return _cut()
    return None


def _stand(fault: Fault) -> bool:
    """Stand still; say whether it is to be as if the call had never arrived."""
    with network().faults.stalls.standing(fault.seconds(STALL_SECONDS)) as stall:
        stall.wait()
    return stall.drop


def _answer(fault: Fault) -> Response | None:
    """The error body of the service, or None where the handler itself plays the fault."""
    if fault.fault == "bad_gateway":
        return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", status=502, mimetype="text/html")
    answers = current_app.extensions["sandbox_fault_answers"]
    response = answers[fault.service](fault)
    assert response is None or isinstance(response, Response)  # noqa: S101 - see network()
    return response


def _strike_after(response: Response) -> Response:
    service = service_of(request.path)
    if service is None or "fault" not in g:
        return response
    fault: Fault | None = g.fault
    name = fault.fault if fault is not None else None
    if fault is not None and name in {"accept_then_drop", "drop_during"}:
        _note_call(service, 0, fault)
        return _cut()
    if fault is not None and name == "accept_then_error":
        answer = current_app.extensions["sandbox_failure_answers"][service]()
        assert isinstance(answer, Response)  # noqa: S101 - see network()
        response = answer
    _note_call(service, response.status_code, fault)
    if fault is not None and name == "accept_then_slow":
        time.sleep(fault.seconds())
    if fault is not None and name == "stall" and fault.params.get("at") == "after" and _stand(fault):
        return _cut()
    _drain()
    return response


def _note_call(service: str, status: int, fault: Fault | None) -> None:
    """Add a line to the record of calls; status 0 means that nobody was answered."""
    # What is secret is sent in bodies and headers; only old clients put it into the address.
    query = {name: value for name, value in request.args.items() if name not in SECRET_PARAMETERS}
    name = fault.fault if fault is not None else None
    calls.note(network().store, service, request.method, request.path, status=status, fault=name, query=query)


def _cut() -> Response:
    """Close the connection under the client; the response is written to nobody."""
    connection = request.environ["werkzeug.socket"]
    with suppress(OSError):
        # The client may have gone first. Reading stays open: werkzeug reads what is still coming before it closes,
        # and would spin for ever where it may not read, while a client that is still sending waits for us.
        connection.shutdown(socket.SHUT_WR)
    return Response(status=502)


def _drain() -> None:
    # A client that is still sending can't read our answer: take the rest of its body first.
    try:
        while request.stream.read(256 * 1024):
            pass
    except (ClientDisconnected, OSError):
        return


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # With no-referrer a browser sends «Origin: null» with our own forms, which the guard would refuse.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _remove_leftovers(error: BaseException | None) -> None:
    paths: list[Path] = g.get("incoming", [])
    for path in paths:
        path.unlink(missing_ok=True)
