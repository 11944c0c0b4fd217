"""Every verb in every state, and who may do it."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from agenda import actions
from agenda.enums import Answer, EventState, StepKey
from agenda.errors import EventCancelled, EventOver, NotConfirmed, ReasonMissing
from agenda.models import Event, Guest
from commsoffice.accounts.errors import NotAllowed, NotValid, WrongState
from commsoffice.audit.queries import entries_about
from tests.agenda.factories import AreaFactory, EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory

pytestmark = pytest.mark.django_db

P, C, X = EventState.PROPOSED, EventState.CONFIRMED, EventState.CANCELLED


def _list():
    return MediaListFactory(contacts=[ContactFactory()])


VERBS = {
    "edit": lambda event, by: actions.edit_event(event, {"title": "Otro"}, by=by, now=timezone.now()),
    "confirm": lambda event, by: actions.confirm_event(event, by=by, now=timezone.now()),
    "cancel": lambda event, by: actions.cancel_event(event, reason="Lluvia", by=by, now=timezone.now()),
    "reopen": lambda event, by: actions.reopen_event(event, by=by, now=timezone.now()),
    "waive": lambda event, by: actions.waive_step(
        event, StepKey.COVERAGE, reason="La cubre el área", by=by, now=timezone.now()
    ),
    "invite": lambda event, by: actions.invite(event, lists=[_list()], note="", by=by, now=timezone.now()),
}
# None: the verb does it. Else: how it refuses.
TABLE = {
    ("edit", P): None,
    ("edit", C): None,
    ("edit", X): EventCancelled,
    ("confirm", P): None,
    ("confirm", C): WrongState,
    ("confirm", X): WrongState,
    ("cancel", P): None,
    ("cancel", C): None,
    ("cancel", X): WrongState,
    ("reopen", P): WrongState,
    ("reopen", C): WrongState,
    ("reopen", X): None,
    ("waive", P): None,
    ("waive", C): None,
    ("waive", X): EventCancelled,
    ("invite", P): NotConfirmed,
    ("invite", C): None,
    ("invite", X): EventCancelled,
}


def test_the_table_names_every_verb_in_every_state():
    assert set(TABLE) == {(verb, state) for verb in VERBS for state in EventState}


@pytest.mark.parametrize(("verb", "state"), TABLE)
def test_a_verb_in_a_state(verb, state, head_of_press):
    event = EventFactory(state=state, created_by=head_of_press)
    refusal = TABLE[verb, state]
    if refusal is None:
        VERBS[verb](event, head_of_press)
        assert entries_about(event).exists()
    else:
        with pytest.raises(refusal):
            VERBS[verb](event, head_of_press)
        assert not entries_about(event).exists()


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_changes_nothing(verb, intern, head_of_press):
    state = next(state for (name, state), refusal in TABLE.items() if name == verb and refusal is None)
    with pytest.raises(NotAllowed):
        VERBS[verb](EventFactory(state=state, created_by=head_of_press), intern)


def test_the_database_refuses_a_move_that_the_table_does_not_have(head_of_press):
    from django.db import InternalError

    event = EventFactory(state=C, created_by=head_of_press)
    with pytest.raises(InternalError):
        Event.objects.filter(pk=event.pk).update(state=P)


def _data(**fields):
    return {"title": "Jornada", "area": AreaFactory(), "date": timezone.localdate() + dt.timedelta(days=3), **fields}


class TestCreate:
    def test_it_begins_as_a_proposal_with_a_folio(self, head_of_press):
        event = actions.create_event(_data(), submission_key=uuid.uuid4(), by=head_of_press, now=timezone.now())
        assert (event.state, event.key) == (P, f"EV-{event.date.year}-0001")

    def test_posted_twice_is_one(self, head_of_press):
        key = uuid.uuid4()
        first, second = (
            actions.create_event(_data(), submission_key=key, by=head_of_press, now=timezone.now()) for _n in range(2)
        )
        assert (first.pk, Event.objects.count()) == (second.pk, 1)

    def test_a_repeat_leaves_no_gap_in_the_folios(self, head_of_press):
        keys = [uuid.uuid4()] * 2 + [uuid.uuid4()]
        for key in keys:
            event = actions.create_event(_data(), submission_key=key, by=head_of_press, now=timezone.now())
        assert event.key.endswith("0002")

    def test_a_liaison_proposes_for_the_own_area(self, area_liaison):
        event = actions.create_event(_data(), submission_key=uuid.uuid4(), by=area_liaison, now=timezone.now())
        assert event.created_by == area_liaison

    def test_a_liaison_does_not_propose_for_another(self, area_liaison):
        data = _data(area=AreaFactory(key="A01", name="Presidencia"))
        with pytest.raises(NotAllowed):
            actions.create_event(data, submission_key=uuid.uuid4(), by=area_liaison, now=timezone.now())

    def test_a_liaison_changes_the_own_proposal_only_until_it_is_confirmed(self, area_liaison, head_of_press):
        event = actions.create_event(_data(), submission_key=uuid.uuid4(), by=area_liaison, now=timezone.now())
        actions.edit_event(event, {"title": "Otro"}, by=area_liaison, now=timezone.now())
        actions.confirm_event(event, by=head_of_press, now=timezone.now())
        with pytest.raises(NotAllowed):
            actions.edit_event(event, {"title": "Tercero"}, by=area_liaison, now=timezone.now())

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": "x" * 10_000},
            {"title": ""},
            {"date": dt.date(2026, 10, 9), "end_date": dt.date(2026, 10, 8)},
            {"start_time": dt.time(11), "end_time": dt.time(10)},
            {"end_time": dt.time(10)},
            {"date": dt.date(9999, 12, 31)},
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, fields, head_of_press):
        with pytest.raises(NotValid):
            actions.create_event(_data(**fields), submission_key=uuid.uuid4(), by=head_of_press, now=timezone.now())


def test_cancelling_needs_a_reason(head_of_press):
    with pytest.raises(ReasonMissing):
        actions.cancel_event(EventFactory(created_by=head_of_press), reason=" ", by=head_of_press, now=timezone.now())


def test_what_is_over_is_not_cancelled(head_of_press):
    event = EventFactory(created_by=head_of_press, date=timezone.localdate() - dt.timedelta(days=2))
    with pytest.raises(EventOver):
        actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())


def test_waiving_twice_keeps_the_first_reason(head_of_press):
    event = EventFactory(created_by=head_of_press)
    for reason in ("Primera", "Segunda"):
        waiver = actions.waive_step(event, StepKey.DELIVERY, reason=reason, by=head_of_press, now=timezone.now())
    assert waiver.reason == "Primera"


@pytest.mark.parametrize("answer", [Answer.NONE, "maybe"])
def test_an_answer_is_yes_or_no(answer, head_of_press):
    event = EventFactory(created_by=head_of_press)
    actions.invite(event, lists=[_list()], note="", by=head_of_press, now=timezone.now())
    guest = Guest.objects.get()
    with pytest.raises(NotValid):
        actions.record_answer(guest, answer, by=head_of_press, now=timezone.now())
