"""Moving a locked row along the table, and the lines of its attempts."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import WrongState
from commsoffice.outbox import policy
from commsoffice.outbox.channels.base import Scheduled
from commsoffice.outbox.enums import SETTLED, TRANSITIONS, AttemptKind, DeliveryState
from commsoffice.outbox.masking import mask
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.signals import announce


class Clock:
    """The hour that the door gave, carried on by a clock that nobody sets."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The hour by now."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt led to. ``answer`` are the other side's words, ``reason`` is ours for a person."""

    state: DeliveryState
    answer: str = ""
    reason: str = ""
    wait: timedelta | None = None
    remote_id: str = ""
    remote_url: str = ""


def scheduled_outcome(there: Scheduled) -> Outcome:
    """The network has it and publishes it at its hour. When it is looked at again, ``move`` says."""
    return Outcome(DeliveryState.SCHEDULED, answer=there.answer, remote_id=there.remote_id, remote_url=there.remote_url)


def tried_in_vain(delivery: Delivery) -> int:
    """How often it went back into the queue since a person last sent it: called in vain, or not there after all."""
    attempts = Attempt.objects.filter(delivery_id=delivery.pk)
    last = attempts.filter(kind=AttemptKind.PERSON).order_by("-pk").values_list("pk", flat=True).first()
    return attempts.filter(
        pk__gt=last or 0, outcome=DeliveryState.QUEUED, kind__in=(AttemptKind.SEND, AttemptKind.RECONCILE)
    ).count()


def given_up(tries: int, answer: str) -> Outcome:
    """What is tried no more by itself."""
    reason = _("Tried %(count)s times without success: %(answer)s") % {"count": tries, "answer": answer}
    return Outcome(DeliveryState.REJECTED, answer=answer, reason=reason)


def locked(delivery_id: int) -> Delivery:
    """The row, locked until the transaction ends."""
    return Delivery.objects.select_for_update().get(pk=delivery_id)


def move(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """Move a locked row, and tell on commit when it settles or nobody knows.

    Raises ``WrongState`` when the table doesn't allow it.
    """
    before, state = DeliveryState(row.state), outcome.state
    reason = outcome.reason
    if state in {DeliveryState.QUEUED, DeliveryState.HELD} and row.cancel_reason:
        # It was cancelled while it was leaving, and it did not leave.
        state, reason = DeliveryState.CANCELLED, row.cancel_reason
    if state == DeliveryState.SCHEDULED and row.publish_at is None:
        # The network has it, and waits for an hour that somebody else gave it there: none of ours is to come.
        state = DeliveryState.ACCEPTED
    if before != state and (before, state) not in TRANSITIONS:
        raise WrongState
    row.state = state
    row.reason = mask(reason)[:300]
    row.settled_at = now if state in SETTLED else None
    row.lease_until = None
    if state == DeliveryState.ACCEPTED and before != state and row.is_slow:
        # It is asked what became of it: see ``proving``. What was asked while nobody knew counts no more.
        row.asks_made, row.not_before = 0, now + policy.FIRST_PROOF
    elif outcome.wait is not None:
        row.not_before = now + outcome.wait
    elif state == DeliveryState.SCHEDULED and row.publish_at is not None:
        row.not_before = row.publish_at + policy.LIVE_MARGIN
    row.remote_id = outcome.remote_id[:200] or row.remote_id
    row.remote_url = outcome.remote_url[:500] or row.remote_url
    row.save(
        update_fields=[
            "state",
            "reason",
            "settled_at",
            "lease_until",
            "not_before",
            "remote_id",
            "remote_url",
            "attempts_made",
            "asks_made",
            "seen_at",
            "cancel_reason",
            "asks_word",
            "bounced_at",
            "confirmed_at",
        ]
    )
    if before != state and (state in SETTLED or state == DeliveryState.UNKNOWN):
        transaction.on_commit(partial(announce, row.pk, state))


def write_down(row: Delivery, kind: AttemptKind, outcome: Outcome, now: datetime, **fields: Any) -> Attempt:
    """Write an attempt that is over as it begins: a gate's verdict, a person's decision."""
    return Attempt.objects.create(
        delivery=row,
        kind=kind,
        fence=row.fence,
        started_at=now,
        finished_at=now,
        outcome=outcome.state,
        answer=mask(outcome.answer or outcome.reason),
        **fields,
    )


def close_silent(rows: Collection[Delivery], now: datetime) -> None:
    """End the questions about these locked rows whose asker died; a late answer stands beside."""
    for row in rows:
        Attempt.objects.filter(
            delivery=row, kind__in=(AttemptKind.RECONCILE, AttemptKind.PULL), finished_at=None
        ).update(finished_at=now, outcome=row.state, answer=_("The worker fell silent during the call."))


def close(attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """Write the end of an attempt; one that was given up keeps its end, and the late answer stands beside it."""
    # Its number alone doesn't say that it is this one: see ``statements``.
    closed = Attempt.objects.filter(
        pk=attempt.pk, delivery_id=attempt.delivery_id, fence=attempt.fence, finished_at=None
    ).update(finished_at=now, outcome=outcome.state, answer=mask(outcome.answer))
    if not closed:
        Attempt.objects.create(
            delivery_id=attempt.delivery_id,
            kind=attempt.kind,
            fence=attempt.fence,
            started_at=attempt.started_at,
            finished_at=now,
            outcome=outcome.state,
            answer=mask(_("Came late: %(answer)s") % {"answer": outcome.answer}),
        )
