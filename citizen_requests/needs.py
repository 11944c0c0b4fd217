"""What waits for a person, for the first screen."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citizen_requests.enums import RequestState
from citizen_requests.models import CitizenRequest
from citizen_requests.permissions import is_bound_to_area, may_route
from citizen_requests.queries import view_filters, visible_to
from commsoffice.accounts.models import User
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import Need, Verb

_SHOWN = 3


def overdue(user: User, now: datetime) -> list[Need]:
    """Requests whose clock ran out, for the desk and for the area that has them."""
    if not (may_route(user) or is_bound_to_area(user)):
        return []
    count, folios = _pressing(visible_to(user).filter(view_filters(now)["overdue"]))
    if not count:
        return []
    title = ngettext("%(n)s overdue citizen request", "%(n)s overdue citizen requests", count)
    return [
        Need(
            StateKind.LATE,
            _("Overdue"),
            title % {"n": count},
            folios,
            Verb(_("See them"), reverse("desk:list") + "?vista=overdue"),
            order=20,
        )
    ]


def to_route(user: User, now: datetime) -> list[Need]:
    """Requests that nobody has sent to an area yet."""
    if not may_route(user):
        return []
    count, folios = _pressing(visible_to(user).filter(view_filters(now)["to_route"]))
    if not count:
        return []
    title = ngettext("%(n)s citizen request to route", "%(n)s citizen requests to route", count)
    return [
        Need(
            StateKind.DUE,
            _("To route"),
            title % {"n": count},
            folios,
            Verb(_("Route"), reverse("desk:list") + "?vista=to_route", primary=True),
            order=40,
        )
    ]


def to_accept(user: User, now: datetime) -> list[Need]:
    """Requests that were sent to the liaison's own area."""
    if not is_bound_to_area(user):
        return []
    count, folios = _pressing(visible_to(user).filter(state=RequestState.ROUTED))
    if not count:
        return []
    title = ngettext("%(n)s report for your area", "%(n)s reports for your area", count)
    return [
        Need(
            StateKind.DUE,
            _("To accept"),
            title % {"n": count},
            folios,
            Verb(_("See them"), reverse("desk:list"), primary=True),
            order=30,
        )
    ]


def _pressing(requests: QuerySet[CitizenRequest]) -> tuple[int, str]:
    """How many there are, and the folios of the first to run out."""
    folios = list(requests.order_by("solve_by", "pk").values_list("folio", flat=True)[: _SHOWN + 1])
    if len(folios) <= _SHOWN:
        return len(folios), ", ".join(folios)
    return requests.count(), f"{', '.join(folios[:_SHOWN])}…"
