"""The verbs of the outbox. The worker's are ``send_one``, ``send_due`` and ``sweep``; the rest are people's."""

from commsoffice.outbox.actions.enqueue import Recipient, cancel_for, enqueue

__all__ = ["Recipient", "cancel_for", "enqueue"]
