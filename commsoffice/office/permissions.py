"""Who may change the office's own data."""

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User


def may_manage_office(user: User) -> bool:
    """Change the profile, areas, localities and non-working days."""
    return user.may(Permission.OFFICE_MANAGE)
