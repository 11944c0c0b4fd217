"""The desk."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from citizen_requests import actions, needs
from citizen_requests.enums import RequestState, StepKind
from citizen_requests.models import CitizenRequest
from citizen_requests.queries import counts, visible_to, waiting_count
from commsoffice.accounts.enums import Role
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.files.actions import process
from tests.citizen_requests.factories import NOW, AreaFactory, CategoryFactory, LocalityFactory, filed
from tests.citizen_requests.test_public import jpeg, status_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=60)


def routed(citizen_desk: User, area: str = "A13") -> CitizenRequest:
    return actions.route(filed(), AreaFactory.create(key=area), by=citizen_desk, now=NOW)


def test_the_inbox_shows_what_is_open(client: Client, citizen_desk: User):
    request = filed()
    client.force_login(citizen_desk)
    page = client.get("/mesa/atencion/")
    assert [row.folio for row, _clock in page.context["rows"]] == [request.folio]


@pytest.mark.parametrize("view", ["open", "overdue", "to_route", "to_confirm", "returned", "finished", "no-existe"])
def test_every_view_opens(client: Client, citizen_desk: User, view: str):
    client.force_login(citizen_desk)
    assert client.get(f"/mesa/atencion/?vista={view}").status_code == 200


def test_the_inbox_costs_the_same_with_one_request_and_with_three(client: Client, citizen_desk: User):
    client.force_login(citizen_desk)
    costs = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            category = CategoryFactory.create(key=f"K{number}", name=f"Tema {number}")
            request = filed(category=category, locality=LocalityFactory.create(key=f"L{number}"))
            actions.route(request, AreaFactory.create(key=f"A{number}"), by=citizen_desk, now=NOW)
        # The filters list every area, category and locality, in one query each.
        with CaptureQueriesContext(connection) as queries:
            client.get("/mesa/atencion/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_counts_of_the_views(citizen_desk: User):
    filed()
    actions.answer(filed(), text="Ya quedó.", by=citizen_desk, now=NOW)
    actions.return_to_desk(routed(citizen_desk), reason="Es de otra.", by=citizen_desk, now=NOW)
    assert counts(citizen_desk, NOW) == {
        "overdue": 0,
        "today": 0,
        "to_route": 2,
        "to_confirm": 1,
        "open": 2,
        "returned": 1,
        "finished": 0,
    }


def test_what_ran_out_is_overdue(citizen_desk: User):
    routed(citizen_desk)
    assert counts(citizen_desk, LATER)["overdue"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [("area=X", 1), ("q=jacaranda", 1), ("q=AC-2026", 1), ("q=nada", 0), ("channel=form", 1), ("channel=email", 0)],
)
def test_filters(client: Client, citizen_desk: User, query: str, found: int):
    filed()
    client.force_login(citizen_desk)
    assert len(client.get(f"/mesa/atencion/?{query}").context["rows"]) == found


def test_a_liaison_sees_only_the_own_area(citizen_desk: User, area_liaison: User):
    own = routed(citizen_desk)
    routed(citizen_desk, "A12")
    filed()
    assert list(visible_to(area_liaison)) == [own]


def test_a_liaison_without_area_sees_nothing(citizen_desk: User, make_user: Callable[..., User]):
    routed(citizen_desk)
    assert list(visible_to(make_user(Role.AREA_LIAISON))) == []


def test_another_area_s_request_does_not_exist_for_a_liaison(client: Client, citizen_desk: User, area_liaison: User):
    client.force_login(area_liaison)
    assert client.get(f"/mesa/atencion/{routed(citizen_desk, 'A12').pk}/").status_code == 404


def test_restricted_categories_are_for_few(make_user: Callable[..., User]):
    restricted = filed(category=CategoryFactory.create(key="C24", is_restricted=True))
    seeing = {role for role in Role if restricted in visible_to(make_user(role))}
    assert seeing == {Role.DIRECTOR, Role.CITIZEN_DESK}


def test_who_reported_it_is_for_few(client: Client, make_user: Callable[..., User]):
    request = filed()
    seeing = set()
    for role in (Role.DIRECTOR, Role.CITIZEN_DESK, Role.HEAD_OF_PRESS, Role.COMMUNITY_MANAGER, Role.AUDITOR):
        client.force_login(make_user(role))
        page = client.get(f"/mesa/atencion/{request.pk}/").content.decode()
        if "juana.xalpan" in page or "Juana" in page or request.token in page:
            seeing.add(role)
    assert seeing == {Role.DIRECTOR, Role.CITIZEN_DESK}


def test_a_liaison_reads_what_and_not_who(client: Client, citizen_desk: User, area_liaison: User):
    client.force_login(area_liaison)
    page = client.get(f"/mesa/atencion/{routed(citizen_desk).pk}/").content.decode()
    assert ("La lámpara" in page, "Juana" in page, "juana.xalpan" in page) == (True, False, False)


def test_routing_by_the_page(client: Client, citizen_desk: User):
    request, area = filed(), AreaFactory.create()
    client.force_login(citizen_desk)
    client.post(f"/mesa/atencion/{request.pk}/turnar/", {"area": area.pk, "note": "Cerca de la escuela"})
    request.refresh_from_db()
    step = request.steps.get(kind=StepKind.ROUTED)
    assert (request.state, step.internal_text) == (RequestState.ROUTED, "Cerca de la escuela")


def test_a_liaison_accepts_and_answers_with_a_photograph(client: Client, citizen_desk: User, area_liaison: User):
    request = routed(citizen_desk)
    client.force_login(area_liaison)
    client.post(f"/mesa/atencion/{request.pk}/aceptar/")
    client.post(f"/mesa/atencion/{request.pk}/contestar/", {"text": "Cambiamos el foco.", "photos": jpeg()})
    request.refresh_from_db()
    assert (request.state, request.photos.get().is_solution) == (RequestState.ANSWERED, True)


def test_a_bad_photograph_keeps_the_answer_that_was_typed(client: Client, citizen_desk: User, area_liaison: User):
    request = routed(citizen_desk)
    client.force_login(area_liaison)
    bad = SimpleUploadedFile("a.jpg", jpeg().read()[:20], "image/jpeg")
    page = client.post(f"/mesa/atencion/{request.pk}/contestar/", {"text": "Cambiamos el foco.", "photos": bad})
    assert (page.status_code, "Cambiamos el foco." in page.content.decode()) == (422, True)


def test_a_liaison_returns_it_and_loses_sight_of_it(client: Client, citizen_desk: User, area_liaison: User):
    request = routed(citizen_desk)
    client.force_login(area_liaison)
    response = client.post(f"/mesa/atencion/{request.pk}/devolver/", {"text": "Es de Agua Potable."})
    assert (response["Location"], list(visible_to(area_liaison))) == ("/mesa/atencion/", [])


def test_a_verb_too_late_is_told_and_changes_nothing(client: Client, citizen_desk: User):
    request = actions.orient(filed(), text="Es del Estado.", by=citizen_desk, now=NOW)
    client.force_login(citizen_desk)
    client.post(f"/mesa/atencion/{request.pk}/orientar/", {"text": "Otra vez"})
    assert request.steps.filter(kind=StepKind.ORIENTED).count() == 1


def test_photographs_at_the_desk(client: Client, citizen_desk: User, writer: User):
    request = filed(photos=[jpeg()])
    asset = request.photos.get().asset
    process(asset.pk)
    seen = []
    for user in (citizen_desk, writer):
        client.force_login(user)
        seen.append(status_of(client, f"/mesa/atencion/{request.pk}/fotos/{asset.token}/small/"))
    assert seen == [200, 403]


def test_a_folio_by_telephone(client: Client, citizen_desk: User):
    client.force_login(citizen_desk)
    data = {
        "submission_key": uuid4(),
        "channel": "telephone",
        "kind": CategoryFactory.create().key,
        "description": "Reporta una luminaria apagada.",
        "locality": LocalityFactory.create().pk,
        "address": "Privada Jacaranda 8",
    }
    client.post("/mesa/atencion/nuevo/", data)
    request = CitizenRequest.objects.get()
    assert (request.channel, request.steps.get().by) == ("telephone", citizen_desk)


def test_what_waits_in_the_navigation(citizen_desk: User, area_liaison: User, head_of_press: User):
    routed(citizen_desk)
    CitizenRequest.objects.update(solve_by=timezone.now() + timedelta(days=5))
    request = filed()
    CitizenRequest.objects.filter(pk=request.pk).update(solve_by=timezone.now() + timedelta(days=5))
    assert [waiting_count(user) for user in (citizen_desk, area_liaison, head_of_press)] == [1, 1, 0]


def test_what_waits_on_the_first_screen(citizen_desk: User, area_liaison: User, writer: User):
    request = routed(citizen_desk)
    filed()
    told = {
        user.name: [need.title for ask in (needs.overdue, needs.to_accept, needs.to_route) for need in ask(user, LATER)]
        for user in (citizen_desk, area_liaison, writer)
    }
    assert [len(titles) for titles in told.values()] == [2, 2, 0]
    assert needs.to_accept(area_liaison, NOW)[0].text == request.folio


def test_a_liaison_who_also_audits_still_answers_for_one_area(citizen_desk: User, area_liaison: User):
    area_liaison.roles = [Role.AREA_LIAISON, Role.AUDITOR]
    request = routed(citizen_desk, area="A07")
    with pytest.raises(NotAllowed):
        actions.answer(request, text="Ya quedó.", by=area_liaison, now=NOW)


def test_many_overdue_are_counted_and_a_few_are_named(citizen_desk: User):
    folios = [filed().folio for _number in range(5)]
    need = needs.overdue(citizen_desk, LATER)[0]
    assert (need.title[:1], need.text) == ("5", f"{', '.join(folios[:3])}…")


def test_a_category_is_changed_by_its_verb(client: Client, administrator: User):
    category = CategoryFactory.create()
    client.force_login(administrator)
    page = client.get(reverse("admin:citizen_requests_category_change", args=[category.pk]))
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    client.post(page.request["PATH_INFO"], {**data, "solve_days": 3})
    entry = Entry.objects.get(verb="citizen_requests.save_category")
    assert (entry.actor, entry.changes) == (administrator, {"fields": [[], ["solve_days"]]})


def test_nobody_else_changes_a_category(director: User, citizen_desk: User):
    with pytest.raises(NotAllowed):
        actions.save_category(CategoryFactory.create(), changed=["name"], by=citizen_desk, now=NOW)
