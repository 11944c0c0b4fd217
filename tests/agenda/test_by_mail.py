"""The invitation as a journalist receives it: through the real outbox and real SMTP."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from agenda import actions
from agenda.models import Event, Guest
from commsoffice.accounts.models import User
from commsoffice.office.models import Locality
from commsoffice.outbox.actions import send_due
from media_contacts.models import Contact
from tests.agenda.factories import EventFactory
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db


def _read(sandbox: SandboxProcess) -> list[EmailMessage]:
    files = sorted(sandbox.data_dir.rglob("*.eml"), key=lambda path: int(path.stem))
    return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def event(head_of_press: User) -> Event:
    return EventFactory.create(created_by=head_of_press)


@pytest.fixture
def mails(sandbox: SandboxProcess, event: Event, head_of_press: User) -> list[EmailMessage]:
    lists = [MediaListFactory.create(contacts=ContactFactory.create_batch(2))]
    actions.invite(event, lists=lists, note="Les esperamos", by=head_of_press, now=timezone.now())
    send_due(timezone.now(), 10)
    return _read(sandbox)


def test_each_journalist_gets_an_own_mail(mails):
    assert {mail["To"].addresses[0].addr_spec for mail in mails} == set(Contact.objects.values_list("email", flat=True))


def test_no_mark_is_left_open(mails):
    texts = [_body(mail, kind) for mail in mails for kind in ("plain", "html")]
    assert [text for text in texts if "{{" in text] == []


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_mail_says_where_it_is_and_greets_a_post_in_capital(sandbox, head_of_press, kind):
    locality = Locality.objects.create(key="L99", name="Loma Inventada")
    event = EventFactory.create(created_by=head_of_press, venue="", locality=locality)
    lists = [MediaListFactory.create(contacts=[ContactFactory.create(name="", post="jefa de información")])]
    actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
    send_due(timezone.now(), 10)
    body = _body(_read(sandbox)[-1], kind)
    assert ("Loma Inventada" in body, "Jefa de información:" in body) == (True, True)


def test_the_link_of_the_mail_leads_to_the_answer(mails):
    links = re.findall(r"https?://\S+/i/\S+\?r=si", _body(mails[0], "plain"))
    path = urlsplit(links[0])
    Client().get(f"{path.path}?{path.query}")
    Client().post(path.path, {"r": "si"})
    assert Guest.objects.filter(answer="yes").count() == 1


def test_the_calendar_file_is_attached_and_reads_back(mails, event):
    (part,) = [part for part in mails[0].iter_attachments() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    (component,) = Calendar.from_ical(content).walk("VEVENT")
    assert (part.get_filename(), str(component["summary"])) == ("evento.ics", event.title)


def test_one_click_of_the_mail_program_takes_off(mails):
    address = urlsplit(mails[0]["List-Unsubscribe"].strip("<>")).path
    assert mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert Contact.objects.filter(unsubscribed_at__isnull=False).count() == 1


def test_a_cancellation_reaches_those_who_were_invited(mails, sandbox, event, head_of_press):
    actions.cancel_event(event, reason="Por la lluvia", by=head_of_press, now=timezone.now())
    send_due(timezone.now(), 10)
    notices = _read(sandbox)[len(mails) :]
    assert len(notices) == len(mails)
    assert all("Por la lluvia" in _body(mail, "plain") for mail in notices)


def test_an_invitation_does_not_leave_after_the_cancellation(sandbox, event, head_of_press):
    lists = [MediaListFactory.create(contacts=[ContactFactory.create()])]
    actions.invite(event, lists=lists, note="", by=head_of_press, now=timezone.now())
    actions.cancel_event(event, reason="Lluvia", by=head_of_press, now=timezone.now())
    send_due(timezone.now(), 10)
    assert _read(sandbox) == []
