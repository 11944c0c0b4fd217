"""What the person gets, through real SMTP."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from citizen_requests import actions
from commsoffice.accounts.models import User
from commsoffice.outbox.actions import send_due
from tests.citizen_requests.factories import AreaFactory, filed
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db

PERSON = "juana.xalpan@correo.example"


@pytest.fixture(autouse=True)
def _only_the_post(settings: Settings, sandbox: SandboxProcess) -> None:
    settings.OUTBOX_GATES = []


def post() -> None:
    send_due(now=timezone.now() + timedelta(seconds=1), limit=50)


def test_folio_and_link_arrive(sandbox: SandboxProcess):
    request = filed(now=timezone.now())
    post()
    mail = sandbox.inbox(PERSON)[0]
    assert request.folio in mail["subject"]
    for part in (mail["text"], mail["html"]):
        assert f"http://localhost:8000/atencion/seguimiento/{request.token}/" in part
        assert "{{" not in part


def test_robots_do_not_answer_it(sandbox: SandboxProcess):
    filed(now=timezone.now())
    post()
    headers = {name.lower(): value for name, value in sandbox.inbox(PERSON)[0]["headers"]}
    assert headers["auto-submitted"] == "auto-generated"


def test_a_name_with_a_script_is_text(sandbox: SandboxProcess):
    filed(now=timezone.now(), name="<script>alert(1)</script>")
    post()
    assert "<script>" not in sandbox.inbox(PERSON)[0]["html"]


def test_the_answer_travels_with_its_lines(sandbox: SandboxProcess, citizen_desk: User):
    request = filed(now=timezone.now())
    actions.answer(request, text="Cambiaron el foco.\n\nGracias & saludos.", by=citizen_desk, now=timezone.now())
    post()
    mail = sandbox.inbox(PERSON)[-1]
    assert "Cambiaron el foco.\n\nGracias & saludos." in mail["text"].replace("\r\n", "\n")
    assert "Gracias &amp; saludos." in mail["html"]


def test_the_liaison_gets_the_link_to_the_desk(sandbox: SandboxProcess, citizen_desk: User):
    request = filed(now=timezone.now())
    actions.route(request, AreaFactory.create(), by=citizen_desk, now=timezone.now())
    post()
    mail = sandbox.inbox("enlace.a13@amatista.example")[0]
    assert f"http://localhost:8000/mesa/atencion/{request.pk}/" in mail["text"]
    assert "Juana" not in mail["text"] + mail["html"] + mail["subject"]


def test_letters_speak_the_office_s_language(sandbox: SandboxProcess):
    subjects = []
    for language in ("es-mx", "en"):
        with translation.override(language):
            request = filed(now=timezone.now())
        post()
        subjects.append(sandbox.inbox(PERSON)[-1]["subject"].replace(request.folio, ""))
    assert subjects[0] == subjects[1]
