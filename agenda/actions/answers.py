"""What the guests answer."""

from datetime import datetime

from django.db import transaction

from agenda.enums import Answer, AnsweredBy, EventState
from agenda.errors import EventCancelled, EventOver
from agenda.models import Event, Guest
from agenda.permissions import may_record_answer
from commsoffice.accounts.errors import NotAllowed, NotValid
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.audit.actions import record
from commsoffice.office.queries import office_zone
from commsoffice.outbox.actions import record_by_hand
from commsoffice.outbox.enums import DeliveryState, HandOutcome


@transaction.atomic
def answer_by_link(guest: Guest, answer: Answer, *, now: datetime) -> Guest:
    """Keep what the guest answered on the personal page. A second answer replaces the first.

    Whoever holds the link may answer; it lasts until the event's last day is over.
    """
    locked, event = _lock(guest)
    if event.state == EventState.CANCELLED:
        raise EventCancelled
    if now >= event.over_at(office_zone()):
        raise EventOver
    return _keep(locked, event, answer, how=AnsweredBy.LINK, by=system_user(), now=now, note=locked.note)


@transaction.atomic
def record_answer(
    guest: Guest, answer: Answer, *, by: User, now: datetime, how: AnsweredBy = AnsweredBy.TELEPHONE, note: str = ""
) -> Guest:
    """Write down an answer that came by telephone or on paper. The call that was to be made is made."""
    locked, event = _lock(guest)
    if not may_record_answer(by):
        raise NotAllowed
    if event.state == EventState.CANCELLED:
        raise EventCancelled
    if how == AnsweredBy.LINK:
        raise NotValid
    _keep(locked, event, answer, how=how, by=by, now=now, note=note.strip()[:240])
    if locked.delivery is not None and locked.delivery.state == DeliveryState.TO_DO:
        record_by_hand(locked.delivery, outcome=HandOutcome.CONFIRMED, by=by, now=now, note=locked.note)
    return locked


def _lock(guest: Guest) -> tuple[Guest, Event]:
    locked = (
        Guest.objects.select_for_update(of=("self",))
        .select_related("invitation__event", "contact__outlet", "delivery")
        .get(pk=guest.pk)
    )
    return locked, locked.invitation.event


def _keep(guest: Guest, event: Event, answer: Answer, *, how: AnsweredBy, by: User, now: datetime, note: str) -> Guest:
    if answer not in {Answer.YES, Answer.NO}:
        raise NotValid
    before = guest.answer
    if before == answer and guest.note == note:
        return guest
    guest.answer, guest.answered_at, guest.answered_by, guest.note = answer, now, how, note
    guest.recorded_by = None if by.is_system else by
    guest.save(update_fields=["answer", "answered_at", "answered_by", "note", "recorded_by"])
    # The outlet, not the person: the record is for ever.
    record(event, "agenda.answer", by=by, now=now, note=guest.contact.outlet.name, changes={"answer": [before, answer]})
    return guest
