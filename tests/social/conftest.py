from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox.actions import ask_due, send_due
from commsoffice.outbox.models import Delivery
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now

SOON = timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _network(settings: Settings, sandbox: SandboxProcess, db: None) -> None:
    """The channels over the sandbox, and no rule that holds anything back."""
    settings.OUTBOX_GATES = []
    settings.OUTBOX_CHANNELS = {
        "email": {"CLASS": "commsoffice.outbox.channels.email.EmailChannel"},
        "facebook": {
            "CLASS": "social.channels.facebook.FacebookChannel",
            "OPTIONS": {"settle_seconds": 0, "timeouts": (1, 1)},
        },
        "youtube": {
            "CLASS": "social.channels.youtube.YouTubeChannel",
            # Six chunks of the smallest measure instead of six of eight megabytes.
            "OPTIONS": {"timeout": 2, "chunk": 256 * 1024},
        },
    }


@pytest.fixture
def send() -> Callable[[Delivery], Delivery]:
    """Let the engine send what is due, also what waits for later, and read the row again."""

    def run(delivery: Delivery) -> Delivery:
        later = max(now(), delivery.not_before) + timedelta(seconds=1)
        send_due(now=later)
        return Delivery.objects.get(pk=delivery.pk)

    return run


@pytest.fixture
def ask() -> Callable[[Delivery], Delivery]:
    """Let the engine ask the other side, and read the row again."""

    def run(delivery: Delivery) -> Delivery:
        ask_due(delivery.not_before + SOON)
        return Delivery.objects.get(pk=delivery.pk)

    return run
