"""Who may do what with deliveries."""

from typing import TYPE_CHECKING

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.outbox.enums import DeliveryState, Purpose

if TYPE_CHECKING:
    from commsoffice.outbox.models import Delivery


def may_resolve(user: User) -> bool:
    """Decide about what nobody knows, and try again what was refused."""
    return user.may(Permission.OUTBOX_RESOLVE)


def may_readdress(user: User, delivery: "Delivery") -> bool:
    """Send it to another address: a citizen's letter carries the personal link, so only who may read it."""
    return may_resolve(user) and (delivery.purpose != Purpose.REQUEST or may_see_person(user))


def may_record(user: User) -> bool:
    """Record what was done by hand, and put a refusal aside."""
    return user.may(Permission.OUTBOX_RECORD)


def may_pause(user: User) -> bool:
    """Hold everything in a crisis, let it go on, and say what still leaves."""
    return user.may(Permission.OUTBOX_PAUSE)


def may_confirm(user: User, delivery: "Delivery") -> bool:
    """Write down that the recipient says that it arrived. Where nobody knew it decides, so only who may decide."""
    return may_resolve(user) or (may_record(user) and delivery.state != DeliveryState.UNKNOWN)


def may_forget(user: User) -> bool:
    """Erase whom something was sent to. The system does it when the time set by law is over."""
    return user.may(Permission.REQUESTS_VIEW_PERSON)


def may_see_person(user: User) -> bool:
    """Read to which citizen an answer went."""
    return user.may(Permission.REQUESTS_VIEW_PERSON)
