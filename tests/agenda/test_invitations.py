"""Inviting, telling of changes and of cancellation, at the level of the ledger."""

import datetime as dt

import pytest
from django.utils import timezone
from icalendar import Calendar

from agenda import actions
from agenda.enums import Answer, AnsweredBy, Modality
from agenda.errors import EventCancelled, EventOver, NobodyToInvite, NobodyToTell, NoMediaHere
from agenda.gates import event_stands
from agenda.models import Event, Guest, Invitation
from commsoffice.accounts.errors import NotAllowed
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go, Refuse
from media_contacts.enums import Preference
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(head_of_press):
    return EventFactory(created_by=head_of_press)


@pytest.fixture
def contacts():
    return [ContactFactory(), ContactFactory(), ContactFactory(email="", prefers=Preference.WHATSAPP)]


@pytest.fixture
def invitation(event, contacts, head_of_press):
    lists = [MediaListFactory(contacts=contacts)]
    return actions.invite(event, lists=lists, note="Les esperamos", by=head_of_press, now=timezone.now())


def _leave():
    """What the worker would have done by now."""
    Delivery.objects.filter(state="queued").update(state="sending", lease_until=timezone.now())
    Delivery.objects.filter(state="sending").update(state="accepted", settled_at=timezone.now())


def _channels(purpose):
    return sorted(Delivery.objects.filter(purpose=purpose).values_list("channel", flat=True))


def test_each_guest_gets_it_by_the_own_way(invitation):
    assert _channels(Purpose.INVITATION) == ["email", "email", "whatsapp"]


def test_those_by_hand_wait_for_a_person(invitation):
    assert Delivery.objects.get(channel="whatsapp").state == DeliveryState.TO_DO


def test_it_has_a_folio(invitation):
    assert invitation.folio == f"INV-{timezone.localdate().year}-0001"


def test_each_guest_has_an_own_link(invitation):
    links = [delivery.personal["link"] for delivery in Delivery.objects.all()]
    assert len(set(links)) == 3
    assert all(len(guest.token) == 43 for guest in Guest.objects.all())


def test_the_message_is_frozen_once_and_names_nobody(invitation, contacts):
    messages = {delivery.message for delivery in Delivery.objects.filter(channel="email")}
    assert len(messages) == 1
    text = str(messages.pop().payload)
    assert [c.name for c in contacts if c.name in text or (c.email and c.email in text)] == []
    assert "{{name}}" in text
    assert "{{link}}?r=si" in text


def test_it_expires_when_the_day_is_over(invitation, event):
    assert {timezone.localdate(at) for at in Delivery.objects.values_list("expires_at", flat=True)} == {
        event.date + dt.timedelta(days=1)
    }


def test_inviting_twice_does_nothing(invitation, event, contacts, head_of_press):
    lists = [MediaListFactory(contacts=contacts)]
    again = actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
    assert (again, Invitation.objects.count(), Guest.objects.count(), Delivery.objects.count()) == (invitation, 1, 3, 3)


def test_a_later_list_adds_its_guests(invitation, event, contacts, head_of_press):
    lists = [MediaListFactory(contacts=[*contacts, ContactFactory()])]
    actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
    assert (Invitation.objects.count(), Guest.objects.count(), Delivery.objects.count()) == (1, 4, 4)


def test_a_list_with_nobody_is_refused(event, head_of_press):
    lists = [MediaListFactory(contacts=[ContactFactory(is_active=False)])]
    with pytest.raises(NobodyToInvite):
        actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"modality": Modality.CLOSED}, NoMediaHere),
        ({"modality": Modality.INTERNAL}, NoMediaHere),
        ({"date": timezone.localdate() - dt.timedelta(days=1)}, EventOver),
    ],
)
def test_some_events_have_no_guests(fields, refusal, contacts, head_of_press):
    event = EventFactory(created_by=head_of_press, **fields)
    with pytest.raises(refusal):
        actions.invite(
            event, lists=[MediaListFactory(contacts=contacts)], note="", by=head_of_press, now=timezone.now()
        )


def test_the_event_of_today_still_has_guests_at_night(contacts, head_of_press):
    event = EventFactory(created_by=head_of_press, date=timezone.localdate(), start_time=dt.time(0, 1))
    lists = [MediaListFactory(contacts=contacts)]
    assert actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now()).pk


def test_a_title_with_a_newline_stays_one_line_in_the_subject(contacts, head_of_press):
    event = EventFactory(created_by=head_of_press, title="Entrega\nBcc: otra@medio.example")
    actions.invite(event, lists=[MediaListFactory(contacts=contacts)], note="", by=head_of_press, now=timezone.now())
    assert "\n" not in Delivery.objects.filter(channel="email")[0].message.payload["subject"]


def test_a_script_in_the_title_is_text_in_the_mail(contacts, head_of_press):
    event = EventFactory(created_by=head_of_press, title="<script>alert(1)</script>")
    actions.invite(event, lists=[MediaListFactory(contacts=contacts)], note="", by=head_of_press, now=timezone.now())
    assert "<script>" not in Delivery.objects.filter(channel="email")[0].message.payload["html"]


def test_the_attached_calendar_file_reads_back(invitation, event):
    (attachment,) = Delivery.objects.filter(channel="email")[0].message.payload["attachments"]
    (component,) = Calendar.from_ical(attachment["text"]).walk("VEVENT")
    assert (str(component["uid"]), component["sequence"]) == (str(event.submission_key), 0)


class TestChange:
    def test_a_new_hour_raises_the_sequence_and_takes_back_what_has_not_left(self, invitation, event, head_of_press):
        changed = actions.edit_event(event, {"start_time": dt.time(12)}, by=head_of_press, now=timezone.now())
        states = set(Delivery.objects.values_list("state", flat=True))
        assert (changed.sequence, states) == (1, {"cancelled"})

    def test_a_new_description_does_not(self, invitation, event, head_of_press):
        changed = actions.edit_event(event, {"description": "Más datos"}, by=head_of_press, now=timezone.now())
        assert changed.sequence == 0

    def test_an_event_without_guests_keeps_its_sequence(self, event, head_of_press):
        changed = actions.edit_event(event, {"start_time": dt.time(12)}, by=head_of_press, now=timezone.now())
        assert changed.sequence == 0

    def test_whoever_did_not_decline_is_told(self, invitation, event, contacts, head_of_press):
        _leave()
        declined = Guest.objects.get(contact=contacts[0])
        actions.answer_by_link(declined, Answer.NO, now=timezone.now())
        actions.edit_event(event, {"start_time": dt.time(12)}, by=head_of_press, now=timezone.now())
        told = actions.tell_changes(event, by=head_of_press, now=timezone.now())
        assert (told, _channels(Purpose.CORRECTION)) == (2, ["email", "whatsapp"])

    def test_telling_twice_is_refused(self, invitation, event, head_of_press):
        actions.edit_event(event, {"venue": "Plaza"}, by=head_of_press, now=timezone.now())
        actions.tell_changes(event, by=head_of_press, now=timezone.now())
        with pytest.raises(NobodyToTell):
            actions.tell_changes(event, by=head_of_press, now=timezone.now())

    def test_an_older_hour_does_not_leave(self, invitation, event):
        Event.objects.filter(pk=event.pk).update(sequence=1)
        delivery = Delivery.objects.filter(channel="email")[0]
        assert isinstance(event_stands(delivery, timezone.now()), Refuse)

    def test_who_may_not_tell(self, invitation, event, writer):
        with pytest.raises(NotAllowed):
            actions.tell_changes(event, by=writer, now=timezone.now())


class TestCancellation:
    def test_whoever_got_the_invitation_is_told(self, invitation, event, head_of_press):
        _leave()
        actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())
        assert _channels(Purpose.WITHDRAWAL) == ["email", "email"]

    def test_what_had_not_left_does_not_leave_and_nobody_is_told(self, invitation, event, head_of_press):
        actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())
        states = set(Delivery.objects.values_list("state", flat=True))
        assert (states, _channels(Purpose.WITHDRAWAL)) == ({"cancelled"}, [])

    def test_the_calendar_file_takes_it_off(self, invitation, event, head_of_press):
        _leave()
        actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())
        payload = Delivery.objects.filter(purpose=Purpose.WITHDRAWAL)[0].message.payload
        calendar = Calendar.from_ical(payload["attachments"][0]["text"])
        (component,) = calendar.walk("VEVENT")
        assert (calendar["method"], component["sequence"], component["status"], str(component["uid"])) == (
            "CANCEL",
            1,
            "CANCELLED",
            str(event.submission_key),
        )

    def test_the_gate_lets_the_cancellation_pass_and_no_invitation(self, invitation, event, head_of_press):
        _leave()
        actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())
        notice = Delivery.objects.filter(purpose=Purpose.WITHDRAWAL)[0]
        invited = Delivery.objects.filter(purpose=Purpose.INVITATION)[0]
        verdicts = [type(event_stands(each, timezone.now())) for each in (notice, invited)]
        assert verdicts == [Go, Refuse]


class TestAnswers:
    def test_a_second_answer_replaces_the_first(self, invitation):
        guest = Guest.objects.all()[0]
        for answer in (Answer.YES, Answer.NO):
            guest = actions.answer_by_link(guest, answer, now=timezone.now())
        assert (guest.answer, guest.answered_by, guest.recorded_by) == (Answer.NO, AnsweredBy.LINK, None)

    def test_a_call_records_the_answer_and_that_it_was_made(self, invitation, writer):
        guest = Guest.objects.get(delivery__channel="whatsapp")
        actions.record_answer(guest, Answer.YES, by=writer, now=timezone.now(), note="Cámara y reportera")
        guest.refresh_from_db()
        states = [delivery.state for delivery in Delivery.objects.filter(channel="whatsapp")]
        assert (guest.answer, guest.recorded_by, states) == ("yes", writer, [DeliveryState.CONFIRMED])

    def test_who_may_not_record(self, invitation, photographer):
        with pytest.raises(NotAllowed):
            actions.record_answer(Guest.objects.all()[0], Answer.YES, by=photographer, now=timezone.now())

    def test_after_the_last_day_it_is_over(self, invitation, event):
        with pytest.raises(EventOver):
            actions.answer_by_link(Guest.objects.all()[0], Answer.YES, now=timezone.now() + dt.timedelta(days=365))

    def test_a_cancelled_event_takes_no_answers(self, invitation, event, head_of_press):
        actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())
        with pytest.raises(EventCancelled):
            actions.answer_by_link(Guest.objects.all()[0], Answer.YES, now=timezone.now())
