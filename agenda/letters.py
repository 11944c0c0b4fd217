"""What the guests read: the e-mail with its calendar file, and the words for a call.

The marks ``{{name}}``, ``{{link}}`` and ``{{unsubscribe_url}}`` stay in the text; the outbox fills them for each
recipient, so that one frozen message serves all.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst

from agenda import ics
from agenda.models import Event, Guest, Invitation
from commsoffice.office.models import Office
from commsoffice.office.queries import office
from commsoffice.outbox.actions import Recipient
from commsoffice.outbox.stationery import written
from media_contacts.queries import contact_ref, unsubscribe_token

MARKS = {"name": "{{name}}", "link": "{{link}}", "unsubscribe_url": "{{unsubscribe_url}}"}


def payload(event: Event, invitation: Invitation, kind: str, *, now: dt.datetime, reason: str = "") -> dict[str, Any]:
    """Return the e-mail; ``kind`` is invitation, change or cancellation."""
    house = office()
    context = _context(event, invitation, house, reason)
    method = "CANCEL" if kind == "cancellation" else "PUBLISH"
    with translation.override(settings.LANGUAGE_CODE):
        return {
            **written(f"agenda/emails/{kind}", context),
            "reply_to": house.email,
            "headers": {},
            "attachments": [_attachment(event, house, now=now, method=method)],
        }


def call(event: Event, invitation: Invitation, kind: str, *, reason: str = "") -> dict[str, Any]:
    """Return the words for the person who calls, writes by WhatsApp or prints."""
    with translation.override(settings.LANGUAGE_CODE):
        context = _context(event, invitation, office(), reason)
        return {"text": render_to_string(f"agenda/emails/{kind}/call.txt", context).strip()}


def recipient(guest: Guest, *, by_email: bool) -> Recipient:
    """Return the guest as the ledger writes a recipient down."""
    contact = guest.contact
    return Recipient(
        address=contact.email if by_email else contact.phone or str(contact.outlet),
        name=str(contact),
        ref=contact_ref(contact),
        personal={
            "name": capfirst(contact.name or contact.post or contact.outlet.name),
            "link": settings.SITE_URL + reply_path(guest),
            "unsubscribe_url": settings.SITE_URL
            + reverse("media_public:unsubscribe", args=[unsubscribe_token(contact)]),
        },
    )


def reply_path(guest: Guest) -> str:
    """Return the path of the guest's personal page."""
    return reverse("public_agenda:reply", args=[guest.token])


def _context(event: Event, invitation: Invitation, house: Office, reason: str) -> dict[str, Any]:
    return {
        "event": event,
        "invitation": invitation,
        "office": house,
        "site_url": settings.SITE_URL,
        "reason": reason,
        **MARKS,
    }


def _attachment(event: Event, house: Office, *, now: dt.datetime, method: str) -> dict[str, Any]:
    return {
        "text": ics.one(event, house, now=now, method=method).decode(),
        "filename": "evento.ics",
        "content_type": f"text/calendar; charset=utf-8; method={method}",
        "alt": "",
    }
