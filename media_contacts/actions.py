"""The verbs of the directory."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction

from commsoffice.accounts.errors import NotAllowed, NotValid
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.office.actions import wait_for_twin
from media_contacts.models import Contact, MediaList, Outlet
from media_contacts.permissions import may_edit, may_unsubscribe

OUTLET_FIELDS = (
    "name",
    "kind",
    "reach",
    "periodicity",
    "closing",
    "beat",
    "audience",
    "registry",
    "is_active",
)
CONTACT_FIELDS = ("name", "post", "email", "phone", "prefers", "only_preferred", "valid_until", "is_active")
LIST_FIELDS = ("name", "description", "is_default")


def add_outlet(data: Mapping[str, object], *, submission_key: UUID, by: User, now: datetime) -> Outlet:
    """Add an outlet. The same ``submission_key`` again returns the outlet already made."""
    _keeper(by)
    key = submission_key.hex[:20]
    with transaction.atomic():
        wait_for_twin(submission_key)
        if (known := Outlet.objects.filter(key=key).first()) is not None:
            return known
        outlet = Outlet(key=key)
        _fill(outlet, OUTLET_FIELDS, data)
        outlet.save()
        record(outlet, "media_contacts.add_outlet", by=by, now=now)
    return outlet


@transaction.atomic
def edit_outlet(outlet: Outlet, data: Mapping[str, object], *, by: User, now: datetime) -> Outlet:
    """Change what is known of an outlet."""
    locked = Outlet.objects.select_for_update().get(pk=outlet.pk)
    _keeper(by)
    changed = _fill(locked, OUTLET_FIELDS, data)
    if changed:
        locked.save(update_fields=changed)
        record(locked, "media_contacts.edit_outlet", by=by, now=now, note=", ".join(changed))
    return locked


@transaction.atomic
def add_contact(outlet: Outlet, data: Mapping[str, object], *, by: User, now: datetime) -> Contact:
    """Add a contact to an outlet. The same one again (address, or name and telephone) is returned as it is."""
    locked = Outlet.objects.select_for_update().get(pk=outlet.pk)
    _keeper(by)
    contact = Contact(outlet=locked)
    email, phone = str(data.get("email", "")), str(data.get("phone", ""))
    same = models.Q(email__iexact=email) if email else models.Q(email="", phone=phone, name=str(data.get("name", "")))
    if (known := locked.contacts.filter(same).first()) is not None:
        return known
    _fill(contact, CONTACT_FIELDS, data)
    contact.save()
    # Which outlet gained one, not who: the record outlives the person's wish to be forgotten.
    record(locked, "media_contacts.add_contact", by=by, now=now, note=contact.post)
    return contact


@transaction.atomic
def edit_contact(contact: Contact, data: Mapping[str, object], *, by: User, now: datetime) -> Contact:
    """Change a contact. A new address has never bounced."""
    locked = Contact.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=contact.pk)
    _keeper(by)
    changed = _fill(locked, CONTACT_FIELDS, data)
    if "email" in changed and locked.bounced_at is not None:
        locked.bounced_at = None
        changed.append("bounced_at")
    if changed:
        locked.save(update_fields=changed)
        record(locked.outlet, "media_contacts.edit_contact", by=by, now=now, note=", ".join(changed))
    return locked


@transaction.atomic
def mark_bounced(contact: Contact, *, by: User, now: datetime) -> Contact:
    """Write down that mail to this address comes back; it is not written to until the address changes."""
    locked = Contact.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=contact.pk)
    _keeper(by)
    if locked.bounced_at is None and locked.email:
        locked.bounced_at = now
        locked.save(update_fields=["bounced_at"])
        record(locked.outlet, "media_contacts.mark_bounced", by=by, now=now, note=locked.post)
    return locked


@transaction.atomic
def address_works(contact: Contact, *, by: User, now: datetime) -> Contact:
    """Write down that the address takes mail again, though it had come back."""
    locked = Contact.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=contact.pk)
    _keeper(by)
    if locked.bounced_at is not None:
        locked.bounced_at = None
        locked.save(update_fields=["bounced_at"])
        record(locked.outlet, "media_contacts.address_works", by=by, now=now, note=locked.post)
    return locked


@transaction.atomic
def unsubscribe(contact: Contact, *, by: User, now: datetime) -> Contact:
    """Stop writing to a contact. Twice is once."""
    locked = Contact.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=contact.pk)
    if not may_unsubscribe(by):
        raise NotAllowed
    if locked.unsubscribed_at is None:
        locked.unsubscribed_at = now
        locked.save(update_fields=["unsubscribed_at"])
        record(locked.outlet, "media_contacts.unsubscribe", by=by, now=now, note=locked.post)
    return locked


@transaction.atomic
def complain(contact: Contact, *, by: User, now: datetime) -> Contact:
    """Stop writing to a contact who marked a mail of ours as unwanted. Who has left already has left."""
    locked = Contact.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=contact.pk)
    if not may_unsubscribe(by):
        raise NotAllowed
    if locked.unsubscribed_at is None:
        locked.unsubscribed_at = locked.complained_at = now
        locked.save(update_fields=["unsubscribed_at", "complained_at"])
        record(locked.outlet, "media_contacts.complain", by=by, now=now, note=locked.post)
    return locked


@transaction.atomic
def add_list(data: Mapping[str, object], *, by: User, now: datetime) -> MediaList:
    """Make a list. Its name is its own, so a form posted twice is refused in words."""
    _keeper(by)
    return _keep_list(MediaList(), data, by=by, now=now, verb="media_contacts.add_list")


@transaction.atomic
def edit_list(media_list: MediaList, data: Mapping[str, object], *, by: User, now: datetime) -> MediaList:
    """Change a list's name, use and contacts."""
    locked = MediaList.objects.select_for_update().get(pk=media_list.pk)
    _keeper(by)
    return _keep_list(locked, data, by=by, now=now, verb="media_contacts.edit_list")


def _keep_list(media_list: MediaList, data: Mapping[str, object], *, by: User, now: datetime, verb: str) -> MediaList:
    if data.get("is_default"):
        # There is one default list: the new one takes the place of the old.
        MediaList.objects.filter(is_default=True).exclude(pk=media_list.pk).update(is_default=False)
    before = media_list.contacts.count() if media_list.pk else 0
    _fill(media_list, LIST_FIELDS, data)
    media_list.save()
    contacts = data.get("contacts")
    if contacts is not None:
        if not isinstance(contacts, models.QuerySet | list):
            raise NotValid
        media_list.contacts.set(contacts)
    record(media_list, verb, by=by, now=now, changes={"contacts": [before, media_list.contacts.count()]})
    return media_list


def _keeper(by: User) -> None:
    if not may_edit(by):
        raise NotAllowed


def _fill(target: models.Model, fields: tuple[str, ...], data: Mapping[str, object]) -> list[str]:
    """Set what is given, check the whole, and return the names of what changed."""
    changed = [name for name in fields if name in data and getattr(target, name) != data[name]]
    for name in changed:
        setattr(target, name, data[name])
    try:
        target.full_clean()
    except ValidationError as error:
        raise NotValid(" ".join(error.messages)) from error
    return changed
