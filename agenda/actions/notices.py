"""One notice to some guests: by e-mail where it reaches them, else by a person."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from agenda import letters
from agenda.models import Event, Guest
from commsoffice.accounts.models import User
from commsoffice.office.queries import office_zone
from commsoffice.outbox.actions import enqueue
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery


def send_notice(
    event: Event,
    guests: Iterable[Guest],
    *,
    kind: str,
    purpose: Purpose,
    by: User,
    now: datetime,
    reason: str = "",
) -> int:
    """Queue it for these guests, each by the way of the invitation; answer with how many.

    Runs inside the transaction of the verb that calls it. A guest's ``delivery`` becomes the newest.
    """
    ways: dict[str, list[Guest]] = defaultdict(list)
    for guest in guests:
        ways[way_of(guest)].append(guest)
    told: list[Guest] = []
    for way, rows in ways.items():
        deliveries = deliver(event, rows, way, kind=kind, purpose=purpose, by=by, now=now, reason=reason)
        for guest, delivery in zip(rows, deliveries, strict=True):
            guest.delivery = delivery
            told.append(guest)
    Guest.objects.bulk_update(told, ["delivery"])
    return len(told)


def way_of(guest: Guest) -> str:
    """Return the channel that reaches the guest today: people leave lists and addresses die."""
    if guest.contact.is_reachable_by_email:
        return "email"
    return {"whatsapp": "whatsapp", "print": "print"}.get(guest.contact.prefers, "telephone")


def deliver(
    event: Event,
    guests: list[Guest],
    way: str,
    *,
    kind: str,
    purpose: Purpose,
    by: User,
    now: datetime,
    reason: str = "",
) -> list[Delivery]:
    """Freeze one message for guests of one channel and queue it for each, in their order."""
    invitation = guests[0].invitation
    by_email = way == "email"
    payload = (
        letters.payload(event, invitation, kind, now=now, reason=reason)
        if by_email
        else letters.call(event, invitation, kind, reason=reason)
    )
    return enqueue(
        purpose=purpose,
        channel=way,
        payload=payload,
        recipients=[letters.recipient(guest, by_email=by_email) for guest in guests],
        subject=event,
        subject_version=str(event.sequence),
        area=event.area.key,
        by=by,
        now=now,
        expires_at=event.over_at(office_zone()),
    )
