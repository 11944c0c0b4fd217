"""What people do by hand, and taking back a mistaken tap. Each goes to the audit and into the timeline."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox.actions.judge import verdict_on
from commsoffice.outbox.actions.moves import Outcome, locked, move, write_down
from commsoffice.outbox.enums import AttemptKind, Decision, DeliveryState, HandOutcome
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_record
from commsoffice.outbox.queries.hand import undoable
from commsoffice.outbox.verdicts import Expire, Refuse


class NothingToUndo(WrongState):
    """Nothing was recorded by hand last, or too long ago."""

    default = gettext_lazy("It can not be undone any more: something happened since, or more than a day has passed.")


def record_by_hand(
    delivery: Delivery, *, outcome: str, by: User, now: datetime, note: str = "", put_aside: bool = False
) -> Delivery:
    """Record what a call, a message or a visit led to. «Nobody answered» leaves it to be done.

    ``put_aside``: it was refused, and nobody needs to look at it again.
    """
    what = HandOutcome(outcome)
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_record(by):
            raise NotAllowed
        if row.state != DeliveryState.TO_DO:
            raise WrongState
        state = what.state
        result = Outcome(state, answer=words(what, note), reason=note)
        row.attempts_made += 1
        if put_aside and state == DeliveryState.REJECTED:
            row.seen_at = now
        write_down(row, AttemptKind.HAND, result, now, by_name=by.name)
        audit.record(row, "outbox.record_by_hand", by=by, now=now, note=words(what, note))
        move(row, result, now)
    return row


def undo_by_hand(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Take back what was recorded by hand last: it is to be done again, as if nobody had recorded anything.

    What may not be made any more meanwhile ends there. Raises ``NothingToUndo`` once something else happened to it,
    or ``policy.UNDO_LASTS`` is over.
    """
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_record(by):
            raise NotAllowed
        last = undoable(row, now)
        if last is None:
            raise NothingToUndo
        was_ended = row.state != DeliveryState.TO_DO
        result = Outcome(DeliveryState.TO_DO, answer=_("Undone: %(what)s") % {"what": last.answer})
        # One that was recorded before attempts by hand were counted has none.
        row.attempts_made = max(0, row.attempts_made - 1)
        row.seen_at = None
        write_down(row, AttemptKind.UNDO, result, now, by_name=by.name)
        audit.record(row, "outbox.undo_by_hand", by=by, now=now, note=last.answer)
        move(row, result, now)
        if was_ended and (end := _end(row, now)) is not None:
            write_down(row, AttemptKind.GATE, end, now)
            move(row, end, now)
    return row


def words(what: HandOutcome | Decision, note: str) -> str:
    """What a person chose, with what he wrote beside it."""
    return f"{what.label}: {note}" if note else str(what.label)


def _end(row: Delivery, now: datetime) -> Outcome | None:
    """How it ends, where it may never be made; nobody asks the gates about what waits for a person."""
    match verdict_on(row, now):
        case Refuse(reason):
            return Outcome(DeliveryState.CANCELLED, reason=reason)
        case Expire(reason):
            return Outcome(DeliveryState.EXPIRED, reason=reason)
    return None
