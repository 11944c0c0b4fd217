"""A call that stands still at a chosen point while its client dies."""

import imaplib
import smtplib
import socket
from collections.abc import Callable
from contextlib import suppress

import pytest

from commsoffice.sandbox import seed
from commsoffice.stack import processes
from tests.sandbox.process import SandboxProcess

FEED = f"/graph/v24.0/{seed.PAGE_GOVERNMENT_ID}/feed"


def eventually(condition: Callable[[], bool]) -> bool:
    return processes.wait_until(condition, 60)


def posted_by_one_who_dies(sandbox: SandboxProcess, *, drop: bool) -> int:
    """Post, hang up while the call stands still, let it go; how many posts are live in the end."""
    body = f"message=Hola&access_token={seed.PAGE_GOVERNMENT_TOKEN}"
    head = f"POST {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection(("127.0.0.1", sandbox.http_port)) as client:
        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        assert eventually(lambda: sandbox.stalled() == 1)
    sandbox.let_go(drop=drop)
    assert eventually(lambda: sandbox.stalled() == 0)
    assert eventually(lambda: sandbox.count(f"graph POST {FEED.removeprefix('/graph/v24.0')}") > 0)
    return len(sandbox.posts())


@pytest.mark.parametrize(
    ("at", "drop", "live"),
    [
        ("before", False, 1),
        ("before", True, 0),
        ("during", False, 1),
        ("during", True, 0),
        ("after", False, 1),
        ("after", True, 1),
    ],
)
def test_a_call_goes_on_or_never_arrived(sandbox: SandboxProcess, *, at: str, drop: bool, live: int):
    sandbox.fault("graph", "stall", at=at)
    assert posted_by_one_who_dies(sandbox, drop=drop) == live


@pytest.mark.parametrize("at", ["before", "during", "after"])
def test_a_call_that_nobody_lets_go_goes_on_by_itself(at: str, sandbox: SandboxProcess):
    sandbox.fault("graph", "stall", at=at, seconds=0.2)
    body = f"message=Hola&access_token={seed.PAGE_GOVERNMENT_TOKEN}".encode()
    with socket.create_connection(("127.0.0.1", sandbox.http_port), timeout=60) as client:
        client.sendall(b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n" % FEED.encode())
        client.sendall(b"Content-Type: application/x-www-form-urlencoded\r\n")
        client.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        assert client.recv(12)[9:] == b"200"


@pytest.mark.parametrize(
    ("moment", "drop", "kept"),
    [
        ("connect", False, 0),
        ("mail", False, 0),
        ("rcpt", False, 0),
        ("data", False, 0),
        ("body", False, 0),
        ("dot", False, 1),
        ("dot", True, 0),
        ("kept", False, 1),
        ("kept", True, 1),
    ],
)
def test_a_mail_is_kept_only_once_it_is_whole(sandbox: SandboxProcess, *, moment: str, drop: bool, kept: int):
    sandbox.fault("smtp", "stall", match={"moment": f"^{moment}$"})
    with socket.create_connection(("127.0.0.1", sandbox.smtp_port)) as client:
        client.settimeout(0.15)
        for line in ("", "EHLO oficina.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
            client.sendall(f"{line}\r\n".encode() if line else b"")
            with suppress(TimeoutError):
                client.recv(4096)
        client.sendall(b"Subject: Hola\r\n\r\nHola" + (b"" if moment == "body" else b"\r\n.\r\n"))
        assert eventually(lambda: sandbox.stalled() == 1)
    sandbox.let_go(drop=drop)
    assert eventually(lambda: sandbox.stalled() == 0)
    eventually(lambda: len(sandbox.inbox()) == kept)
    assert len(sandbox.inbox()) == kept


def test_the_server_still_takes_mail_afterwards(sandbox: SandboxProcess):
    sandbox.fault("smtp", "stall", match={"moment": "^rcpt$"}, seconds=0.1)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as client:
        client.sendmail("a@b.example", ["c@d.example"], b"Subject: Hola\r\n\r\nHola\r\n")
    assert len(sandbox.inbox()) == 1


@pytest.mark.parametrize(
    ("at", "drop", "is_seen"),
    [("before", False, True), ("before", True, False), ("after", False, True), ("after", True, True)],
)
def test_a_mark_in_the_mailbox_is_made_or_never_arrived(
    sandbox: SandboxProcess, *, at: str, drop: bool, is_seen: bool
) -> None:
    uid = sandbox.deliver(b"Subject: Devuelto\r\n\r\nHola\r\n")
    client = imaplib.IMAP4("127.0.0.1", sandbox.imap_port, timeout=60)
    client.login(seed.IMAP_USER, seed.IMAP_PASSWORD)
    client.select()
    sandbox.fault("imap", "stall", match={"method": "STORE$"}, at=at)
    client.send(f"x1 UID STORE {uid} +FLAGS.SILENT (\\Seen)\r\n".encode())
    assert eventually(lambda: sandbox.stalled() == 1)
    # Whoever asked for it dies here.
    client.shutdown()
    sandbox.let_go(drop=drop)
    assert eventually(lambda: sandbox.stalled() == 0)
    eventually(lambda: ("\\Seen" in sandbox.mailbox()[0]["flags"]) == is_seen)
    assert ("\\Seen" in sandbox.mailbox()[0]["flags"]) == is_seen
