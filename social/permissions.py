"""Who may do what to our accounts."""

from typing import TYPE_CHECKING

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User

if TYPE_CHECKING:
    from social.models import Profile


def may_manage(user: User) -> bool:
    """Whether the person says who answers for an account, and connects and disconnects all of them."""
    return user.may(Permission.SOCIAL_MANAGE)


def may_connect(user: User, profile: "Profile") -> bool:
    """Whether the person may connect this account: who answers for it and who stands in may, too."""
    return may_manage(user) or (user.may(Permission.SOCIAL_VIEW) and user.pk in {profile.owner_id, profile.backup_id})
