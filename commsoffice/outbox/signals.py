"""Past tense, ours only, sent on commit."""

from django.dispatch import Signal

# delivery_id: int, state: DeliveryState. A delivery reached a settled state or ``unknown``.
delivery_settled = Signal()
