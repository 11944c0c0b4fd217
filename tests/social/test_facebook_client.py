"""What became of a call whose answer is missing, and where its token travels."""

import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django.fixtures import Settings

from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.sandbox import seed
from social.channels.facebook_client import Broken, Graph, GraphRefusal, NotReached
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, queue

Run = Callable[[Delivery], Delivery]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of a server on this machine, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def server(certificate: Path, settings: Settings) -> Iterator[list[int]]:
    """Reads a request over TLS and answers with what is no TLS; tells how many bytes of requests came."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    read: list[int] = []

    def serve(listening: socket.socket) -> None:
        try:
            connection, _address = listening.accept()
            with context.wrap_socket(connection, server_side=True) as secured:
                read.append(len(secured.recv(65536)))
                with socket.socket(fileno=secured.detach()) as bare:
                    bare.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.FACEBOOK_GRAPH_URL = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield read
    thread.join(5)


def test_tls_that_breaks_after_the_call_leaves_it_unknown(
    server: list[int], certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with pytest.raises(Broken):
        Graph("EAAG-x", (2, 2)).post("1/feed", {"message": "Aviso"})
    assert server[0] > 0


def test_a_certificate_that_is_not_theirs_gets_nothing(server: list[int]):
    with pytest.raises(NotReached):
        Graph("EAAG-x", (2, 2)).post("1/feed", {"message": "Aviso"})
    assert server == []


def test_a_page_s_waiting_time_is_read_from_its_header(sandbox: SandboxProcess):
    sandbox.fault("graph", "throttle", minutes=47)
    with pytest.raises(GraphRefusal) as caught:
        Graph(seed.PAGE_GOVERNMENT_TOKEN).get("me")
    assert caught.value.wait == timedelta(minutes=47)


def test_an_application_s_throttle_announces_no_time(sandbox: SandboxProcess):
    sandbox.fault("graph", "app_throttle")
    with pytest.raises(GraphRefusal) as caught:
        Graph(seed.PAGE_GOVERNMENT_TOKEN).get("me")
    assert caught.value.wait is None


def test_the_token_stands_in_no_address_log_or_attempt(
    send: Run, ask: Run, sandbox: SandboxProcess, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    sandbox.fault("graph", "accept_then_drop", match={"path": "/feed$"})
    ask(send(queue("facebook", PageFactory.create(), {"message": "Aviso", "link": "", "photos": []})))
    answers = "".join(Attempt.objects.values_list("answer", flat=True))
    rows = str(list(Delivery.objects.values()))
    # The library's own log tells every address that was called.
    assert "/published_posts" in caplog.text
    assert seed.PAGE_GOVERNMENT_TOKEN not in caplog.text + answers + rows + str(sandbox.state()["calls"])
