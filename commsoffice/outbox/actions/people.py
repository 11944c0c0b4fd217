"""What people decide. Each goes to the audit; the attempts' timeline shows it too."""

import hashlib
from datetime import datetime

import pgtrigger
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commsoffice import wake
from commsoffice.accounts.errors import ActionRefused, NotAllowed, NotValid, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox import policy, tasks
from commsoffice.outbox.actions.by_hand import words
from commsoffice.outbox.actions.judge import verdict_on
from commsoffice.outbox.actions.lanes import wake_senders
from commsoffice.outbox.actions.moves import Outcome, locked, move, write_down
from commsoffice.outbox.actions.presence import is_at_call
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import (
    SETTLED,
    AttemptKind,
    Decision,
    DeliveryState,
    Purpose,
)
from commsoffice.outbox.masking import without_addresses
from commsoffice.outbox.models import Attempt, Delivery, Message
from commsoffice.outbox.permissions import may_forget, may_readdress, may_record, may_resolve
from commsoffice.outbox.verdicts import Expire, Refuse


class AlreadySentThere(ActionRefused):
    """The corrected address has its delivery already."""

    default = gettext_lazy("It has already been sent to that address.")


class StillAtCall(WrongState):
    """A worker waits for the answer of the call that nobody knows the outcome of."""

    default = gettext_lazy("Its call has not ended yet: wait some minutes before you send it again.")


class GateSaysNo(ActionRefused):
    """It may not leave any more; the message says why."""


def resolve_unknown(delivery: Delivery, decision: str, *, by: User, now: datetime, url: str = "") -> Delivery:
    """Decide where nobody knows whether it left: it did (with where it is seen), send again, or do not send.

    Raises ``StillAtCall`` for «send again» while the call itself may still lead to something.
    """
    what = Decision(decision)
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_resolve(by):
            raise NotAllowed
        if row.state != DeliveryState.UNKNOWN:
            raise WrongState
        if what == Decision.SEND_AGAIN and is_at_call(row):
            raise StillAtCall
        state = {
            Decision.IT_LEFT: DeliveryState.ACCEPTED,
            Decision.SEND_AGAIN: DeliveryState.QUEUED,
            Decision.DO_NOT_SEND: DeliveryState.CANCELLED,
        }[what]
        result = Outcome(state, answer=words(what, url), reason=str(what.label), wait=policy.AT_ONCE, remote_url=url)
        # From here on no answer of an earlier call or question may change what the person decided.
        row.fence += 1
        row.save(update_fields=["fence"])
        write_down(row, AttemptKind.PERSON, result, now, by_name=by.name)
        audit.record(row, "outbox.resolve_unknown", by=by, now=now, note=words(what, url))
        if what == Decision.SEND_AGAIN:
            _begin_anew(row)
            wake_senders()
        move(row, result, now)
    return row


def ask_again(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Have the other side asked once more about what nobody knows."""
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_resolve(by):
            raise NotAllowed
        if row.state != DeliveryState.UNKNOWN:
            raise WrongState
        audit.record(row, "outbox.ask_again", by=by, now=now)
        Delivery.objects.filter(pk=row.pk).update(asks_made=0, not_before=now)
        wake.wake(tasks.sweep)
    row.refresh_from_db()
    return row


def cancel(delivery: Delivery, *, by: User, now: datetime, reason: str) -> Delivery:
    """Take back one that has not left. What a network holds for its hour is pulled back by the worker."""
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_resolve(by):
            raise NotAllowed
        why = " ".join(reason.split())[:300]
        if not why:
            raise NotValid(_("Write why it is cancelled."))
        if row.state == DeliveryState.SCHEDULED:
            row.cancel_reason = why
            row.save(update_fields=["cancel_reason"])
            wake.wake(tasks.sweep)
        elif row.state in {DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO}:
            result = Outcome(DeliveryState.CANCELLED, answer=why, reason=why)
            write_down(row, AttemptKind.PERSON, result, now, by_name=by.name)
            move(row, result, now)
        else:
            raise WrongState(_("It has left, or it is leaving at this moment."))
        audit.record(row, "outbox.cancel_one", by=by, now=now, note=why)
    return row


def retry_rejected(delivery: Delivery, *, by: User, now: datetime, address: str = "") -> Delivery:
    """Try a refused one again; to a corrected address as a delivery of its own, since a delivery is frozen."""
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_resolve(by):
            raise NotAllowed
        if row.state != DeliveryState.REJECTED:
            raise WrongState
        if address and address != row.recipient:
            if not may_readdress(by, row):
                raise NotAllowed
            return to_corrected(row, address, by=by, now=now)
        audit.record(row, "outbox.retry_rejected", by=by, now=now)
        send_anew(row, by=by, now=now)
        wake_senders()
    return row


def send_anew(row: Delivery, *, by: User, now: datetime) -> None:
    """Put a locked, refused row back to where it began. Whoever calls has asked whether they may, and records it."""
    result = Outcome(_first_state(row, now), answer=_("Try again"), wait=policy.AT_ONCE)
    write_down(row, AttemptKind.PERSON, result, now, by_name=by.name)
    _begin_anew(row)
    move(row, result, now)


def to_corrected(row: Delivery, address: str, *, by: User, now: datetime) -> Delivery:
    """Make a delivery of its own to a corrected address, and put the locked, refused one aside."""
    state = _first_state(row, now)
    try:
        with transaction.atomic():
            made = Delivery.objects.create(
                # Not the address itself: a key is never erased.
                key=f"again:{row.pk}:{hashlib.sha256(address.encode()).hexdigest()}",
                purpose=row.purpose,
                channel=row.channel,
                account=row.account,
                recipient=address,
                recipient_name=row.recipient_name,
                recipient_ref=row.recipient_ref,
                message=row.message,
                personal=row.personal,
                subject_type=row.subject_type,
                subject_id=row.subject_id,
                subject_label=row.subject_label,
                subject_version=row.subject_version,
                area=row.area,
                is_slow=row.is_slow,
                planned_for=now,
                state=state,
                not_before=now,
                expires_at=row.expires_at,
                created_at=now,
            )
    except IntegrityError:
        raise AlreadySentThere from None
    Delivery.objects.filter(pk=row.pk).update(seen_at=now)
    audit.record(made, "outbox.retry_rejected", by=by, now=now, note=_("To a corrected address."))
    wake_senders()
    return made


def mark_seen(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Put a refusal aside: somebody knows of it and nothing more is to be done."""
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_record(by):
            raise NotAllowed
        if row.state != DeliveryState.REJECTED:
            raise WrongState
        if row.seen_at is None:
            row.seen_at = now
            row.save(update_fields=["seen_at"])
            audit.record(row, "outbox.mark_seen", by=by, now=now)
    return row


def forget(recipient_ref: str, *, by: User, now: datetime) -> int:
    """Erase who got the settled deliveries of one recipient, his marks, and letters written to him alone.

    That something was sent, when and how it ended stays. Answers with how many were erased.
    """
    if not may_forget(by):
        raise NotAllowed
    with (
        transaction.atomic(),
        pgtrigger.ignore("outbox.Delivery:frozen", "outbox.Message:frozen", "outbox.Attempt:finished"),
    ):
        rows = list(
            Delivery.objects.filter(recipient_ref=recipient_ref, state__in=SETTLED)
            .exclude(recipient="")
            .select_for_update()
        )
        for row in rows:
            for attempt in Attempt.objects.filter(delivery=row).exclude(answer=""):
                attempt.answer = without_addresses(attempt.answer.replace(row.recipient, "…"))
                attempt.save(update_fields=["answer"])
            Delivery.objects.filter(pk=row.pk).update(
                recipient="",
                recipient_name="",
                personal={},
                reason=without_addresses(row.reason.replace(row.recipient, "…")),
            )
            row.recipient_name = ""
            row.recipient = _("erased")
            audit.record(row, "outbox.forget", by=by, now=now)
        # An answer to a citizen was written to nobody else; a release went to many and names none of them.
        Message.objects.filter(delivery__in=[row for row in rows if row.purpose == Purpose.REQUEST]).exclude(
            delivery__state__in=set(DeliveryState) - SETTLED
        ).update(payload={})
    return len(rows)


def _first_state(row: Delivery, now: datetime) -> DeliveryState:
    """Where it begins. What a person does by hand passes no gate later, so the gates are asked here."""
    if not channel(row.channel).is_manual:
        return DeliveryState.QUEUED
    verdict = verdict_on(row, now)
    if isinstance(verdict, Refuse | Expire):
        raise GateSaysNo(verdict.reason)
    return DeliveryState.TO_DO


def _begin_anew(row: Delivery) -> None:
    row.attempts_made = row.asks_made = 0
    row.cancel_reason = ""
    row.asks_word = False
    row.seen_at = None
    # What came back is in the attempts; this one has yet to.
    row.bounced_at = None
