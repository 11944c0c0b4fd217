"""Who may read and move a request. A liaison is bound to the requests of the own area."""

from typing import TYPE_CHECKING

from commsoffice.accounts.enums import Permission, Role
from commsoffice.accounts.models import User
from commsoffice.accounts.roles import PERMISSIONS

if TYPE_CHECKING:
    from citizen_requests.models import CitizenRequest


def is_bound_to_area(user: User) -> bool:
    """Whether the person reads requests only as the liaison of an area."""
    return user.has_role(Role.AREA_LIAISON) and not _reaches_all_areas(user, Permission.REQUESTS_VIEW)


def sees_persons(user: User) -> bool:
    """Whether the person may read who asked, and the restricted categories of any area."""
    return user.may(Permission.REQUESTS_VIEW_PERSON)


def may_route(user: User) -> bool:
    """Whether the person decides whose a request is."""
    return user.may(Permission.REQUESTS_ROUTE)


def may_answer(user: User, request: "CitizenRequest") -> bool:
    """Whether the person answers this request: the desk any, a liaison those of the own area."""
    may = Permission.REQUESTS_ANSWER
    return user.may(may) and (_reaches_all_areas(user, may) or is_of_own_area(user, request))


def may_speak_for_area(user: User, request: "CitizenRequest") -> bool:
    """Whether the person accepts or returns it in the name of its area."""
    return may_route(user) or (user.may(Permission.REQUESTS_ANSWER) and is_of_own_area(user, request))


def may_note(user: User, request: "CitizenRequest") -> bool:
    """Whether the person may leave a note for the colleagues."""
    return may_route(user) or may_answer(user, request)


def may_keep_categories(user: User) -> bool:
    """Whether the person says what requests may be about, who answers and how soon."""
    return user.may(Permission.OFFICE_MANAGE)


def _reaches_all_areas(user: User, permission: Permission) -> bool:
    """Whether a role other than that of the liaison gives the permission: that one ends at the own area."""
    others = (Role(role) for role in user.roles if role != Role.AREA_LIAISON)
    return user.is_system or any(permission in PERMISSIONS[role] for role in others)


def is_of_own_area(user: User, request: "CitizenRequest") -> bool:
    """Whether the request was routed to the person's area."""
    return request.area is not None and bool(user.area_key) and request.area.key == user.area_key
