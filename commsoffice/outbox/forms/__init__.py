"""Input of the ledger, of the people who look after it, and of the pause."""

from commsoffice.outbox.forms.ledger import DeliveryFilter
from commsoffice.outbox.forms.pause import AllowForm, PauseForm, WordForm
from commsoffice.outbox.forms.people import CancelForm, HandForm, RecordForm, ResolveForm, RetryForm

__all__ = [
    "AllowForm",
    "CancelForm",
    "DeliveryFilter",
    "HandForm",
    "PauseForm",
    "RecordForm",
    "ResolveForm",
    "RetryForm",
    "WordForm",
]
