"""Putting events on the agenda, changing them, deciding on them."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from agenda.actions.notices import send_notice
from agenda.enums import TRANSITIONS, EventState, StepKey
from agenda.errors import EventCancelled, EventOver, ReasonMissing
from agenda.models import Event, Guest, StepWaiver
from agenda.permissions import may_decide, may_edit, may_propose_in, may_waive
from agenda.queries import LEFT
from commsoffice.accounts.errors import NotAllowed, NotValid, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.office.actions import next_folio
from commsoffice.office.models import Area
from commsoffice.office.queries import office_zone
from commsoffice.outbox.actions import cancel_for
from commsoffice.outbox.enums import Purpose

FIELDS = (
    "title",
    "kind",
    "area",
    "locality",
    "venue",
    "date",
    "start_time",
    "end_time",
    "end_date",
    "press_time",
    "presides",
    "spokesperson",
    "facilities",
    "level",
    "level_reason",
    "modality",
    "notice_days",
    "products",
    "blackout_class",
    "description",
    "is_public",
)
# A guest who knows the old one would come at the wrong time or to the wrong place.
TOLD = frozenset({"date", "start_time", "end_time", "end_date", "press_time", "venue", "locality"})


def create_event(data: Mapping[str, object], *, submission_key: uuid.UUID, by: User, now: datetime) -> Event:
    """Put an event on the agenda as a proposal. The same ``submission_key`` again returns the one made."""
    with transaction.atomic():
        area = data.get("area")
        if not isinstance(area, Area) or not may_propose_in(by, area):
            raise NotAllowed
        event = Event(submission_key=submission_key, created_by=by, created_at=now)
        for name in FIELDS:
            if name in data:
                setattr(event, name, data[name])
        _check(event, besides={"key", "submission_key"})
        # A form posted twice at once waits here for the first one's row of the sequence.
        event.key = next_folio("EV", event.date.year)
        if (known := Event.objects.filter(submission_key=submission_key).first()) is not None:
            transaction.set_rollback(True)
            return known
        event.save()
        record(event, "agenda.create_event", by=by, now=now)
    return event


@transaction.atomic
def edit_event(event: Event, data: Mapping[str, object], *, by: User, now: datetime) -> Event:
    """Change an event. A change of day, hour or place takes back invitations that have not left.

    Whoever was invited is told by ``tell_changes``, which is a decision of its own.
    """
    locked = _lock(event)
    if not may_edit(by, locked):
        raise NotAllowed
    if locked.state == EventState.CANCELLED:
        raise EventCancelled
    changes: dict[str, list[str]] = {}
    for name in FIELDS:
        if name in data and getattr(locked, name) != data[name]:
            changes[name] = [_text(getattr(locked, name)), _text(data[name])]
            setattr(locked, name, data[name])
    if not changes:
        return locked
    if "area" in changes and not may_propose_in(by, locked.area):
        raise NotAllowed
    _check(locked)
    if TOLD & changes.keys() and Guest.objects.filter(invitation__event=locked).exists():
        locked.sequence += 1
        cancel_for(
            locked,
            by=by,
            now=now,
            reason=_("The event changed before this left."),
            purposes=[Purpose.INVITATION, Purpose.CORRECTION],
        )
    locked.save()
    record(locked, "agenda.edit_event", by=by, now=now, changes=changes)
    return locked


@transaction.atomic
def confirm_event(event: Event, *, by: User, now: datetime) -> Event:
    """Say that it will be."""
    locked = _decide(event, EventState.CONFIRMED, by=by)
    locked.confirmed_by, locked.confirmed_at = by, now
    locked.save(update_fields=["state", "confirmed_by", "confirmed_at", "updated_at"])
    record(locked, "agenda.confirm_event", by=by, now=now)
    return locked


@transaction.atomic
def cancel_event(event: Event, *, reason: str, by: User, now: datetime) -> Event:
    """Say that it will not be, and why. Whoever the invitation may have reached is told; nobody else is."""
    locked = _decide(event, EventState.CANCELLED, by=by)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if now >= locked.over_at(office_zone()):
        raise EventOver
    locked.cancelled_reason = reason
    locked.sequence += 1
    _check(locked)
    locked.save(update_fields=["state", "cancelled_reason", "sequence", "updated_at"])
    record(locked, "agenda.cancel_event", by=by, now=now, note=reason)
    cancel_for(locked, by=by, now=now, reason=reason, purposes=[Purpose.INVITATION, Purpose.CORRECTION])
    reached = Guest.objects.filter(invitation__event=locked, delivery__state__in=LEFT).select_related(
        "invitation", "contact__outlet"
    )
    send_notice(locked, reached, kind="cancellation", purpose=Purpose.WITHDRAWAL, by=by, now=now, reason=reason)
    return locked


@transaction.atomic
def reopen_event(event: Event, *, by: User, now: datetime) -> Event:
    """Make a cancelled event a proposal again; guests hear of it when somebody tells them."""
    locked = _decide(event, EventState.PROPOSED, by=by)
    locked.cancelled_reason = ""
    locked.confirmed_by = locked.confirmed_at = None
    locked.sequence += 1
    locked.save(update_fields=["state", "cancelled_reason", "confirmed_by", "confirmed_at", "sequence", "updated_at"])
    record(locked, "agenda.reopen_event", by=by, now=now)
    return locked


@transaction.atomic
def waive_step(event: Event, step: StepKey, *, reason: str, by: User, now: datetime) -> StepWaiver:
    """Say in writing that a step will not be done. Saying it again changes nothing."""
    locked = _lock(event)
    if not may_waive(by):
        raise NotAllowed
    if locked.state == EventState.CANCELLED:
        raise EventCancelled
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    known = StepWaiver.objects.filter(event=locked, step=step).first()
    if known is not None:
        return known
    waiver = StepWaiver(event=locked, step=step, reason=reason, by=by, at=now)
    _check(waiver)
    waiver.save()
    record(locked, "agenda.waive_step", by=by, now=now, note=f"{StepKey(step).label}: {reason}")
    return waiver


def _lock(event: Event) -> Event:
    return Event.objects.select_for_update(of=("self",)).select_related("area", "locality").get(pk=event.pk)


def _decide(event: Event, to: EventState, *, by: User) -> Event:
    locked = _lock(event)
    if not may_decide(by):
        raise NotAllowed
    if (EventState(locked.state), to) not in TRANSITIONS:
        raise WrongState
    locked.state = to
    return locked


def _check(target: Model, *, besides: set[str] | None = None) -> None:
    try:
        target.full_clean(exclude=besides)
    except ValidationError as error:
        raise NotValid(" ".join(error.messages)) from error


def _text(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)
