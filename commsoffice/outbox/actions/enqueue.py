"""Putting things into the ledger, and taking back what has not left."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from commsoffice import wake
from commsoffice.accounts.errors import ActionRefused
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox import tasks
from commsoffice.outbox.actions.lanes import wake_senders
from commsoffice.outbox.channels.base import BadPayload
from commsoffice.outbox.channels.registry import channel as channel_named
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery, Message
from commsoffice.outbox.signals import announce

_WAITING = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO)
_LEAVING = (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.SCHEDULED)


class ExpiresTooEarly(ActionRefused):
    """It would expire before it may leave."""

    default = _("It would expire before it may leave.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom it goes to: address, page name or telephone as text.

    ``ref`` ("media_contacts.contact:45") says who that is, ``account`` which of our accounts sends it, and
    ``personal`` fills the marks of the message.
    """

    address: str
    name: str = ""
    ref: str = ""
    account: str = ""
    personal: Mapping[str, Any] = field(default_factory=dict)


def enqueue(
    *,
    purpose: Purpose,
    channel: str,
    payload: dict[str, Any],
    recipients: Sequence[Recipient],
    subject: Model,
    subject_version: str = "",
    area: str = "",
    by: User,
    now: datetime,
    not_before: datetime | None = None,
    publish_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> list[Delivery]:
    """Freeze one message and one delivery for each recipient; answer with them in the order of the recipients.

    ``area``: whose matter it is (office.Area.key). ``publish_at``: the network is given it from ``not_before``
    on and publishes it by itself at that hour; only for a channel that ``can_schedule``.

    Doing it again does nothing again: the same purpose, thing, version, channel and recipient are one
    delivery for ever. Whoever calls has already asked whether ``by`` may; raises ``BadPayload`` and
    ``ExpiresTooEarly``.
    """
    way = channel_named(channel)
    way.check(payload)
    start = not_before or now
    if expires_at is not None and expires_at <= (publish_at or start):
        raise ExpiresTooEarly
    if publish_at is not None and not way.can_schedule:
        raise BadPayload
    subject_type = subject._meta.label_lower  # noqa: SLF001  Django's public name for it
    about = f"{purpose}:{subject_type}:{subject.pk}:{subject_version[:16]}:{channel}:"
    wanted = {_key(about, recipient): recipient for recipient in recipients}
    with transaction.atomic():
        there = set(Delivery.objects.filter(key__in=wanted).values_list("key", flat=True))
        missing = {key: recipient for key, recipient in wanted.items() if key not in there}
        if missing:
            message = Message.objects.create(channel=channel, payload=payload, sha256=_digest(payload), created_at=now)
            Delivery.objects.bulk_create(
                [
                    Delivery(
                        key=key,
                        purpose=purpose,
                        channel=channel,
                        account=recipient.account,
                        recipient=recipient.address,
                        recipient_name=recipient.name,
                        recipient_ref=recipient.ref,
                        message=message,
                        personal=dict(recipient.personal),
                        subject_type=subject_type,
                        subject_id=subject.pk,
                        subject_label=str(subject)[:300],
                        subject_version=subject_version,
                        area=area,
                        planned_for=publish_at or start,
                        publish_at=publish_at,
                        is_slow=way.is_slow(payload),
                        state=DeliveryState.TO_DO if way.is_manual else DeliveryState.QUEUED,
                        not_before=start,
                        expires_at=expires_at,
                        created_at=now,
                    )
                    for key, recipient in missing.items()
                ],
                batch_size=500,
                # Somebody else may be queueing the very same at this moment; the key decides.
                ignore_conflicts=True,
            )
            audit.record(
                subject,
                "outbox.enqueue",
                by=by,
                now=now,
                note=f"{way.label} ({len(missing)})",
                changes={"channel": [None, channel], "deliveries": [len(there), len(wanted)]},
            )
            if not way.is_manual:
                wake_senders()
        made = {delivery.key: delivery for delivery in Delivery.objects.filter(key__in=wanted)}
    return [made[key] for key in wanted]


def cancel_for(
    subject: Model,
    *,
    by: User,
    now: datetime,
    reason: str,
    purposes: Collection[Purpose] | None = None,
) -> int:
    """Cancel what has not left of one thing; answer with how many.

    What is leaving at this moment can't be called back; it is marked, so that it doesn't leave a second time
    when it turns out that it didn't. What waits on a network for its hour is pulled back from there.
    Whoever calls has already asked whether ``by`` may.
    """
    with transaction.atomic():
        of_subject = Delivery.objects.of(subject._meta.label_lower, subject.pk)  # noqa: SLF001  its public name
        if purposes is not None:
            of_subject = of_subject.filter(purpose__in=purposes)
        # Lock first: the worker that holds a row is either before its claim or after it.
        rows = list(
            of_subject.filter(state__in=[*_WAITING, *_LEAVING])
            .select_for_update()
            .order_by("pk")
            .values_list("pk", "state")
        )
        waiting = [pk for pk, state in rows if state in _WAITING]
        leaving = [pk for pk, state in rows if state in _LEAVING]
        Delivery.objects.filter(pk__in=waiting).update(
            state=DeliveryState.CANCELLED, reason=reason[:300], settled_at=now
        )
        Delivery.objects.filter(pk__in=leaving).update(cancel_reason=reason[:300])
        if rows:
            audit.record(
                subject,
                "outbox.cancel",
                by=by,
                now=now,
                note=reason,
                changes={"cancelled": [0, len(waiting)], "leaving": [0, len(leaving)]},
            )
        if any(state == DeliveryState.SCHEDULED for _pk, state in rows):
            wake.wake(tasks.sweep)
        for pk in waiting:
            transaction.on_commit(partial(announce, pk, DeliveryState.CANCELLED))
    return len(waiting)


def _key(about: str, recipient: Recipient) -> str:
    who = recipient.account or recipient.ref or recipient.address
    key = about + who
    # A long address still gives one key, and always the same.
    return key if len(key) <= 200 else about + hashlib.sha256(who.encode()).hexdigest()  # noqa: PLR2004  the column's length


def _digest(payload: dict[str, Any]) -> str:
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
