"""What the recipient's side says later: it arrived, it was opened, it came back."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.office.queries import office
from commsoffice.outbox.actions.moves import Outcome, locked, move, write_down
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.masking import mask
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_confirm, may_record
from commsoffice.outbox.statuses import words_of

# Nobody can say of anything else that it arrived, or that it came back.
_MAY_HAVE_ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


class ReceiptWay(models.TextChoices):
    """How the recipient said that it arrived."""

    LINK = "link", gettext_lazy("By the link in the mail")
    TELEPHONE = "telephone", gettext_lazy("By telephone")


def confirm_receipt(delivery: Delivery, *, by: User, now: datetime, how: str, note: str = "") -> Delivery:
    """Write down that the recipient says that it arrived. Twice is once.

    His word settles what nobody knew. Where a server said that it came back, the state stays and his word stands
    beside it, so that nobody sends it again. Raises ``WrongState`` for what has not left.
    """
    way = ReceiptWay(how)
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_confirm(by, row):
            raise NotAllowed
        if row.account:
            # A network has nobody who could say so; there the page itself is looked at.
            raise WrongState
        if row.confirmed_at is not None or row.state == DeliveryState.CONFIRMED:
            return row
        if row.state not in (*_MAY_HAVE_ARRIVED, DeliveryState.REJECTED):
            raise WrongState
        words = f"{way.label}: {note}" if note else str(way.label)
        is_refused = row.state == DeliveryState.REJECTED
        result = Outcome(DeliveryState.CONFIRMED, answer=words)
        if is_refused:
            result = Outcome(
                DeliveryState.REJECTED,
                answer=_("The recipient says that it did arrive. %(how)s") % {"how": words},
            )
            row.seen_at = row.seen_at or now
        row.confirmed_at = now
        # No answer of an earlier call or question may change what the recipient said.
        row.fence += 1
        row.save(update_fields=["fence", "confirmed_at", "seen_at"])
        write_down(row, AttemptKind.RECIPIENT, result, now, by_name="" if by.is_system else by.name)
        audit.record(row, "outbox.confirm_receipt", by=by, now=now, note=words)
        if not is_refused:
            move(row, result, now)
    return row


def mark_opened(delivery_id: int, *, now: datetime) -> bool:
    """Write down the first time that the picture in a mail was fetched, if the office counts that at all.

    Nothing of who fetched it is kept, and no state changes: pictures are fetched by scanners, too.
    """
    if not office().tracks_opens:
        return False
    return bool(
        Delivery.objects.filter(
            pk=delivery_id, opened_at=None, state__in=(*_MAY_HAVE_ARRIVED, DeliveryState.CONFIRMED)
        ).update(opened_at=now)
    )


def mark_bounced(delivery: Delivery, *, answer: str, status: str, by: User, now: datetime) -> Delivery:
    """Write down that a mail came back for good: ``status`` is the enhanced code, ``answer`` the server's words.

    Raises ``WrongState`` where it can't have come back, or where the recipient says that it arrived.
    """
    with transaction.atomic():
        row = locked(delivery.pk)
        if not may_record(by):
            raise NotAllowed
        if row.state not in _MAY_HAVE_ARRIVED:
            raise WrongState
        words = mask(" ".join(answer.split()))
        if status and status not in words:
            words = f"{status} {words}".strip()
        result = Outcome(
            DeliveryState.REJECTED, answer=words, reason=f"{words_of(status)}: {words}" if words else words_of(status)
        )
        row.bounced_at = now
        row.fence += 1
        row.save(update_fields=["fence"])
        write_down(row, AttemptKind.RETURN, result, now)
        audit.record(row, "outbox.mark_bounced", by=by, now=now, note=status)
        move(row, result, now)
    return row
