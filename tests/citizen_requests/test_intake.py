"""A request comes in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from citizen_requests.actions import file_request
from citizen_requests.enums import RequestState, StepKind
from citizen_requests.models import CitizenRequest, Requester
from citizen_requests.queries import requester_of
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.audit.models import Entry
from commsoffice.files.errors import FileRefused
from commsoffice.files.models import MediaAsset
from commsoffice.files.queries import sheet
from commsoffice.office.models import NonWorkingDay
from commsoffice.outbox.models import Delivery, Message
from tests.citizen_requests.factories import NOW, CategoryFactory, filed, intake
from tests.citizen_requests.test_public import jpeg
from tests.files.samples import Watched, camera_jpeg

pytestmark = pytest.mark.django_db


def test_folio_has_its_own_series_of_six_digits():
    assert [filed().folio, filed().folio] == ["AC-2026-000001", "AC-2026-000002"]


def test_the_year_of_a_folio_is_the_office_s():
    new_year_in_greenwich = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)
    assert filed(now=new_year_in_greenwich).folio == "AC-2026-000001"


def test_first_step_is_written():
    request = filed()
    assert list(request.steps.values_list("kind", "at", "public_text")) == [(StepKind.RECEIVED, NOW, "")]


def test_the_person_is_kept_apart():
    request = filed()
    person = Requester.objects.get()
    assert (person.request, person.name, person.email) == (request, "Juana Xalpan Ríos", "juana.xalpan@correo.example")


def test_nobody_is_known_who_did_not_say_who_they_are():
    assert requester_of(filed(name="", email="", phone="")) is None


def test_clocks_run_on_working_days():
    NonWorkingDay.objects.create(day="2026-10-15", reason="Prueba")
    request = filed(category=CategoryFactory.create(route_days=1, solve_days=2))
    assert [request.route_by.date().isoformat(), request.solve_by.date().isoformat()] == ["2026-10-16", "2026-10-19"]


def test_a_clock_of_no_days_gives_the_hours_to_acknowledge():
    request = filed(category=CategoryFactory.create(key="C20", route_days=0, acknowledge_hours=4))
    assert (request.route_by - NOW).total_seconds() == 4 * 3600


def test_the_same_form_twice_is_one_folio():
    key = uuid4()
    assert filed(submission_key=key).folio == filed(submission_key=key).folio
    assert CitizenRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_is_one_folio():
    wanted = intake()
    by = system_user()

    def post(_number: int) -> str:
        try:
            return file_request(wanted, by=by, now=NOW).folio
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        folios = list(pool.map(post, range(4)))
    assert folios == ["AC-2026-000001"] * 4


def test_the_acknowledgement_waits_in_the_outbox():
    request = filed()
    delivery = Delivery.objects.get()
    assert (delivery.purpose, delivery.channel, delivery.recipient) == (
        "request",
        "email",
        "juana.xalpan@correo.example",
    )
    assert delivery.personal["link"].endswith(f"/atencion/seguimiento/{request.token}/")
    assert delivery.personal["folio"] == request.folio


def test_the_frozen_message_names_nobody():
    request = filed()
    payload = str(Message.objects.get().payload)
    found = [word for word in ("Juana", "juana.xalpan", "0141", request.token, request.folio) if word in payload]
    assert found == []


def test_machines_do_not_answer_it():
    filed()
    assert Message.objects.get().payload["headers"]["Auto-Submitted"] == "auto-generated"


def test_without_an_address_nothing_is_sent():
    filed(email="")
    assert Delivery.objects.count() == 0


def test_audit_says_what_and_not_who():
    filed()
    entry = Entry.objects.get(verb="citizen_requests.file")
    assert (entry.actor_name, "Juana" in f"{entry.note}{entry.changes}{entry.target_label}") == (
        system_user().name,
        False,
    )


def test_a_writer_gives_no_folios(writer: User):
    with pytest.raises(NotAllowed):
        file_request(intake(), by=writer, now=NOW)


def test_it_begins_received():
    assert filed().state == RequestState.RECEIVED


def stored() -> set[Path]:
    return {path for path in Path(default_storage.path("originals")).rglob("*") if path.is_file()}


def test_a_bad_photograph_leaves_no_file_of_the_good_one():
    before = stored()
    with pytest.raises(FileRefused):
        filed(photos=[jpeg(), SimpleUploadedFile("rota.jpg", b"%PDF-1.7")])
    assert stored() == before


def test_a_form_posted_twice_keeps_its_photographs_once():
    given = intake(photos=[jpeg()])
    file_request(given, by=system_user(), now=NOW)
    before = stored()
    file_request(given, by=system_user(), now=NOW)
    assert (MediaAsset.objects.count(), stored()) == (1, before)


@pytest.mark.django_db(transaction=True)
def test_photographs_are_read_before_the_transaction_begins():
    photo = Watched("IMG_juana.jpg", camera_jpeg(300, 200), "image/jpeg")
    request = filed(photos=[photo])
    assert (request.photos.count(), photo.was_in_transaction) == (1, False)


def test_photographs_taken_in_at_the_desk_are_not_in_the_office_s_archive(citizen_desk: User):
    file_request(intake(photos=[jpeg()]), by=citizen_desk, now=NOW)
    assert (MediaAsset.objects.count(), sheet().count()) == (1, 0)
