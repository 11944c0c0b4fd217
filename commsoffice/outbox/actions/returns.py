"""Reading the return mailbox: each message once, and none can do anything without proving which mail it is about."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import WrongState
from commsoffice.accounts.queries import system_user
from commsoffice.outbox.actions.moves import Outcome, locked, move, write_down
from commsoffice.outbox.actions.receipts import mark_bounced
from commsoffice.outbox.channels import reports
from commsoffice.outbox.channels.letter import is_named_by
from commsoffice.outbox.channels.mailbox import Letter, MailboxUnavailable, ReturnMailbox, return_mailbox
from commsoffice.outbox.enums import AttemptKind, DeliveryState, ReturnKind
from commsoffice.outbox.models import Attempt, Delivery, ReturnedMail
from commsoffice.outbox.signals import recipient_complained

logger = logging.getLogger(__name__)

# What came longer ago is not read any more; what was read is remembered for longer, so that nothing is read twice.
WINDOW = timedelta(days=60)
REMEMBERED = timedelta(days=90)
# Messages a round.
_LIMIT = 200
# Lost connections a round.
_PATIENCE = 3
# What was read and, because we died just then, not marked in the mailbox is marked until then.
_TIDIED = timedelta(days=1)
# The clocks of two servers differ.
_SKEW = timedelta(minutes=2)
_MAY_HAVE_LEFT = (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.REJECTED, DeliveryState.UNKNOWN)
# Of the whole database: one reader at a time.
_LOCK = 0x6F7574626F7801


def read_returned_mail(now: datetime) -> int:
    """Read what came back since last time; answer with how many messages. A second reader does nothing."""
    with _alone() as is_mine:
        if not is_mine:
            return 0
        try:
            with return_mailbox() as box:
                return _read_all(box, now) if box is not None else 0
        except MailboxUnavailable as trouble:
            logger.warning("The return mailbox can't be read: %s", trouble)
            return 0


def forget_returned_mail(now: datetime) -> int:
    """Forget what was read long ago: who came back is in the ledger, and no more is needed."""
    return ReturnedMail.objects.filter(read_at__lt=now - REMEMBERED).delete()[0]


def _read_all(box: ReturnMailbox, now: datetime) -> int:
    uids = box.since(now - WINDOW)
    known = dict(
        ReturnedMail.objects.filter(mailbox_uid__in=[box.key_of(uid) for uid in uids]).values_list(
            "mailbox_uid", "read_at"
        )
    )
    _tidy(box, [uid for uid in uids if known.get(box.key_of(uid), now - REMEMBERED) > now - _TIDIED])
    count = lost = 0
    for uid in [uid for uid in uids if box.key_of(uid) not in known][:_LIMIT]:
        try:
            letter = box.read(uid)
        except MailboxUnavailable:
            # Perhaps this message is what the connection dies of: the others get their turn.
            lost += 1
            if lost > _PATIENCE:
                raise
            box.reconnect()
            continue
        if letter is None:
            continue
        try:
            row = _take(box.key_of(uid), letter, now)
        except Exception:
            logger.exception("Message %s of the return mailbox could not be taken in", uid)
            continue
        if row is not None:
            count += 1
            if _is_done(row):
                box.put_aside(uid)
    return count


def _tidy(box: ReturnMailbox, uids: list[int]) -> None:
    """Put aside what an earlier round wrote down and could not put aside any more."""
    if unread := box.unread(uids):
        rows = {
            row.mailbox_uid: row
            for row in ReturnedMail.objects.filter(mailbox_uid__in=[box.key_of(uid) for uid in unread])
        }
        for uid in unread:
            if _is_done(rows[box.key_of(uid)]):
                box.put_aside(uid)


def _is_done(row: ReturnedMail) -> bool:
    """Whether no person need look at it: a machine's message that is proven to be about a mail of ours."""
    return row.kind != ReturnKind.OTHER and row.delivery_id is not None


def _take(key: str, letter: Letter, now: datetime) -> ReturnedMail | None:
    """Write one message down with what it leads to, all or nothing; None if it is not its turn, or was taken."""
    said = reports.read(letter.content)
    try:
        with transaction.atomic():
            delivery = _proven(said)
            if delivery is not None and delivery.state == DeliveryState.SENDING:
                # It came back before our own server's answer was written: the next round.
                return None
            if said.kind == ReturnKind.COMPLAINT and delivery is not None and delivery.state not in _MAY_HAVE_LEFT:
                # Nobody can complain of what he has not got: people look at it.
                delivery = None
            row = ReturnedMail.objects.create(
                mailbox_uid=key, kind=said.kind, delivery=delivery, status=said.status, answer=said.answer, read_at=now
            )
            if delivery is not None and not _is_old(delivery, letter) and not _is_said_before(row, delivery):
                _believe(delivery, said, now)
    except IntegrityError:
        return None
    return row


def _believe(delivery: Delivery, said: reports.Returned, now: datetime) -> None:
    if said.kind == ReturnKind.BOUNCE:
        try:
            mark_bounced(delivery, answer=said.answer, status=said.status, by=system_user(), now=now)
        except WrongState:
            # The recipient says that it arrived, or a person decided meanwhile: that stands.
            logger.info("Delivery %s came back, and is %s", delivery.pk, delivery.state)
        return
    words = str(said.kind.label)
    outcome = Outcome(DeliveryState(delivery.state), answer=f"{words}: {said.answer}" if said.answer else words)
    if delivery.state == DeliveryState.UNKNOWN:
        # Whoever answers it has it, or knows that it is on its way.
        delivery.fence += 1
        delivery.save(update_fields=["fence"])
        outcome = Outcome(DeliveryState.ACCEPTED, answer=_("Something came back for it, so it did leave. %s") % words)
        move(delivery, outcome, now)
    write_down(delivery, AttemptKind.RETURN, outcome, now)
    if said.kind == ReturnKind.COMPLAINT:
        recipient_complained.send(None, delivery=delivery, now=now)


def _is_said_before(row: ReturnedMail, delivery: Delivery) -> bool:
    """Whether it was told already: by another device of the same reader, or by a mailbox that numbers anew."""
    said = ReturnedMail.objects.filter(delivery=delivery, kind=row.kind).exclude(pk=row.pk)
    if row.kind == ReturnKind.COMPLAINT:
        return said.exists()
    # What comes back may be the next try; an answer to an unknown one proves that it left.
    may_be_news = row.kind == ReturnKind.BOUNCE or delivery.state == DeliveryState.UNKNOWN
    return not may_be_news and said.filter(status=row.status, answer=row.answer).exists()


def _proven(said: reports.Returned) -> Delivery | None:
    """The delivery that the message proves to be about, locked."""
    if said.delivery_id is not None:
        return Delivery.objects.select_for_update().filter(pk=said.delivery_id, channel="email").first()
    for number, digits in said.named:
        found = Delivery.objects.filter(pk=number, channel="email").first()
        if found is not None and is_named_by(found, digits):
            return locked(number)
    return None


def _is_old(delivery: Delivery, letter: Letter) -> bool:
    """Whether it came before the mail left for the last time: then it is about an earlier try."""
    last = (
        Attempt.objects.filter(delivery=delivery, kind=AttemptKind.SEND)
        .order_by("-pk")
        .values_list("started_at", flat=True)
        .first()
    )
    return last is not None and letter.arrived < last - _SKEW


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else reads just now. The database lets go of the lock if we die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (is_mine,) = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
