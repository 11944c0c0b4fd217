"""Who may do what to our accounts."""

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User


def may_manage(user: User) -> bool:
    """Whether the person connects accounts and says who answers for them."""
    return user.may(Permission.SOCIAL_MANAGE)
