"""Who may do what to a text. Predicates that read aloud; the verbs ask them."""

from typing import TYPE_CHECKING

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from pressreleases.enums import CorrectionState, ReleaseState

if TYPE_CHECKING:
    from pressreleases.models import Correction, Release


def may_draft(user: User) -> bool:
    """Begin a text."""
    return user.may(Permission.RELEASES_DRAFT)


def may_edit(user: User, release: "Release") -> bool:
    """Change a text. Who may not submit (an intern) touches own drafts only."""
    if not may_draft(user):
        return False
    if may_submit(user):
        return True
    return release.author_id == user.pk and release.state == ReleaseState.DRAFT


def may_submit(user: User) -> bool:
    """Ask for approval, and take that back."""
    return user.may(Permission.RELEASES_SUBMIT)


def may_review(user: User) -> bool:
    """Read with the signature in hand: return a text, stop an approved one."""
    return user.may(Permission.RELEASES_APPROVE)


def wrote_it(user: User, release: "Release") -> bool:
    """Whether the text, or its last change, is this person's."""
    return user.pk in {release.author_id, release.edited_by_id}


def may_approve(user: User, release: "Release") -> bool:
    """Approve: two persons, always."""
    return may_review(user) and not wrote_it(user, release)


def may_publish(user: User) -> bool:
    """Only the worker makes an approved text public, when its delivery comes up."""
    return user.is_system


def may_withdraw(user: User) -> bool:
    """Take a published text away from the public."""
    return user.may(Permission.RELEASES_WITHDRAW)


def may_take_down(user: User) -> bool:
    """Say that a post is gone from its network: whoever may say of one that nobody knows whether it left."""
    return user.may(Permission.OUTBOX_RESOLVE)


def may_correct(user: User, correction: "Correction | None") -> bool:
    """Write a correction of a public text, or change one. Who may not submit (an intern) touches own drafts only."""
    if not may_draft(user):
        return False
    if correction is None or may_submit(user):
        return True
    return correction.author_id == user.pk and correction.state == CorrectionState.DRAFT


def may_discard(user: User, correction: "Correction") -> bool:
    """Give a correction up: whoever may change it, and whoever reads it with the signature in hand."""
    return may_review(user) or may_correct(user, correction)


def wrote_correction(user: User, correction: "Correction") -> bool:
    """Whether its text, its last change, or the text that it corrects is this person's."""
    return user.pk in {correction.author_id, correction.edited_by_id, correction.release.author_id}


def may_issue(user: User, correction: "Correction") -> bool:
    """Issue a correction: two persons, as at approval."""
    return may_review(user) and not wrote_correction(user, correction)
