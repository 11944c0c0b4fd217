"""What was sent again to a corrected address, and where the address itself is kept."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from commsoffice.accounts.models import User
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a delivery corrects, what corrects it, and where else its address is known."""

    before: list[Delivery]
    after: list[Delivery]
    # Where its recipient is written to by now; empty: nowhere, or nobody knows.
    address_today: str = ""
    # Where this person may correct the directory, if it is wrong.
    directory_url: str = ""


# Reference of a recipient → where he is written to by now.
Addresses = Callable[[Collection[str]], dict[str, str]]
_AGAIN = "again"


def corrected_from(delivery: Delivery) -> Delivery | None:
    """The refused delivery whose address this one corrects; its key holds the number."""
    word, _colon, rest = delivery.key.partition(":")
    number = rest.partition(":")[0]
    if word != _AGAIN or not number.isdecimal():
        return None
    return Delivery.objects.filter(pk=int(number)).first()


def corrected_by(delivery: Delivery) -> list[Delivery]:
    """What was sent to a corrected address instead of this one, newest first; one query."""
    # It carries the same message, and that has an index; the beginning of a key has none.
    same = Delivery.objects.filter(message_id=delivery.message_id)
    return list(same.filter(key__startswith=f"{_AGAIN}:{delivery.pk}:").order_by("-pk"))


def current_addresses(refs: Collection[str]) -> dict[str, str]:
    """Where recipients are written to by now, from ``recipient_addresses`` of the AppConfigs; empty: nowhere."""
    known: dict[str, str] = {}
    for config in apps.get_app_configs():
        path = getattr(config, "recipient_addresses", "")
        if refs and path:
            tell: Addresses = import_string(path)
            known.update(tell(refs))
    return known


def recipient_url(ref: str, user: User) -> str:
    """Where this person may correct a recipient; empty where nobody keeps it or this person may not.

    From ``recipient_pages = {"room.model": ("url:name", permission)}`` of the AppConfigs.
    """
    kind, _colon, number = ref.rpartition(":")
    for config in apps.get_app_configs():
        name, permission = getattr(config, "recipient_pages", {}).get(kind, ("", ""))
        if name and user.may(permission):
            try:
                return reverse(name, args=[number])
            except NoReverseMatch:
                return ""
    return ""


def corrections_of(delivery: Delivery, user: User) -> Corrections:
    """What its page tells of other addresses; three queries at most."""
    first, after, ref = corrected_from(delivery), corrected_by(delivery), delivery.recipient_ref
    if delivery.channel != "email" or not ref:
        return Corrections([first] if first else [], after)
    kept = current_addresses({ref}).get(ref, "")
    return Corrections([first] if first else [], after, kept, _directory_url(delivery, user, kept, after))


def _directory_url(delivery: Delivery, user: User, kept: str, after: list[Delivery]) -> str:
    """Where the directory is to be corrected, too; empty where it is right already, or nobody's to correct."""
    url = recipient_url(delivery.recipient_ref, user)
    if not url:
        return ""
    if after or delivery.key.startswith(f"{_AGAIN}:"):
        wrong = kept.casefold() != (after[0] if after else delivery).recipient.casefold()
    else:
        wrong = delivery.state == DeliveryState.REJECTED and kept.casefold() in {"", delivery.recipient.casefold()}
    return url if wrong else ""
