"""Reads of the ledger."""

from django.db.models import Count, Model

from commsoffice.accounts.models import User
from commsoffice.outbox.channels.base import AccountChoice
from commsoffice.outbox.channels.registry import channels
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery, DeliveryQuerySet


def accounts() -> list[AccountChoice]:
    """All accounts that all channels can send from, usable or not."""
    return [choice for way in channels() for choice in way.accounts()]


def summary(subject_type: str, subject_id: int) -> dict[DeliveryState, int]:
    """How many deliveries of one thing are in each state; states without any are left out. One query."""
    counted = Delivery.objects.of(subject_type, subject_id).order_by().values_list("state").annotate(count=Count("pk"))
    found = {DeliveryState(state): count for state, count in counted}
    return {state: found[state] for state in DeliveryState if state in found}


def deliveries_of(target: Model) -> DeliveryQuerySet:
    """The deliveries that speak of one thing, newest first."""
    return Delivery.objects.of(target._meta.label_lower, target.pk)  # noqa: SLF001  Django's public name for it


def waiting_count(user: User) -> int:
    """How many deliveries only a person can move."""
    return Delivery.objects.needs_person().count()
