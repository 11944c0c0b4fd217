"""Who may look at what is not public."""

from typing import TYPE_CHECKING

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User

if TYPE_CHECKING:
    from commsoffice.files.models import MediaAsset


def is_from_outside(asset: "MediaAsset") -> bool:
    """Whether a citizen sent it, who has no account: the system wrote it down."""
    return asset.uploaded_by is None or asset.uploaded_by.is_system


def may_look(user: User, asset: "MediaAsset") -> bool:
    """Whether this person may see the copies of a file that is not public.

    The address cannot be guessed: whoever has it was shown it by a page of their own work.
    """
    if is_from_outside(asset):
        return user.may(Permission.REQUESTS_VIEW)
    if user.may(Permission.FILES_VIEW) or asset.uploaded_by_id == user.pk:
        return True
    return user.may(Permission.COVERAGE_VIEW)


def may_have_original(user: User, asset: "MediaAsset") -> bool:
    """Whether this person may have the original, which says where it was taken.

    What a citizen sent is as personal as the name and the address of that citizen.
    """
    if not asset.original:
        return False
    if is_from_outside(asset):
        return user.may(Permission.REQUESTS_VIEW_PERSON)
    return user.may(Permission.FILES_VIEW)


def may_retry(user: User) -> bool:
    """Whether this person may have the copies made again."""
    return user.may(Permission.COVERAGE_UPLOAD)
