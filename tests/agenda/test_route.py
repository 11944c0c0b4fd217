"""The two steps that the agenda proves, the waivers, and what waits for a person."""

import datetime as dt

import pytest
from django.utils import timezone

from agenda import actions
from agenda.enums import StepKey
from agenda.needs import to_confirm, to_invite
from agenda.queries import waiting_count
from agenda.route import agenda_step, invitation_step, waived_steps
from commsoffice.outbox.models import Delivery
from commsoffice.ui.seams import route_steps
from commsoffice.ui.states import StateKind
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory

pytestmark = pytest.mark.django_db


def _invite(event, by, **contact):
    lists = [MediaListFactory(contacts=[ContactFactory(**contact)])]
    actions.invite(event, lists=lists, note="", by=by, now=timezone.now())


def _leave(state="accepted"):
    Delivery.objects.filter(state="queued").update(state="sending", lease_until=timezone.now())
    Delivery.objects.filter(state="sending").update(state=state, settled_at=timezone.now())


def _invitation(event, user):
    return invitation_step([event], user=user, now=timezone.now())[event.pk]


@pytest.mark.parametrize(("state", "kind"), [("proposed", "due"), ("confirmed", "done"), ("cancelled", "waived")])
def test_the_agenda_is_proved_by_whoever_confirmed(state, kind, head_of_press):
    event = EventFactory(created_by=head_of_press, state=state)
    assert agenda_step([event], user=head_of_press, now=timezone.now())[event.pk].kind == kind


@pytest.mark.parametrize(
    ("fields", "kind", "has_verb"),
    [
        ({"date": timezone.localdate() + dt.timedelta(days=9)}, "todo", True),
        ({}, "due", True),
        ({"date": timezone.localdate() - dt.timedelta(days=1)}, "late", False),
        ({"state": "proposed"}, "blocked", False),
        ({"state": "cancelled"}, "waived", False),
        ({"modality": "closed"}, "waived", False),
    ],
)
def test_before_the_invitation(fields, kind, has_verb, head_of_press):
    step = _invitation(EventFactory(created_by=head_of_press, **fields), head_of_press)
    assert (step.kind, step.verb is not None) == (kind, has_verb)


def test_while_it_leaves(head_of_press):
    event = EventFactory(created_by=head_of_press)
    _invite(event, head_of_press)
    assert _invitation(event, head_of_press).kind == StateKind.RUNNING


@pytest.mark.parametrize(("state", "kind"), [("accepted", "done"), ("rejected", "late")])
def test_it_turns_green_only_when_it_reached_somebody(state, kind, head_of_press):
    event = EventFactory(created_by=head_of_press)
    _invite(event, head_of_press)
    _leave(state)
    assert _invitation(event, head_of_press).kind == kind


def test_calls_that_nobody_made_are_due(head_of_press):
    event = EventFactory(created_by=head_of_press)
    _invite(event, head_of_press, email="")
    assert _invitation(event, head_of_press).kind == StateKind.DUE


def test_who_may_not_invite_is_offered_nothing(intern, head_of_press):
    assert _invitation(EventFactory(created_by=head_of_press), intern).verb is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_steps_cost_the_same(count, head_of_press, django_assert_num_queries):
    events = EventFactory.create_batch(count, created_by=head_of_press)
    for event in events:
        _invite(event, head_of_press)
    with django_assert_num_queries(4):
        agenda_step(events, user=head_of_press, now=timezone.now())
        invitation_step(events, user=head_of_press, now=timezone.now())
        waived_steps(events, user=head_of_press, now=timezone.now())


def test_a_waiver_stands_instead_of_a_step_without_evidence(head_of_press):
    event = EventFactory(created_by=head_of_press)
    actions.waive_step(event, StepKey.INVITATION, reason="Es interno", by=head_of_press, now=timezone.now())
    steps = route_steps([event], user=head_of_press, now=timezone.now())[event.pk]
    assert [(step.kind, step.detail) for step in steps if step.key == "invitation"] == [("waived", "Es interno")]


def test_evidence_stands_before_a_waiver(head_of_press):
    event = EventFactory(created_by=head_of_press)
    actions.waive_step(event, StepKey.AGENDA, reason="Sobra", by=head_of_press, now=timezone.now())
    steps = route_steps([event], user=head_of_press, now=timezone.now())[event.pk]
    assert steps[0].kind == StateKind.DONE


class TestNeeds:
    def test_a_proposal_waits_for_whoever_confirms(self, head_of_press):
        event = EventFactory(created_by=head_of_press, state="proposed")
        assert [need.title for need in to_confirm(head_of_press, now=timezone.now())] == [event.title]
        assert waiting_count(head_of_press) == 1

    @pytest.mark.parametrize(("level", "count"), [("A", 1), ("B", 1), ("C", 0)])
    def test_an_event_of_tomorrow_waits_for_its_invitation(self, level, count, head_of_press):
        EventFactory(created_by=head_of_press, level=level)
        assert len(to_invite(head_of_press, now=timezone.now())) == count

    def test_not_when_it_was_sent_nor_when_somebody_waived_it(self, head_of_press):
        first, second = EventFactory.create_batch(2, created_by=head_of_press, level="A")
        _invite(first, head_of_press)
        actions.waive_step(second, StepKey.INVITATION, reason="Es interno", by=head_of_press, now=timezone.now())
        assert to_invite(head_of_press, now=timezone.now()) == []

    def test_others_are_asked_nothing(self, intern, head_of_press):
        EventFactory(created_by=head_of_press, state="proposed")
        EventFactory(created_by=head_of_press, level="A")
        asked = to_confirm(intern, now=timezone.now()) + to_invite(intern, now=timezone.now())
        assert (asked, waiting_count(intern)) == ([], 0)
