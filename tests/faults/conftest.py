"""The whole engine as it stands in production, over the sandbox."""

from datetime import UTC, datetime, timedelta

import pytest

from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from tests.sandbox.process import SandboxProcess

FIVE = [f"redaccion{number}@medio{number}.example" for number in range(5)]


@pytest.fixture(autouse=True)
def _network(sandbox: SandboxProcess) -> None:
    """Settings point to an empty network."""


def now() -> datetime:
    return datetime.now(UTC)


def mail(addresses: list[str], words: str = "Alumbrado completo", wait: timedelta = timedelta(0)) -> list[Delivery]:
    """One mail to each, waiting to be sent."""
    area, _is_new = Area.objects.get_or_create(key="A09", defaults={"name": "Comunicación Social", "kind": "staff"})
    return enqueue(
        purpose=Purpose.RELEASE,
        channel="email",
        payload={"subject": words, "text": words, "attachments": []},
        recipients=[Recipient(address=address) for address in addresses],
        subject=area,
        subject_version=words,
        by=system_user(),
        now=now(),
        not_before=now() + wait,
    )


def states() -> list[str]:
    """How all stand, in the order in which they were queued."""
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def arrived(sandbox: SandboxProcess) -> list[str]:
    """Who got a mail, once for each copy."""
    return sorted(recipient for message in sandbox.inbox() for recipient in message["recipients"])
