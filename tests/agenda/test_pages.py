"""The agenda on the desk and for the public."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from agenda import actions
from agenda.models import Event, Guest, Invitation
from tests.agenda.factories import AreaFactory, EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(client, head_of_press):
    client.force_login(head_of_press)
    return client


@pytest.fixture
def event(head_of_press):
    return EventFactory(created_by=head_of_press)


def _form(**fields):
    return {
        "title": "Jornada",
        "area": AreaFactory().pk,
        "date": str(timezone.localdate() + dt.timedelta(days=3)),
        "level": "B",
        "modality": "open",
        "submission_key": str(uuid.uuid4()),
        **fields,
    }


@pytest.mark.parametrize("view", ["mes", "semana", "dia"])
@pytest.mark.parametrize("day", ["", "2026-02-30", "2026-10-09", "9999-12-31", "0001-01-01"])
def test_the_agenda_opens_whatever_is_asked(view, day, at_desk, event):
    assert at_desk.get(reverse("agenda:list"), {"vista": view, "dia": day, "area": "\x00"}).status_code == 200


def test_the_agenda_costs_the_same_with_one_and_three(at_desk, head_of_press, django_assert_max_num_queries):
    counts = []
    for batch in (1, 2):
        EventFactory.create_batch(batch, created_by=head_of_press)
        with django_assert_max_num_queries(40) as seen:
            at_desk.get(reverse("agenda:list"), {"vista": "semana", "dia": str(Event.objects.all()[0].date)})
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_agenda_is_narrowed_by_its_filters(at_desk, head_of_press):
    EventFactory(created_by=head_of_press, title="Éxito", level="A")
    EventFactory(created_by=head_of_press, title="Otro", level="B")
    day = str(Event.objects.all()[0].date)
    page = at_desk.get(reverse("agenda:list"), {"vista": "dia", "dia": day, "nivel": "A", "q": "exito"})
    assert [event.title for cell in page.context["days"] for event in cell.events] == ["Éxito"]


def test_several_days_are_on_each_of_them(at_desk, head_of_press):
    event = EventFactory(
        created_by=head_of_press, date=dt.date(2026, 10, 5), end_date=dt.date(2026, 10, 7), start_time=None
    )
    page = at_desk.get(reverse("agenda:list"), {"vista": "semana", "dia": "2026-10-06"})
    assert [cell.day.day for cell in page.context["days"] if event in cell.events] == [5, 6, 7]


def test_the_page_of_an_event_costs_the_same_with_one_and_three_guests(
    at_desk, event, head_of_press, django_assert_max_num_queries
):
    counts = []
    for batch in (1, 2):
        lists = [MediaListFactory(contacts=ContactFactory.create_batch(batch))]
        actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
        with django_assert_max_num_queries(60) as seen:
            assert at_desk.get(reverse("agenda:event", args=[event.pk])).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("state", ["proposed", "confirmed", "cancelled"])
def test_the_page_of_an_event_in_each_state(state, at_desk, head_of_press):
    event = EventFactory(created_by=head_of_press, state=state)
    page = at_desk.get(reverse("agenda:event", args=[event.pk]))
    assert [step.key for step in page.context["steps"]][:2] == ["agenda", "invitation"]


def test_a_script_in_a_title_is_text(at_desk, client, head_of_press):
    event = EventFactory(created_by=head_of_press, title="<script>alert(1)</script>")
    pages = [
        reverse("agenda:event", args=[event.pk]),
        reverse("agenda:invite", args=[event.pk]),
        reverse("agenda:list") + f"?vista=dia&dia={event.date}",
        reverse("public_agenda:list"),
        reverse("public_agenda:event", args=[event.key]),
    ]
    assert [page for page in pages if "<script>alert(1)" in at_desk.get(page).content.decode()] == []


class TestForm:
    def test_it_puts_the_event_on_the_agenda(self, at_desk):
        answer = at_desk.post(reverse("agenda:create"), _form())
        assert answer.url == reverse("agenda:event", args=[Event.objects.get().pk])

    def test_posted_twice_is_one_and_leads_to_it(self, at_desk):
        data = _form()
        answers = {at_desk.post(reverse("agenda:create"), data).url for _n in range(2)}
        assert (len(answers), Event.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        ("fields", "beside"),
        [
            ({"start_time": "11:00", "end_time": "10:00"}, "end_time"),
            ({"end_time": "10:00"}, "end_time"),
            ({"end_date": "2020-01-01"}, "end_date"),
            ({"date": "mañana"}, "date"),
            ({"date": "", "end_date": "2026-10-09"}, "date"),
            ({"title": "x" * 10_000}, "title"),
            ({"description": "x" * 10_000}, "description"),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field_and_kept(self, fields, beside, at_desk):
        answer = at_desk.post(reverse("agenda:create"), _form(**fields))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [beside])
        assert next(iter(fields.values())) in answer.content.decode()

    def test_a_liaison_is_offered_the_own_area_only(self, client, area_liaison):
        own, other = AreaFactory(), AreaFactory(key="A01", name="Presidencia")
        client.force_login(area_liaison)
        page = client.get(reverse("agenda:create"))
        assert list(page.context["form"].fields["area"].queryset) == [own]
        assert client.post(reverse("agenda:create"), _form(area=other.pk)).status_code == 422

    def test_a_change_keeps_what_is_there(self, at_desk, event):
        data = _form(title="Otro título", date=str(event.date), start_time="10:00", venue=event.venue, is_public="on")
        at_desk.post(reverse("agenda:edit", args=[event.pk]), data)
        event.refresh_from_db()
        assert (event.title, event.sequence) == ("Otro título", 0)


class TestInvite:
    @pytest.fixture
    def media_list(self):
        reached, called = ContactFactory(), ContactFactory(email="")
        return MediaListFactory(contacts=[reached, called, ContactFactory(is_active=False)], is_default=True)

    def test_it_says_before_what_will_happen(self, at_desk, event, media_list):
        plan = at_desk.get(reverse("agenda:invite", args=[event.pk])).context["plan"]
        assert (len(plan.by_email), len(plan.by_hand), len(plan.left_out)) == (1, 1, 1)
        assert Invitation.objects.count() == 0

    def test_nothing_ticked_is_nobody(self, at_desk, event, media_list):
        plan = at_desk.get(reverse("agenda:invite", args=[event.pk]), {"elegir": "1"}).context["plan"]
        assert plan.total == 0

    def test_a_post_invites_and_a_second_one_does_nothing(self, at_desk, event, media_list):
        for _time in range(2):
            answer = at_desk.post(reverse("agenda:invite", args=[event.pk]), {"lists": [media_list.pk], "note": ""})
        assert (answer.url, Guest.objects.count()) == (reverse("agenda:event", args=[event.pk]), 2)

    def test_without_a_list_it_asks_for_one(self, at_desk, event, media_list):
        assert at_desk.post(reverse("agenda:invite", args=[event.pk]), {"note": "Hola"}).status_code == 422

    def test_it_says_why_not_before_anybody_writes(self, at_desk, head_of_press):
        event = EventFactory(created_by=head_of_press, modality="closed")
        assert at_desk.get(reverse("agenda:invite", args=[event.pk])).context["why_not"] is not None

    def test_it_costs_the_same_with_one_and_three(self, at_desk, event, django_assert_max_num_queries):
        counts = []
        for batch in (1, 2):
            media_list = MediaListFactory(contacts=ContactFactory.create_batch(batch))
            with django_assert_max_num_queries(40) as seen:
                at_desk.get(reverse("agenda:invite", args=[event.pk]), {"lists": media_list.pk})
            counts.append(len(seen))
        assert counts[0] == counts[1]


class TestVerbsAtTheDoor:
    def test_an_answer_by_telephone_is_two_taps(self, at_desk, event, head_of_press):
        lists = [MediaListFactory(contacts=[ContactFactory(email="")])]
        actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
        at_desk.post(reverse("agenda:record_answer", args=[Guest.objects.get().pk]), {"answer": "yes", "note": ""})
        assert Guest.objects.get().answer == "yes"

    @pytest.mark.parametrize("name", ["confirm", "reopen", "waive", "tell"])
    def test_a_verb_is_a_post(self, name, at_desk, event):
        assert at_desk.get(reverse(f"agenda:{name}", args=[event.pk])).status_code == 405

    def test_a_proposal_is_confirmed(self, at_desk, head_of_press):
        event = EventFactory(created_by=head_of_press, state="proposed")
        at_desk.post(reverse("agenda:confirm", args=[event.pk]))
        event.refresh_from_db()
        assert event.confirmed_by == head_of_press

    def test_cancelling_asks_for_the_reason(self, at_desk, event):
        assert at_desk.post(reverse("agenda:cancel", args=[event.pk]), {"reason": ""}).status_code == 422
        at_desk.post(reverse("agenda:cancel", args=[event.pk]), {"reason": "Lluvia"})
        event.refresh_from_db()
        assert event.state == "cancelled"

    def test_a_step_is_waived(self, at_desk, event):
        at_desk.post(reverse("agenda:waive", args=[event.pk]), {"step": "coverage", "reason": "La cubre el área"})
        assert event.waivers.get().step == "coverage"

    def test_a_refusal_is_told_on_the_page(self, at_desk, event):
        answer = at_desk.post(reverse("agenda:confirm", args=[event.pk]), follow=True)
        assert len(list(answer.context["messages"])) == 1

    @pytest.mark.parametrize("name", ["edit", "cancel", "invite"])
    def test_an_intern_may_read_and_not_do(self, name, client, intern, event):
        client.force_login(intern)
        assert client.get(reverse("agenda:event", args=[event.pk])).status_code == 200
        assert client.get(reverse(f"agenda:{name}", args=[event.pk])).status_code == 403


class TestPublic:
    def test_only_what_is_public_confirmed_and_to_come(self, client, head_of_press):
        shown = EventFactory(created_by=head_of_press)
        EventFactory(created_by=head_of_press, is_public=False)
        EventFactory(created_by=head_of_press, state="proposed")
        EventFactory(created_by=head_of_press, date=timezone.localdate() - dt.timedelta(days=1))
        page = client.get(reverse("public_agenda:list"))
        assert [event for _day, events in page.context["days"] for event in events] == [shown]

    @pytest.mark.parametrize("fields", [{"is_public": False}, {"state": "proposed"}, {"state": "cancelled"}])
    def test_what_is_not_public_has_no_page(self, fields, client, head_of_press):
        event = EventFactory(created_by=head_of_press, **fields)
        assert client.get(reverse("public_agenda:event", args=[event.key])).status_code == 404
        assert client.get(reverse("public_agenda:event_file", args=[event.key])).status_code == 404

    def test_no_person_is_named(self, client, head_of_press):
        event = EventFactory(created_by=head_of_press, spokesperson="Persona Inventada", presides="Otra Persona")
        pages = [reverse("public_agenda:list"), reverse("public_agenda:event", args=[event.key])]
        pages.append(reverse("public_agenda:event_file", args=[event.key]))
        text = "".join(client.get(page).content.decode() for page in pages)
        assert [name for name in ("Persona Inventada", "Otra Persona", head_of_press.name) if name in text] == []

    def test_the_list_costs_the_same_with_one_and_three(self, client, head_of_press, django_assert_max_num_queries):
        counts = []
        for batch in (1, 2):
            EventFactory.create_batch(batch, created_by=head_of_press)
            with django_assert_max_num_queries(30) as seen:
                client.get(reverse("public_agenda:list"))
            counts.append(len(seen))
        assert counts[0] == counts[1]


def test_who_may_not_read_the_directory_sees_how_many_come_and_nobody_s_telephone(client, head_of_press, area_liaison):
    event = EventFactory(created_by=head_of_press)
    contact = ContactFactory(name="Nombre Inventado", phone="000 000 0177", email="")
    lists = [MediaListFactory(contacts=[contact])]
    actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
    seen = []
    for user in (head_of_press, area_liaison):
        client.force_login(user)
        page = client.get(reverse("agenda:event", args=[event.pk]))
        seen.append(("000 000 0177" in page.content.decode(), page.context["tally"].total))
    assert seen == [(True, 1), (False, 1)]
