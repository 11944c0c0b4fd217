"""Every state with every verb, and who may."""

from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest

from citizen_requests import actions
from citizen_requests.enums import RequestState, StepKind
from citizen_requests.models import CitizenRequest
from commsoffice.accounts.enums import Role
from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.audit.models import Entry
from commsoffice.outbox.models import Delivery
from tests.citizen_requests.factories import NOW, AreaFactory, filed

pytestmark = pytest.mark.django_db

S = RequestState

Verb = Callable[[CitizenRequest, User], Any]

VERBS: dict[str, Verb] = {
    "route": lambda request, by: actions.route(request, AreaFactory.create(), by=by, now=NOW),
    "accept": lambda request, by: actions.accept(request, by=by, now=NOW),
    "return": lambda request, by: actions.return_to_desk(request, reason="Es de otra área.", by=by, now=NOW),
    "answer": lambda request, by: actions.answer(request, text="Ya quedó.", by=by, now=NOW),
    "orient": lambda request, by: actions.orient(request, text="Es del Estado.", by=by, now=NOW),
    "note": lambda request, by: actions.add_note(request, text="Ojo.", by=by, now=NOW),
    "close": lambda request, by: actions.close_by_person(request, now=NOW),
    "reopen": lambda request, by: actions.reopen_by_person(request, now=NOW),
    "message": lambda request, by: actions.leave_message(request, text="Gracias.", now=NOW),
}

# Verb → from → to. What is not here is refused.
TABLE: dict[str, dict[RequestState, RequestState]] = {
    "route": {S.RECEIVED: S.ROUTED, S.IN_PROGRESS: S.ROUTED, S.REOPENED: S.ROUTED},
    "accept": {S.ROUTED: S.IN_PROGRESS},
    "return": {S.ROUTED: S.RECEIVED},
    "answer": {S.RECEIVED: S.ANSWERED, S.ROUTED: S.ANSWERED, S.IN_PROGRESS: S.ANSWERED, S.REOPENED: S.ANSWERED},
    "orient": {S.RECEIVED: S.ORIENTED},
    "note": {state: state for state in S},
    "close": {S.ANSWERED: S.CLOSED},
    "reopen": {S.ANSWERED: S.REOPENED, S.CLOSED: S.REOPENED, S.ORIENTED: S.REOPENED},
    "message": {state: state for state in S},
}


def in_state(state: RequestState) -> CitizenRequest:
    request = filed()
    area = AreaFactory.create() if state not in {S.RECEIVED, S.ORIENTED} else None
    with pgtrigger.ignore("citizen_requests.CitizenRequest:moves"):
        CitizenRequest.objects.filter(pk=request.pk).update(
            state=state, area=area, routed_at=NOW if area else None, answer="Ya quedó.", answered_at=NOW
        )
    request.refresh_from_db()
    return request


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("verb", VERBS)
def test_table(verb: str, state: RequestState, citizen_desk: User):
    request = in_state(state)
    expected = TABLE[verb].get(state, state)
    if state in TABLE[verb]:
        VERBS[verb](request, citizen_desk)
    else:
        with pytest.raises(WrongState):
            VERBS[verb](request, citizen_desk)
    request.refresh_from_db()
    assert request.state == expected


# Verb → who may, on a request that lies with area A13.
ALLOWED = {
    "route": {Role.CITIZEN_DESK, Role.DIRECTOR},
    "accept": {Role.CITIZEN_DESK, Role.DIRECTOR, Role.AREA_LIAISON},
    "return": {Role.CITIZEN_DESK, Role.DIRECTOR, Role.AREA_LIAISON},
    "answer": {Role.CITIZEN_DESK, Role.DIRECTOR, Role.AREA_LIAISON},
    "orient": {Role.CITIZEN_DESK, Role.DIRECTOR},
    "note": {Role.CITIZEN_DESK, Role.DIRECTOR, Role.AREA_LIAISON},
}


@pytest.mark.parametrize("verb", ALLOWED)
def test_who_may(verb: str, make_user: Callable[..., User]):
    start = {"route": S.RECEIVED, "orient": S.RECEIVED}.get(verb, S.ROUTED)
    request = in_state(start)
    may = set()
    for role in Role:
        user = make_user(role, area_key="A13" if role == Role.AREA_LIAISON else "")
        try:
            VERBS[verb](request, user)
        except NotAllowed:
            continue
        may.add(role)
        with pgtrigger.ignore("citizen_requests.CitizenRequest:moves"):
            CitizenRequest.objects.filter(pk=request.pk).update(
                state=start, area=AreaFactory.create(), routed_at=NOW if start == S.ROUTED else None
            )
    assert may == ALLOWED[verb]


@pytest.mark.parametrize("verb", ["accept", "return", "answer", "note"])
def test_a_liaison_touches_only_the_own_area(verb: str, make_user: Callable[..., User]):
    stranger = make_user(Role.AREA_LIAISON, area_key="A12")
    with pytest.raises(NotAllowed):
        VERBS[verb](in_state(S.ROUTED), stranger)


def test_routing_tells_the_liaison_and_the_person(citizen_desk: User):
    request = filed()
    actions.route(request, AreaFactory.create(), by=citizen_desk, now=NOW)
    addresses = set(Delivery.objects.exclude(subject_version="").values_list("recipient", flat=True))
    assert addresses == {"juana.xalpan@correo.example", "enlace.a13@amatista.example"}


def test_the_area_s_letter_says_nothing_of_the_person(citizen_desk: User):
    actions.route(filed(), AreaFactory.create(), by=citizen_desk, now=NOW)
    delivery = Delivery.objects.select_related("message").get(recipient="enlace.a13@amatista.example")
    assert "Juana" not in f"{delivery.personal}{delivery.message.payload}"


def test_an_area_without_address_is_no_obstacle(citizen_desk: User):
    request = filed(email="")
    actions.route(request, AreaFactory.create(key="A99", liaison_email=""), by=citizen_desk, now=NOW)
    assert Delivery.objects.count() == 0


def test_returning_takes_it_out_of_the_area_and_keeps_the_reason(area_liaison: User):
    request = actions.return_to_desk(in_state(S.ROUTED), reason="Es de Agua.", by=area_liaison, now=NOW)
    step = request.steps.get(kind=StepKind.RETURNED)
    assert (request.area, step.internal_text, step.public_text) == (None, "Es de Agua.", "")


def test_each_letter_goes_once_a_step(citizen_desk: User):
    request = filed()
    actions.route(request, AreaFactory.create(), by=citizen_desk, now=NOW)
    actions.answer(request, text="Ya quedó.", by=citizen_desk, now=NOW)
    actions.close_by_person(request, now=NOW)
    assert Delivery.objects.filter(recipient="juana.xalpan@correo.example").count() == 4


def test_reopening_starts_the_clocks_anew():
    request = in_state(S.CLOSED)
    was = request.solve_by
    actions.reopen_by_person(request, now=was)
    request.refresh_from_db()
    assert request.solve_by > was


def test_closing_is_the_system_s_in_the_audit(citizen_desk: User):
    actions.close_by_person(in_state(S.ANSWERED), now=NOW)
    entry = Entry.objects.get(verb="citizen_requests.close_by_person")
    assert (entry.actor_name, entry.changes) == (system_user().name, {"state": ["answered", "closed"]})
