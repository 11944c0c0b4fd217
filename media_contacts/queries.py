"""Reads of the directory: who would get something, and what each got."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core import signing
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from commsoffice.office.queries import local_day
from commsoffice.outbox.models import Delivery
from media_contacts.enums import LeftOut, Preference
from media_contacts.models import Contact, MediaList, Outlet

CONTACT_REF = "media_contacts.contact"
_SALT = "media_contacts.unsubscribe"
# How the office reaches by hand a contact without an e-mail address.
_BY_HAND = {
    Preference.EMAIL: "telephone",
    Preference.TELEPHONE: "telephone",
    Preference.WHATSAPP: "whatsapp",
    Preference.PRINT: "print",
}


@dataclass(frozen=True, slots=True)
class ListPlan:
    """Who of some lists would get something, by which way, and who would not."""

    by_email: list[Contact] = field(default_factory=list)
    # The channel's alias beside each: telephone, whatsapp or print.
    by_hand: list[tuple[Contact, str]] = field(default_factory=list)
    left_out: list[tuple[Contact, LeftOut]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many would get it, whichever the way."""
        return len(self.by_email) + len(self.by_hand)


def plan(lists: Iterable[MediaList], *, besides: Iterable[int] = (), day: date | None = None) -> ListPlan:
    """Say who of these lists would get something on a day (today) and who not, in one query.

    Whoever has a usable address gets an e-mail, which carries the link, unless they want only the way that they
    prefer. ``besides`` are contacts (by number) who already have it: they appear nowhere.
    """
    result = ListPlan()
    day = day or local_day(timezone.now())
    addresses: set[str] = set()
    contacts = (
        Contact.objects.filter(lists__in=list(lists))
        .exclude(pk__in=list(besides))
        .select_related("outlet")
        .order_by("outlet__name", "name", "pk")
        .distinct()
    )
    for contact in contacts:
        address = contact.email.casefold()
        if (reason := _why_not(contact, day)) is not None:
            result.left_out.append((contact, reason))
        elif not contact.is_reachable_by_email:
            result.by_hand.append((contact, _BY_HAND[Preference(contact.prefers)]))
        elif address in addresses:
            result.left_out.append((contact, LeftOut.DUPLICATE))
        else:
            addresses.add(address)
            result.by_email.append(contact)
    return result


def _why_not(contact: Contact, day: date) -> LeftOut | None:
    if not (contact.is_active and contact.outlet.is_active):
        return LeftOut.INACTIVE
    if contact.unsubscribed_at is not None:
        return LeftOut.COMPLAINED if contact.complained_at else LeftOut.UNSUBSCRIBED
    if contact.is_expired(day):
        return LeftOut.EXPIRED
    if contact.is_reachable_by_email or contact.is_reachable_by_hand:
        return None
    return LeftOut.BOUNCED if contact.email else LeftOut.NO_ADDRESS


def list_of_each(contacts: Iterable[Contact], lists: Iterable[MediaList]) -> dict[int, int]:
    """Return, for each contact, the first of these lists that holds it: one query."""
    held = MediaList.contacts.through.objects.filter(
        contact_id__in=[contact.pk for contact in contacts],
        medialist_id__in=[media_list.pk for media_list in lists],
    ).order_by("-medialist_id")
    return dict(held.values_list("contact_id", "medialist_id"))


def contact_ref(contact: Contact) -> str:
    """Return how the ledger calls a contact."""
    return f"{CONTACT_REF}:{contact.pk}"


def contact_of_ref(ref: str) -> int | None:
    """Return the number of the contact that the ledger means, or None if it means something else."""
    kind, _colon, number = ref.rpartition(":")
    return int(number) if kind == CONTACT_REF and number.isascii() and number.isdecimal() else None


def current_addresses(refs: Collection[str]) -> dict[str, str]:
    """Return where each contact of these references is written to today; empty for whoever is not. One query.

    References of other rooms are left out.
    """
    numbers = {ref: number for ref in refs if (number := contact_of_ref(ref)) is not None}
    contacts = Contact.objects.select_related("outlet").in_bulk(numbers.values())
    day = local_day(timezone.now())
    return {ref: _address_of(contacts.get(number), day) for ref, number in numbers.items()}


def _address_of(contact: Contact | None, day: date) -> str:
    if contact is None or not contact.is_reachable_by_email or not contact.outlet.is_active or contact.is_expired(day):
        return ""
    return contact.email


def received_by(contacts: Iterable[Contact], *, limit: int = 20) -> dict[int, list[Delivery]]:
    """Return what each contact was sent, newest first: one query, ``limit`` rows for each."""
    numbers = {contact_ref(contact): contact.pk for contact in contacts}
    received: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in Delivery.objects.filter(recipient_ref__in=numbers).order_by("-id")[: limit * len(numbers)]:
        received[numbers[delivery.recipient_ref]].append(delivery)
    return {number: rows[:limit] for number, rows in received.items()}


def directory(*, kind: str = "", reach: str = "", media_list: str = "", text: str = "") -> QuerySet[Outlet]:
    """Return the outlets that match, with ``active_contacts`` loaded; words match without accents."""
    outlets = Outlet.objects.prefetch_related(
        Prefetch("contacts", Contact.objects.filter(is_active=True), to_attr="active_contacts")
    )
    if kind:
        outlets = outlets.filter(kind=kind)
    if reach:
        outlets = outlets.filter(reach=reach)
    if media_list.isdecimal() and len(media_list) < 10:  # noqa: PLR2004  what fits an integer column
        outlets = outlets.filter(contacts__lists=int(media_list)).distinct()
    for word in text.replace("\x00", "").split():
        outlets = outlets.filter(
            Q(name__unaccent__icontains=word)
            | Q(beat__unaccent__icontains=word)
            | Q(pk__in=Contact.objects.filter(_about(word)).values("outlet"))
        )
    return outlets.order_by("name", "pk")


def _about(word: str) -> Q:
    return Q(name__unaccent__icontains=word) | Q(email__icontains=word) | Q(post__unaccent__icontains=word)


def kinds() -> list[str]:
    """Return the kinds of outlet in use."""
    return list(Outlet.objects.order_by("kind").values_list("kind", flat=True).distinct())


def lists_with_counts() -> QuerySet[MediaList]:
    """Return the lists, each with ``size``: how many contacts it holds."""
    return MediaList.objects.annotate(size=Count("contacts")).order_by("name")


def unsubscribe_token(contact: Contact) -> str:
    """Return the signed word of the contact's own unsubscribe link. It never expires."""
    return signing.dumps(contact.pk, salt=_SALT)


def contact_by_token(token: str) -> Contact | None:
    """Return whose link it is, or None for a forged or torn one."""
    try:
        number = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Contact.objects.select_related("outlet").filter(pk=number).first()
