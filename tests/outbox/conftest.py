from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox import actions
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.signals import delivery_settled
from tests.outbox import scripted
from tests.outbox.factories import NOW


@pytest.fixture(autouse=True)
def _channels(settings: Settings) -> None:
    settings.OUTBOX_CHANNELS = scripted.CHANNELS
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.expired", "commsoffice.outbox.gates.not_before"]


@pytest.fixture
def other_side() -> scripted.OtherSide:
    scripted.other_side.__init__()  # type: ignore[misc]  # begins anew, and the channel keeps seeing it
    return scripted.other_side


@pytest.fixture
def settled() -> Iterator[list[tuple[int, str]]]:
    """What the signal told."""
    told: list[tuple[int, str]] = []

    def listen(delivery_id: int, state: str, **kwargs: object) -> None:
        told.append((delivery_id, str(state)))

    delivery_settled.connect(listen)
    yield told
    delivery_settled.disconnect(listen)


def fresh(delivery: Delivery) -> Delivery:
    """The row as it is now."""
    return Delivery.objects.get(pk=delivery.pk)


def send(delivery: Delivery, now: datetime = NOW) -> Delivery:
    """Let the worker send this one; the row afterwards."""
    actions.send_one(delivery.pk, now)
    return fresh(delivery)
