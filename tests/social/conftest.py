from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import ask_due, send_due
from commsoffice.outbox.models import Delivery
from commsoffice.stack import processes
from social.models import Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, PageFactory, now

SOON = timedelta(minutes=2)
# Seconds that a channel waits for an answer: far more than any takes, on a machine that is busy elsewhere too.
PATIENCE = 30
IMPATIENCE = 2
# A fault that answers too late → where its call stands still.
TOO_LATE = {"slow": "before", "accept_then_slow": "after"}


@pytest.fixture(autouse=True)
def _network(settings: Settings, sandbox: SandboxProcess, db: None) -> None:
    """The channels over the sandbox, and no rule that holds anything back."""
    settings.OUTBOX_GATES = []
    settings.OUTBOX_CHANNELS = {
        "email": {"CLASS": "commsoffice.outbox.channels.email.EmailChannel"},
        "facebook": {
            "CLASS": "social.channels.facebook.FacebookChannel",
            "OPTIONS": {"settle_seconds": 0, "timeouts": (PATIENCE, PATIENCE)},
        },
        "youtube": {
            "CLASS": "social.channels.youtube.YouTubeChannel",
            # Six chunks of the smallest measure instead of six of eight megabytes.
            "OPTIONS": {"timeout": PATIENCE, "chunk": 256 * 1024},
        },
    }


@pytest.fixture
def strike(sandbox: SandboxProcess, settings: Settings) -> Iterator[Callable[..., None]]:
    """Switch a fault of the network on. What answers too late stands still until it is let go; nobody waits so long."""

    def switch_on(service: str, fault: str, **where: Any) -> None:
        if fault in TOO_LATE:
            settings.OUTBOX_CHANNELS["facebook"]["OPTIONS"] |= {"timeouts": (IMPATIENCE, IMPATIENCE)}
            settings.OUTBOX_CHANNELS["youtube"]["OPTIONS"] |= {"timeout": IMPATIENCE}
            where["at"] = TOO_LATE[fault]
            fault = "stall"
        sandbox.fault(service, fault, **where)

    yield switch_on
    sandbox.let_go()
    assert processes.wait_until(lambda: sandbox.stalled() == 0, PATIENCE)


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


@pytest.fixture
def signed_in(client: Client, community_manager: User) -> None:
    """The browser of somebody who may connect accounts."""
    client.force_login(community_manager)


@pytest.fixture
def page() -> Profile:
    """A page that was never connected."""
    return PageFactory.create(state="manual", credentials={}, external_id="")


@pytest.fixture
def channel() -> Profile:
    """A channel that was never connected."""
    return ChannelFactory.create(state="manual", credentials={}, external_id="")
