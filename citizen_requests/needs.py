"""What waits for a person, for the first screen."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citizen_requests.enums import RequestState
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
    folios = _folios(user, now, "overdue")
    if not folios:
        return []
    title = ngettext("%(n)s overdue citizen request", "%(n)s overdue citizen requests", len(folios))
    return [
        Need(
            StateKind.LATE,
            _("Overdue"),
            title % {"n": len(folios)},
            _some(folios),
            Verb(_("See them"), reverse("desk:list") + "?vista=overdue"),
            order=20,
        )
    ]


def to_route(user: User, now: datetime) -> list[Need]:
    """Requests that nobody has sent to an area yet."""
    folios = _folios(user, now, "to_route") if may_route(user) else []
    if not folios:
        return []
    title = ngettext("%(n)s citizen request to route", "%(n)s citizen requests to route", len(folios))
    return [
        Need(
            StateKind.DUE,
            _("To route"),
            title % {"n": len(folios)},
            _some(folios),
            Verb(_("Route"), reverse("desk:list") + "?vista=to_route", primary=True),
            order=40,
        )
    ]


def to_accept(user: User, now: datetime) -> list[Need]:
    """Requests that were sent to the liaison's own area."""
    if not is_bound_to_area(user):
        return []
    folios = list(
        visible_to(user).filter(state=RequestState.ROUTED).order_by("solve_by").values_list("folio", flat=True)
    )
    if not folios:
        return []
    title = ngettext("%(n)s report for your area", "%(n)s reports for your area", len(folios))
    return [
        Need(
            StateKind.DUE,
            _("To accept"),
            title % {"n": len(folios)},
            _some(folios),
            Verb(_("See them"), reverse("desk:list"), primary=True),
            order=30,
        )
    ]


def _folios(user: User, now: datetime, view: str) -> list[str]:
    return list(visible_to(user).filter(view_filters(now)[view]).order_by("solve_by").values_list("folio", flat=True))


def _some(folios: list[str]) -> str:
    shown = ", ".join(folios[:_SHOWN])
    return f"{shown}…" if len(folios) > _SHOWN else shown
