"""Inviting the media, and telling them of a change."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from agenda.actions.notices import send_notice
from agenda.enums import EventState
from agenda.errors import (
    EventCancelled,
    EventOver,
    NobodyToInvite,
    NobodyToTell,
    NoMediaHere,
    NotConfirmed,
)
from agenda.models import Event, Guest, Invitation
from agenda.permissions import may_invite
from agenda.queries import guest_plan, untold
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.office.actions import next_folio
from commsoffice.office.queries import office_zone
from commsoffice.outbox.enums import Purpose
from media_contacts.models import MediaList
from media_contacts.queries import list_of_each

_TOKEN_BYTES = 32


@transaction.atomic
def invite(event: Event, *, lists: Iterable[MediaList], note: str, by: User, now: datetime) -> Invitation:
    """Invite everyone of these lists who has not been invited: by e-mail, else by a person.

    There is one invitation for each event; later lists add guests to it, and inviting the same people
    again does nothing. Raises ``NobodyToInvite`` when nobody can be reached at all.
    """
    locked = _ready(event, by=by, now=now)
    chosen = list(lists)
    plan = guest_plan(locked, chosen)
    invitation = Invitation.objects.filter(event=locked).first()
    contacts = [*plan.by_email, *(contact for contact, _way in plan.by_hand)]
    if not contacts:
        if invitation is None:
            raise NobodyToInvite
        return invitation
    if invitation is None:
        invitation = Invitation.objects.create(
            folio=next_folio("INV", now.astimezone(office_zone()).year),
            event=locked,
            note=note.strip(),
            sent_by=by,
            sent_at=now,
        )
    came_from = list_of_each(contacts, chosen)
    guests = Guest.objects.bulk_create(
        [
            Guest(
                invitation=invitation,
                contact=contact,
                media_list_id=came_from[contact.pk],
                token=secrets.token_urlsafe(_TOKEN_BYTES),
            )
            for contact in contacts
        ]
    )
    send_notice(locked, guests, kind="invitation", purpose=Purpose.INVITATION, by=by, now=now)
    record(
        locked,
        "agenda.invite",
        by=by,
        now=now,
        note=", ".join(media_list.name for media_list in chosen),
        changes={"email": [0, len(plan.by_email)], "by_hand": [0, len(plan.by_hand)]},
    )
    return invitation


@transaction.atomic
def tell_changes(event: Event, *, by: User, now: datetime) -> int:
    """Tell the current day, hour and place to every guest who knows an older one and did not decline.

    Answers with how many; raises ``NobodyToTell`` when everyone knows.
    """
    locked = _ready(event, by=by, now=now)
    guests = list(untold(locked).select_related("invitation", "contact__outlet"))
    if not guests:
        raise NobodyToTell
    told = send_notice(locked, guests, kind="change", purpose=Purpose.CORRECTION, by=by, now=now)
    record(locked, "agenda.tell_changes", by=by, now=now, changes={"told": [0, told]})
    return told


def _ready(event: Event, *, by: User, now: datetime) -> Event:
    locked = Event.objects.select_for_update(of=("self",)).select_related("area", "locality").get(pk=event.pk)
    if not may_invite(by):
        raise NotAllowed
    if locked.state == EventState.CANCELLED:
        raise EventCancelled
    if locked.state != EventState.CONFIRMED:
        raise NotConfirmed
    if not locked.can_have_media:
        raise NoMediaHere
    if now >= locked.over_at(office_zone()):
        raise EventOver
    return locked
