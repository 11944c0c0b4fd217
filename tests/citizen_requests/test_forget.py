"""The person is forgotten on time, everywhere."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, models

from citizen_requests import actions
from citizen_requests.models import CitizenRequest, Requester
from citizen_requests.tasks import forget
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.files.actions import process
from commsoffice.files.models import MediaAsset
from commsoffice.outbox.actions import mark_seen
from commsoffice.outbox.models import Delivery
from tests.citizen_requests.factories import NOW, AreaFactory, filed
from tests.files.factories import bytes_of
from tests.files.samples import SERIAL, camera_jpeg, uploaded

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TRACES = ["Juana Xalpan", "juana.xalpan", "000 000 0141", "0000000141", "otra@correo.example"]


def tables_that_hold(text: str) -> set[str]:
    """Every table with a row that holds the text, whatever the column: each row is read as one text."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{text}%"])  # noqa: S608  our own tables
            if cursor.fetchone():
                found.add(table)
    return found


def a_closed_request(citizen_desk: User) -> CitizenRequest:
    request = filed(description="Soy Juana  Xalpan Ríos, llámeme al 000-000-0141 o a otra@correo.example.")
    actions.leave_message(request, text="Mi correo es juana.xalpan@correo.example", now=NOW)
    actions.route(request, AreaFactory.create(), note="Llamar al (000) 000 0141", by=citizen_desk, now=NOW)
    actions.answer(request, text="Ya quedó.", by=citizen_desk, now=NOW)
    actions.close_by_person(request, now=NOW)
    # The ledger keeps open letters until they are settled.
    for delivery in Delivery.objects.all():
        Delivery.objects.filter(pk=delivery.pk).update(state="sending", lease_until=NOW)
        Delivery.objects.filter(pk=delivery.pk).update(state="accepted", settled_at=NOW)
    return request


def test_traces_exist_before(citizen_desk: User):
    a_closed_request(citizen_desk)
    assert tables_that_hold("juana.xalpan") == {
        "citizen_requests_requester",
        "citizen_requests_requeststep",
        "outbox_delivery",
    }


def test_nothing_personal_remains_in_any_table(citizen_desk: User):
    a_closed_request(citizen_desk)
    actions.forget_due(NOW + 90 * DAY)
    assert {trace: tables_that_hold(trace) for trace in TRACES} == {trace: set() for trace in TRACES}


def test_nothing_personal_remains_of_a_refused_letter_that_somebody_put_aside(citizen_desk: User, director: User):
    request = a_closed_request(citizen_desk)
    refused = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=refused.pk).update(state="rejected")
    mark_seen(refused, by=director, now=NOW)
    actions.forget(request, by=citizen_desk, now=NOW)
    assert {trace: tables_that_hold(trace) for trace in TRACES} == {trace: set() for trace in TRACES}


def test_a_letter_of_which_nobody_knows_is_waited_for(citizen_desk: User):
    request = a_closed_request(citizen_desk)
    open_one = filed_letter_of(request)
    actions.forget_due(NOW + 90 * DAY)
    assert Requester.objects.count() == 1
    Delivery.objects.filter(pk=open_one.pk).update(state="accepted", settled_at=NOW)
    actions.forget_due(NOW + 91 * DAY)
    assert {trace: tables_that_hold(trace) for trace in TRACES} == {trace: set() for trace in TRACES}


def filed_letter_of(request: CitizenRequest) -> Delivery:
    """One more letter to the person, stuck where nobody knows whether it left."""
    actions.send_link_again(folio=request.folio, email="juana.xalpan@correo.example", now=NOW)
    letter = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=letter.pk).update(state="sending", lease_until=NOW)
    Delivery.objects.filter(pk=letter.pk).update(state="unknown")
    return letter


def test_only_who_may_know_the_person_forgets(writer: User):
    with pytest.raises(NotAllowed):
        actions.forget(filed(), by=writer, now=NOW)


def test_the_file_of_the_office_stays(citizen_desk: User):
    request = a_closed_request(citizen_desk)
    actions.forget_due(NOW + 90 * DAY)
    request.refresh_from_db()
    assert (request.folio, request.state, request.answer) == ("AC-2026-000001", "closed", "Ya quedó.")


def test_not_a_day_early(citizen_desk: User):
    a_closed_request(citizen_desk)
    assert actions.forget_due(NOW + 90 * DAY - timedelta(seconds=1)) == 0


def test_an_open_request_keeps_its_person():
    filed()
    actions.forget_due(NOW + 1000 * DAY)
    assert Requester.objects.count() == 1


def test_silence_after_the_answer_is_an_end_too(citizen_desk: User):
    actions.answer(filed(), text="Ya quedó.", by=citizen_desk, now=NOW)
    assert actions.forget_due(NOW + 90 * DAY) == 1


def test_reopening_keeps_the_person(citizen_desk: User):
    request = a_closed_request(citizen_desk)
    actions.reopen_by_person(request, now=NOW + 80 * DAY)
    assert actions.forget_due(NOW + 90 * DAY) == 0


def test_the_task_forgets(citizen_desk: User):
    a_closed_request(citizen_desk)
    Requester.objects.update(forget_after=NOW - 1000 * DAY)
    forget()
    assert Requester.objects.count() == 0


def test_the_original_photo_goes_with_the_person(citizen_desk: User):
    request = filed(photos=[uploaded(camera_jpeg(1200, 800))])
    asset = MediaAsset.objects.get(request_photo__request=request)
    process(asset.pk)
    before = bytes_of(asset.original.name)
    actions.forget(request, by=citizen_desk, now=NOW)
    asset.refresh_from_db()
    after = bytes_of(asset.original.name)
    assert (SERIAL.encode() in before, SERIAL.encode() in after, asset.has_location) == (True, False, False)


def test_the_point_on_the_map_becomes_a_stretch_of_street(citizen_desk: User):
    request = filed(latitude=Decimal("19.50417"), longitude=Decimal("-99.16806"))
    actions.forget(request, by=citizen_desk, now=NOW)
    history = apps.get_model("citizen_requests", "CitizenRequestEvent")._default_manager
    points = {
        *CitizenRequest.objects.values_list("latitude", "longitude"),
        *history.filter(pgh_obj_id=request.pk).values_list("latitude", "longitude"),
    }
    assert points == {(Decimal("19.50400"), Decimal("-99.16800"))}


def test_who_did_not_say_who_they_are_is_forgotten_as_well(citizen_desk: User):
    request = filed(
        name="",
        email="",
        phone="",
        description="Llámeme al 000 000 0141",
        latitude=Decimal("19.50417"),
        longitude=Decimal("-99.16806"),
    )
    actions.answer(request, text="Ya quedó.", by=citizen_desk, now=NOW)
    actions.forget_due(NOW + 90 * DAY)
    request.refresh_from_db()
    assert (request.description, request.latitude) == ("Llámeme al ▇▇▇", Decimal("19.50400"))


def test_one_that_fails_holds_up_nobody_else(citizen_desk: User, caplog: pytest.LogCaptureFixture):
    stuck = filed()
    actions.answer(stuck, text="Ya quedó.", by=citizen_desk, now=NOW)
    actions.answer(filed(), text="Ya quedó.", by=citizen_desk, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.stays() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'it stays'; END$$;"
            "CREATE TRIGGER stays BEFORE DELETE ON citizen_requests_requester FOR EACH ROW"
            f" WHEN (OLD.request_id = {stuck.pk}) EXECUTE FUNCTION pg_temp.stays()"
        )
    assert actions.forget_due(NOW + 90 * DAY) == 1
    assert [person.request for person in Requester.objects.all()] == [stuck]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_every_text_of_a_request_is_searched():
    columns = {
        field.name
        for model in (CitizenRequest, apps.get_model("citizen_requests", "RequestStep"))
        for field in model._meta.get_fields()
        if isinstance(field, models.TextField)
    }
    assert columns == {"description", "answer", "public_text", "internal_text"}
