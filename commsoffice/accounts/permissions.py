"""Who may manage people."""

from typing import TYPE_CHECKING

from commsoffice.accounts.enums import Permission

if TYPE_CHECKING:
    from commsoffice.accounts.models import User


def may_manage_people(user: "User") -> bool:
    """Make accounts, give roles, set passwords, close accounts."""
    return user.may(Permission.PEOPLE_MANAGE)
