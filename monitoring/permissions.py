"""Who may read and record what the media published."""

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User


def may_record(user: User) -> bool:
    """Write down a piece."""
    return user.may(Permission.MONITORING_RECORD)


def may_view(user: User) -> bool:
    """Read the digest."""
    return user.may(Permission.MONITORING_VIEW)
