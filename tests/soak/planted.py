"""Faults planted in our own house, so that it is seen that the soak finds such faults."""

import os
from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings

from commsoffice.outbox.channels.base import Absent, OutcomeUnknown, Reconciled, Scheduled, Sent, Unavailable
from commsoffice.outbox.channels.email import EmailChannel
from commsoffice.outbox.models import Attempt, Delivery
from social.channels.facebook import FacebookChannel

# Where the workers find which fault to carry.
VARIABLE = "SOAK_PLANT"


class BlindPost(FacebookChannel):
    """Takes «nobody knows» for «not there»: what most publishers do."""

    def send(self, delivery: Delivery) -> Sent | Scheduled:
        try:
            return super().send(delivery)
        except OutcomeUnknown as error:
            raise Unavailable(error.answer) from error

    def reconcile(self, delivery: Delivery) -> Reconciled:
        return Absent("")


class BlindMail(EmailChannel):
    """The same with mail."""

    def reconcile(self, delivery: Delivery) -> Reconciled:
        return Absent("")


class Forgetful(EmailChannel):
    """Says of every third mail that it left, and throws every other third out of the ledger."""

    def send(self, delivery: Delivery) -> Sent:
        if delivery.pk % 3 == 0:
            return Sent(answer="250")
        if delivery.pk % 3 == 1:
            with pgtrigger.ignore("outbox.Delivery:kept", "outbox.Attempt:kept"):
                Attempt.objects.filter(delivery=delivery).delete()
                Delivery.objects.filter(pk=delivery.pk).delete()
        return super().send(delivery)


PLANTS: Mapping[str, Mapping[str, str]] = {
    "blind-retry": {"facebook": "tests.soak.planted.BlindPost", "email": "tests.soak.planted.BlindMail"},
    "forgetful": {"email": "tests.soak.planted.Forgetful"},
}


def arrange() -> None:
    """Put the planted classes in the place of the real ones, and give YouTube's allowances room for a soak."""
    channels: dict[str, dict[str, Any]] = dict(settings.OUTBOX_CHANNELS)
    for alias, path in PLANTS.get(os.environ.get(VARIABLE, ""), {}).items():
        channels[alias] = {**channels[alias], "CLASS": path}
    settings.OUTBOX_CHANNELS = channels
