"""Past tense, ours only."""

import logging

from django.dispatch import Signal

from commsoffice.outbox.enums import DeliveryState

logger = logging.getLogger(__name__)

# delivery_id: int, state: DeliveryState. A delivery reached a settled state or ``unknown``. Sent on commit.
delivery_settled = Signal()
# delivery: Delivery, now: datetime. Its recipient called it unwanted. Sent inside the transaction that writes it
# down, so that no wish to be left alone is lost between the two; a listener that fails has it read again.
recipient_complained = Signal()


def announce(delivery_id: int, state: DeliveryState) -> None:
    """Tell whoever listens; a listener that fails must not undo what is already true."""
    for receiver, answer in delivery_settled.send_robust(None, delivery_id=delivery_id, state=state):
        if isinstance(answer, Exception):
            logger.error("%r failed on delivery %s", receiver, delivery_id, exc_info=answer)
