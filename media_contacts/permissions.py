"""Who may read and keep the directory."""

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User


def may_view(user: User) -> bool:
    """Read the directory and what each contact received."""
    return user.may(Permission.MEDIA_VIEW)


def may_edit(user: User) -> bool:
    """Add and change outlets, contacts and lists."""
    return user.may(Permission.MEDIA_EDIT)


def may_unsubscribe(user: User) -> bool:
    """Take a contact off: the contact's own link, in the system's name, or whoever keeps the directory."""
    return user.is_system or may_edit(user)
