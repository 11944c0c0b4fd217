"""Sending again to those whom it did not reach, and to nobody else."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Model, Q
from django.utils.translation import ngettext

from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox.actions.lanes import wake_senders
from commsoffice.outbox.actions.moves import locked
from commsoffice.outbox.actions.people import AlreadySentThere, send_anew, to_corrected
from commsoffice.outbox.channels.registry import is_manual
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_resolve
from commsoffice.outbox.queries.corrected import current_addresses


@dataclass(frozen=True, slots=True)
class Failed:
    """A refused delivery that may leave again, and where to."""

    delivery: Delivery
    address: str


def failed(subject_type: str, subject_id: int, *, now: datetime) -> tuple[list[Failed], int]:
    """Return what of one thing may leave again, and how many would if there were an address to reach them.

    A constant number of queries.

    Left out: what a gate refused, what is made by hand, what is stale, what a person put aside, what the recipient
    says he has, and whoever is written to no longer. That last is asked of the rooms above: an AppConfig names, as
    ``recipient_addresses``, a function that tells where recipients are written to today. Of a recipient whom no room
    knows nobody can correct the address, so mail that came back from there is left, too.
    """
    refused = _refused(subject_type, subject_id, now)
    stuck = sum(bool(row.recipient) and not address for row, address in refused)
    return [Failed(row, address) for row, address in refused if address], stuck


def _refused(subject_type: str, subject_id: int, now: datetime) -> list[tuple[Delivery, str]]:
    """Each refused one that may leave again, with where to; empty: nowhere."""
    rows = [
        row
        for row in Delivery.objects.of(subject_type, subject_id)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), state=DeliveryState.REJECTED, seen_at=None)
        .filter(confirmed_at=None, attempts_made__gt=0)
        .order_by("pk")
        if not is_manual(row.channel)
    ]
    known = current_addresses({row.recipient_ref for row in rows if row.recipient_ref})
    found = []
    for row in rows:
        address = known.get(row.recipient_ref, "" if row.bounced_at else row.recipient)
        found.append((row, row.recipient if address.casefold() == row.recipient.casefold() else address))
    return found


def resend_failed(subject: Model, *, by: User, now: datetime) -> int:
    """Send again what of one thing was refused or came back (``failed``); answer with how many.

    The same rows leave again; a delivery is frozen, so only where the address was corrected a new row is made.
    One line in the audit of the thing.
    """
    count = 0
    with transaction.atomic():
        if not may_resolve(by):
            raise NotAllowed
        found, _stuck = failed(subject._meta.label_lower, subject.pk, now=now)  # noqa: SLF001  Django's public name for it
        for each in found:
            row = locked(each.delivery.pk)
            if row.state != DeliveryState.REJECTED or row.seen_at is not None:
                # Somebody was faster.
                continue
            if each.address == row.recipient:
                send_anew(row, by=by, now=now)
            elif not _has_it(row, each.address):
                try:
                    to_corrected(row, each.address, by=by, now=now)
                except AlreadySentThere:
                    continue
            else:
                continue
            count += 1
        if count:
            note = ngettext("%(n)s delivery", "%(n)s deliveries", count) % {"n": count}
            audit.record(subject, "outbox.resend_failed", by=by, now=now, note=note)
            wake_senders()
    return count


def _has_it(row: Delivery, address: str) -> bool:
    """Whether the same message went to the corrected address already: a colleague's."""
    same = Delivery.objects.filter(message_id=row.message_id, recipient__iexact=address)
    return same.exclude(state__in=(DeliveryState.REJECTED, DeliveryState.CANCELLED, DeliveryState.EXPIRED)).exists()
