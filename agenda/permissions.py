"""Who may do what with the agenda."""

from typing import TYPE_CHECKING

from agenda.enums import EventState
from commsoffice.accounts.enums import Permission, Role
from commsoffice.accounts.models import User

if TYPE_CHECKING:
    from agenda.models import Event
    from commsoffice.office.models import Area


def may_propose_in(user: User, area: "Area") -> bool:
    """Put an event of this area on the agenda; a liaison only those of the own area."""
    if user.may(Permission.AGENDA_EDIT):
        return True
    if not user.may(Permission.AGENDA_PROPOSE):
        return False
    return not has_own_area_only(user) or user.area_key == area.key


def has_own_area_only(user: User) -> bool:
    """Say whether the person speaks for one area and no other."""
    return user.has_role(Role.AREA_LIAISON) and not user.may(Permission.AGENDA_EDIT)


def may_edit(user: User, event: "Event") -> bool:
    """Change an event: who keeps the agenda, or who proposed it while nobody has confirmed it."""
    if user.may(Permission.AGENDA_EDIT):
        return True
    is_own = event.created_by_id == user.pk and event.state == EventState.PROPOSED
    return is_own and may_propose_in(user, event.area)


def may_decide(user: User) -> bool:
    """Confirm, cancel and reopen."""
    return user.may(Permission.AGENDA_EDIT)


def may_waive(user: User) -> bool:
    """Say in writing that a step will not be done."""
    return user.may(Permission.AGENDA_WAIVE)


def may_invite(user: User) -> bool:
    """Invite the media, and tell them of a change."""
    return user.may(Permission.AGENDA_INVITE)


def may_record_answer(user: User) -> bool:
    """Write down an answer that came by telephone or on paper."""
    return user.may(Permission.AGENDA_RECORD_ANSWER)
