"""What the office writes to its own people about an account."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from commsoffice.accounts.models import User
from commsoffice.office.queries import office
from commsoffice.outbox.actions import Recipient, enqueue
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.stationery import written
from social.models import Profile
from social.queries import answerable, waiting_count


def tell_expired(profile: Profile, *, by: User, now: datetime) -> None:
    """Write to who answers for the account that it must be connected again; once for each time that it expires."""
    people = answerable(profile)
    if not people:
        return
    house = office()
    context = {
        "profile": profile,
        "waiting": waiting_count(profile),
        "office": house,
        "site_url": settings.SITE_URL,
        "link": settings.SITE_URL + reverse("social:profile", args=[profile.pk]),
        "name": "{{name}}",
    }
    with translation.override(settings.LANGUAGE_CODE):
        payload = {
            **written("social/emails/expired", context),
            "reply_to": house.email,
            "headers": {"Auto-Submitted": "auto-generated"},
        }
    enqueue(
        purpose=Purpose.NOTICE,
        channel="email",
        payload=payload,
        recipients=[_recipient(person) for person in people],
        subject=profile,
        subject_version=str(int(now.timestamp())),
        by=by,
        now=now,
    )


def _recipient(person: User) -> Recipient:
    return Recipient(
        address=person.email, name=person.name, ref=f"accounts.user:{person.pk}", personal={"name": person.name}
    )
