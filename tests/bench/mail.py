"""E-mails through the exact ledger, against a bare smtplib loop of prebuilt messages on one connection."""

import gc
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.outbox import actions
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Attempt, Delivery
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from tests.bench import Figure, interleaved
from tests.pressreleases.factories import release_in

_ROUNDS = 3
# A relay on the same network that writes each mail to its disk before it says yes.
_ORDINARY_MS = 5
_KB, _MB = 1024, 1024 * 1024
_turn = count()


def figures() -> Iterator[Figure]:
    """The four rows of mail."""
    release = _release()
    with _server(_ORDINARY_MS) as ordinary, _server(0) as free:
        yield _figure("1,000 mails of 20 kB, an ordinary server", release, ordinary, 1000, 20 * _KB, bar=0.85)
        yield _figure("1,000 mails of 20 kB, a server that costs nothing", release, free, 1000, 20 * _KB, bar=0.45)
        yield _figure("100 mails of 1 MB, an ordinary server", release, ordinary, 100, _MB, bar=0.85)
        yield _memory(release, ordinary)


def _figure(name: str, release: Release, port: int, number: int, size: int, *, bar: float) -> Figure:
    payload = _payload(size)
    prebuilt = [_prebuilt(payload, _address(n), size) for n in range(number)]
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    # A first round warms both, and counts for neither.
    _ours(release, payload, 20)
    _floor(port, prebuilt[:20])
    ours, floor = interleaved(
        lambda: _floor(port, prebuilt),
        lambda: _ours(release, payload, number),
        _ROUNDS,
    )
    return Figure(name, ours, floor, bar)


def _memory(release: Release, port: int) -> Figure:
    """Memory after five times as many mails of 1 MB, against after the first hundred."""
    payload = _payload(_MB)
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    _ours(release, payload, 100)
    first = _resident()
    _ours(release, payload, 400)
    return Figure("memory after 500 mails of 1 MB, against after 100", _resident(), first, 1.1, at_most=True, unit="MB")


def _ours(release: Release, payload: dict[str, Any], number: int) -> float:
    """Put them into the ledger, and time how long the worker takes until all of them are accepted and written down."""
    turn = next(_turn)
    deliveries = actions.enqueue(
        purpose=Purpose.RELEASE,
        channel="email",
        payload=payload,
        recipients=[
            actions.Recipient(
                address=_address(n),
                name=f"Redacción número {n}",
                ref=f"media_contacts.contact:{turn}{n:06}",
                personal={
                    "unsubscribe_url": f"https://valle.example/suscripciones/{sha256(str(n).encode()).hexdigest()}/"
                },
            )
            for n in range(number)
        ],
        subject=release,
        subject_version=release.approved_hash,
        by=system_user(),
        now=timezone.now(),
    )
    gc.collect()
    began = time.perf_counter()
    while actions.send_due(now=timezone.now()):
        pass
    seconds = time.perf_counter() - began
    ids = [delivery.pk for delivery in deliveries]
    accepted = Delivery.objects.filter(pk__in=ids, state=DeliveryState.ACCEPTED, attempts_made=1).count()
    written = Attempt.objects.filter(delivery__in=ids, outcome=DeliveryState.ACCEPTED).count()
    if (accepted, written) != (number, number):
        raise AssertionError(f"{number} mails, {accepted} accepted, {written} attempts")
    return seconds


def _floor(port: int, prebuilt: list[tuple[str, bytes]]) -> float:
    gc.collect()
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for recipient, content in prebuilt:
            smtp.sendmail("comunicacion@valle.example", [recipient], content)
    return time.perf_counter() - began


def _payload(size: int) -> dict[str, Any]:
    """A release as it is sent: text and HTML, personal in both; beyond 20 kB the rest is a photograph."""
    words = "La dirección informó que mañana concluye la instalación de 148 luminarias en doce calles. "
    text = "Buen día, {{name}}:\n\n" + "\n\n".join(words * 3 for _ in range(24)) + "\n\n{{unsubscribe_url}}\n"
    html = (
        "<!doctype html><html><body><p>Buen día, {{name}}:</p>"
        + "".join(f"<p>{words * 3}</p>" for _ in range(28))
        + "<p><a href='{{unsubscribe_url}}'>Cancelar la suscripción</a></p></body></html>"
    )
    payload: dict[str, Any] = {"subject": "Alumbrado completo en El Mirador", "text": text, "html": html}
    if size > 20 * _KB:
        # As many bytes as become ``size`` when they are encoded.
        content = Random(1).randbytes((size - 20 * _KB) * 3 // 4 * 76 // 78)
        name = default_storage.save("bench.jpg", ContentFile(content))
        payload["attachments"] = [
            {
                "name": name,
                "filename": "luminarias.jpg",
                "content_type": "image/jpeg",
                "size": len(content),
                "sha256": sha256(content).hexdigest(),
            }
        ]
    return payload


def _prebuilt(payload: dict[str, Any], recipient: str, size: int) -> tuple[str, bytes]:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Dirección de Comunicación Social <comunicacion@valle.example>"
    mail["To"] = f"Redacción <{recipient}>"
    mail["Subject"] = payload["subject"]
    mail.set_content(payload["text"], cte="quoted-printable")
    mail.add_alternative(payload["html"], subtype="html", cte="quoted-printable")
    for attachment in payload.get("attachments", ()):
        with default_storage.open(attachment["name"]) as file:
            mail.add_attachment(file.read(), "image", "jpeg", filename=attachment["filename"])
    content = mail.as_bytes()
    if not 0.9 * size <= len(content) <= 1.1 * size:
        raise AssertionError(f"A mail of {len(content)} bytes instead of {size}")
    return recipient, content


def _address(number: int) -> str:
    return f"redaccion{number}@medio{number % 40}.example"


def _resident() -> float:
    """Megabytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / _MB


def _release() -> Release:
    """An approved release, whose gates are asked for each mail as in life."""
    writer = User.objects.create_user("writer@valle.example", "bench-only-2026", roles=(Role.WRITER,), name="Writer")
    director = User.objects.create_user("director@valle.example", "bench-only-2026", roles=(Role.DIRECTOR,), name="Dir")
    now: datetime = timezone.now() - timedelta(hours=1)
    release = release_in(ReleaseState.APPROVED, writer=writer, director=director, now=now)
    # Its own page goes first.
    while actions.send_due(now=timezone.now()):
        pass
    release.refresh_from_db()
    return release


@contextmanager
def _server(milliseconds: float) -> Iterator[int]:
    """A mail server in a process of its own; its port."""
    command = [sys.executable, "-m", "tests.bench.smtp_server", str(milliseconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()
