"""Who may do what with coverage."""

from typing import TYPE_CHECKING

from agenda.permissions import has_own_area_only
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User

if TYPE_CHECKING:
    from agenda.models import Event


def is_of_own_area(user: User, event: "Event") -> bool:
    """Whether the event concerns this person: a liaison sees and feeds only those of the own area."""
    return not has_own_area_only(user) or user.area_key == event.area.key


def may_see(user: User, event: "Event") -> bool:
    """See what came back from an event."""
    return user.may(Permission.COVERAGE_VIEW) and is_of_own_area(user, event)


def may_order(user: User) -> bool:
    """Send a crew to an event."""
    return user.may(Permission.COVERAGE_ASSIGN)


def may_upload(user: User, event: "Event") -> bool:
    """Upload photos and video of an event, and write their captions."""
    return user.may(Permission.COVERAGE_UPLOAD) and is_of_own_area(user, event)
