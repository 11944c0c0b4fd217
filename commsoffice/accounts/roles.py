"""Who may do what: the whole list on one page."""

from collections.abc import Iterable

from commsoffice.accounts.enums import Permission as P  # noqa: N817  the page below is made of them
from commsoffice.accounts.enums import Role

# Everyone in the office sees the day, the agenda and what is being written about it.
_DESK = frozenset(
    {
        P.DESK_VIEW,
        P.AGENDA_VIEW,
        P.COVERAGE_VIEW,
        P.FILES_VIEW,
        P.RELEASES_VIEW,
        P.OUTBOX_VIEW,
        P.MEDIA_VIEW,
        P.SOCIAL_VIEW,
        P.MONITORING_VIEW,
    }
)

PERMISSIONS: dict[Role, frozenset[P]] = {
    # Approves, sees everything, and reads the audit. Cannot approve what he wrote himself.
    Role.DIRECTOR: frozenset(P) - {P.PEOPLE_MANAGE},
    # Runs the press: everything up to the signature.
    Role.HEAD_OF_PRESS: _DESK
    | {
        P.DESK_CLOSE,
        P.AGENDA_PROPOSE,
        P.AGENDA_EDIT,
        P.AGENDA_WAIVE,
        P.AGENDA_INVITE,
        P.AGENDA_RECORD_ANSWER,
        P.COVERAGE_ASSIGN,
        P.COVERAGE_UPLOAD,
        P.RELEASES_DRAFT,
        P.RELEASES_SUBMIT,
        P.RELEASES_WITHDRAW,
        P.OUTBOX_RESOLVE,
        P.OUTBOX_RECORD,
        P.OUTBOX_PAUSE,
        P.MEDIA_EDIT,
        P.REQUESTS_VIEW,
        P.MONITORING_RECORD,
    },
    Role.WRITER: _DESK
    | {
        P.AGENDA_PROPOSE,
        P.AGENDA_RECORD_ANSWER,
        P.COVERAGE_UPLOAD,
        P.RELEASES_DRAFT,
        P.RELEASES_SUBMIT,
        P.OUTBOX_RECORD,
    },
    Role.PHOTOGRAPHER: _DESK | {P.COVERAGE_UPLOAD},
    Role.COMMUNITY_MANAGER: _DESK
    | {
        P.AGENDA_PROPOSE,
        P.COVERAGE_UPLOAD,
        P.RELEASES_DRAFT,
        P.RELEASES_SUBMIT,
        P.OUTBOX_RESOLVE,
        P.OUTBOX_RECORD,
        P.REQUESTS_VIEW,
        P.SOCIAL_MANAGE,
        P.MONITORING_RECORD,
    },
    Role.CITIZEN_DESK: frozenset(
        {
            P.DESK_VIEW,
            P.AGENDA_VIEW,
            P.REQUESTS_VIEW,
            P.REQUESTS_VIEW_PERSON,
            P.REQUESTS_ROUTE,
            P.REQUESTS_ANSWER,
        }
    ),
    # From another area: proposes events, sends photos, answers what was routed to that area only.
    Role.AREA_LIAISON: frozenset(
        {
            P.DESK_VIEW,
            P.AGENDA_VIEW,
            P.AGENDA_PROPOSE,
            P.COVERAGE_VIEW,
            P.COVERAGE_UPLOAD,
            P.REQUESTS_VIEW,
            P.REQUESTS_ANSWER,
        }
    ),
    Role.MONITOR: _DESK | {P.MONITORING_RECORD},
    Role.DESIGNER: _DESK | {P.COVERAGE_UPLOAD},
    # Keeps people and settings; does not read citizens' data nor approve.
    Role.ADMINISTRATOR: _DESK | {P.PEOPLE_MANAGE, P.OFFICE_MANAGE, P.MEDIA_EDIT},
    # May draft; may never publish, nor submit alone.
    Role.INTERN: _DESK | {P.RELEASES_DRAFT},
    # Reads everything but persons' data, changes nothing.
    Role.AUDITOR: _DESK | {P.AUDIT_VIEW, P.REQUESTS_VIEW},
}

# Who may open the plain Django admin, where the director approves.
ADMIN_ROLES = frozenset({Role.DIRECTOR, Role.ADMINISTRATOR})


def permissions_of(roles: Iterable[str]) -> frozenset[P]:
    """Return all that these roles may do together."""
    granted: frozenset[P] = frozenset()
    for role in roles:
        granted |= PERMISSIONS[Role(role)]
    return granted
