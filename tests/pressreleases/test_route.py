"""The two steps of the day, what waits for whom, the panel of the event."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agenda.enums import StepKey
from agenda.models import StepWaiver
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.ui import seams
from commsoffice.ui.states import StateKind
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.needs import returned_to_me, to_approve
from pressreleases.panels import event_panel
from pressreleases.queries import waiting_count
from pressreleases.route import delivery_step, release_step
from tests.agenda.factories import EventFactory
from tests.pressreleases.factories import NOW

S, K = ReleaseState, StateKind


def step(function, event, user, now=NOW):
    return function([event], user=user, now=now)[event.pk]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (S.DRAFT, K.RUNNING),
        (S.IN_REVIEW, K.DUE),
        (S.APPROVED, K.RUNNING),
        (S.PUBLISHED, K.DONE),
        (S.WITHDRAWN, K.WAIVED),
    ],
)
def test_the_step_of_the_text(state, kind, event, make_release, writer):
    make_release(state, event=event)
    assert step(release_step, event, writer).kind == kind


@pytest.mark.parametrize(("hours", "kind"), [(-3, K.TODO), (1, K.DUE), (9, K.LATE)])
def test_a_text_that_nobody_began(hours, kind, event, writer):
    begins = timezone.localtime(NOW).replace(hour=10, minute=0)
    found = step(release_step, event, writer, begins + timedelta(hours=hours))
    assert found.kind == kind
    assert found.verb is not None


def test_only_who_signs_is_offered_the_signature(event, make_release, writer, director):
    make_release(S.IN_REVIEW, event=event)
    signing = step(release_step, event, director).verb
    assert signing is not None
    assert signing.url.startswith("/admin/")
    assert step(release_step, event, writer).verb is None


def waived_route(event, user, by):
    for key in (StepKey.RELEASE, StepKey.DELIVERY):
        StepWaiver.objects.create(event=event, step=key, reason="Evento interno", by=by, at=NOW)
    return {step.key: step for step in seams.route_steps([event], user=user, now=NOW)[event.pk]}


def test_a_waiver_stands_instead(event, writer, director):
    steps = waived_route(event, writer, director)
    assert [(steps[key].kind, steps[key].detail) for key in (StepKey.RELEASE, StepKey.DELIVERY)] == [
        (K.WAIVED, "Evento interno")
    ] * 2


def test_a_waiver_hides_no_evidence(event, make_release, writer, director):
    release = make_release(S.PUBLISHED, event=event)
    assert waived_route(event, writer, director)[StepKey.RELEASE].detail == release.folio


def settle(release, *states):
    """Bring the deliveries to these states: newsroom, two e-mails, the call."""
    rows = Delivery.objects.filter(subject_id=release.pk).order_by("id")
    for delivery, state in zip(rows, states, strict=False):
        is_settled = state != DeliveryState.UNKNOWN
        if delivery.channel != "telephone":
            Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SENDING, lease_until=NOW)
        Delivery.objects.filter(pk=delivery.pk).update(state=state, settled_at=NOW if is_settled else None)


D = DeliveryState


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        ((), K.RUNNING),
        ((D.CONFIRMED, D.CONFIRMED, D.CONFIRMED), K.DUE),
        ((D.CONFIRMED, D.CONFIRMED, D.CONFIRMED, D.CONFIRMED), K.DONE),
        ((D.CONFIRMED, D.REJECTED, D.CONFIRMED, D.CONFIRMED), K.LATE),
        ((D.CONFIRMED, D.REJECTED, D.UNKNOWN, D.CONFIRMED), K.UNKNOWN),
    ],
)
def test_the_step_of_the_way_out(states, kind, event, make_release, writer):
    settle(make_release(S.APPROVED, event=event), *states)
    assert step(delivery_step, event, writer).kind == kind


def test_without_signature_the_way_out_waits(event, make_release, writer):
    assert step(delivery_step, event, writer).kind == K.BLOCKED
    make_release(S.IN_REVIEW, event=event)
    assert step(delivery_step, event, writer).kind == K.BLOCKED


def test_cancelled_deliveries_of_an_older_approval_do_not_count(event, make_release, writer, director):
    release = make_release(S.APPROVED, event=event)
    actions.stop(release, reason="Espere.", by=director, now=NOW)
    assert step(delivery_step, event, writer).kind == K.BLOCKED


def test_the_cost_is_the_same_for_one_event_and_for_many(make_release, head_of_press, writer):
    counts = []
    for number in (1, 3):
        events = [EventFactory(created_by=head_of_press) for _n in range(number)]
        for event in events:
            make_release(S.APPROVED, event=event)
        with CaptureQueriesContext(connection) as queries:
            release_step(events, user=writer, now=NOW)
            delivery_step(events, user=writer, now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_waits_for_the_director(make_release, director, writer):
    release = make_release(S.IN_REVIEW)
    assert [need.title for need in to_approve(director, now=NOW)] == [release.title]
    assert to_approve(writer, now=NOW) == []
    assert (waiting_count(director), waiting_count(writer)) == (1, 0)


def test_what_came_back_to_the_writer(make_release, director, writer):
    release = make_release(S.IN_REVIEW)
    actions.return_to_writer(release, note="Falta la fuente.", by=director, now=NOW)
    assert [need.text for need in returned_to_me(writer, now=NOW)] == ["Falta la fuente."]
    assert (waiting_count(director), waiting_count(writer)) == (0, 1)


@pytest.mark.parametrize("state", S)
def test_the_panel_of_the_event(state, event, make_release, writer):
    release = make_release(state, event=event)
    request = RequestFactory().get("/")
    request.user = writer
    assert release.title in event_panel(event, request=request)


def test_the_panel_is_not_for_everybody(event, make_release, citizen_desk):
    make_release(S.DRAFT, event=event)
    request = RequestFactory().get("/")
    request.user = citizen_desk
    assert event_panel(event, request=request) == ""
