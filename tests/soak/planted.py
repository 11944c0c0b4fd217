"""Faults planted in our own house, so that it is seen that the soak finds such faults."""

import os
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import pgtrigger
from django.conf import settings

from commsoffice.outbox.channels import mailbox
from commsoffice.outbox.channels.base import (
    Absent,
    CredentialsExpired,
    OutcomeUnknown,
    PulledBack,
    Reconciled,
    Refused,
    Scheduled,
    Sent,
    Unavailable,
)
from commsoffice.outbox.channels.email import EmailChannel
from commsoffice.outbox.channels.mailbox import Letter, ReturnMailbox
from commsoffice.outbox.enums import DeliveryState
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


class Trusting(FacebookChannel):
    """Takes the wish to pull a post back for the deed."""

    def pull_back(self, delivery: Delivery) -> PulledBack:
        return Absent("")


class GivesUp(FacebookChannel):
    """Takes an account without credentials for a refusal."""

    def send(self, delivery: Delivery) -> Sent | Scheduled:
        try:
            return super().send(delivery)
        except CredentialsExpired as error:
            raise Refused(error.answer) from error


class Hasty(ReturnMailbox):
    """Knows what was read by its mark, and sets it before anything is written down: what most readers do."""

    def since(self, moment: datetime) -> list[int]:
        return self.unread(super().since(moment))

    def read(self, uid: int) -> Letter | None:
        self.put_aside(uid)
        return super().read(uid)


PLANTS: Mapping[str, Mapping[str, str]] = {
    "blind-retry": {"facebook": "tests.soak.planted.BlindPost", "email": "tests.soak.planted.BlindMail"},
    "forgetful": {"email": "tests.soak.planted.Forgetful"},
    "trusting": {"facebook": "tests.soak.planted.Trusting"},
    "gives-up": {"facebook": "tests.soak.planted.GivesUp"},
    "hasty": {},
    "careless": {},
}


def arrange() -> None:
    """Put the planted classes in the place of the real ones, and give YouTube's allowances room for a soak."""
    channels: dict[str, dict[str, Any]] = dict(settings.OUTBOX_CHANNELS)
    plant = os.environ.get(VARIABLE, "")
    for alias, path in PLANTS.get(plant, {}).items():
        channels[alias] = {**channels[alias], "CLASS": path}
    settings.OUTBOX_CHANNELS = channels
    if plant == "hasty":
        vars(mailbox)["ReturnMailbox"] = Hasty
    if plant == "careless":
        # Whom it was just leaving for doesn't count among those who may have the wrong text.
        holders = import_module("pressreleases.queries.holders")
        vars(holders)["_LEFT"] = (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)
