"""The list as a file: whose eyes, what it holds, and who took it."""

import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.outbox.actions import exporting
from commsoffice.outbox.enums import Purpose
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

CSV = reverse("outbox:export")
XLSX = reverse("outbox:export_xlsx")
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


def taken(client: Client, url: str, **query: str) -> bytes:
    """Take the file."""
    return client.get(url, query).getvalue()


def cells(content: bytes) -> list[list[str]]:
    """Read the only sheet of a spreadsheet: its texts and numbers, row by row."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  our own file
    assert sheet.findall(f".//{_NS}f") == []
    return [
        ["".join(text.text or "" for text in cell.iter() if text.tag in {f"{_NS}t", f"{_NS}v"}) for cell in row]
        for row in sheet.iter(f"{_NS}row")
    ]


def test_a_spreadsheet_has_the_same_rows(press: Client) -> None:
    delivery = DeliveryFactory.create(state="accepted", recipient_name="Radio Ñandú")
    DeliveryFactory.create()
    head, row = cells(taken(press, XLSX, state="accepted"))
    assert (head[0], row[0]) == (_("Number"), str(delivery.pk))
    assert "Radio Ñandú" in row


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+52 000", "https://red.example/", "007", "{=1+1}"])
def test_cells_are_text_and_nothing_else(press: Client, text: str) -> None:
    DeliveryFactory.create(recipient_name=text)
    answer = taken(press, XLSX)
    assert text in cells(answer)[1]
    with zipfile.ZipFile(io.BytesIO(answer)) as book:
        assert not [name for name in book.namelist() if "_rels/sheet" in name]


def test_a_spreadsheet_too_long_is_said_and_not_made(
    press: Client, monkeypatch: pytest.MonkeyPatch, head_of_press: User
) -> None:
    monkeypatch.setattr(exporting, "SHEET_LIMIT", 2)
    DeliveryFactory.create_batch(3)
    answer = press.get(XLSX)
    assert answer.status_code == 409
    assert "100,000" in answer.content.decode()
    assert press.get(CSV).status_code == 200


@pytest.mark.parametrize("url", [CSV, XLSX])
def test_citizens_are_not_for_everyone(press: Client, client: Client, director: User, url: str) -> None:
    DeliveryFactory.create(purpose=Purpose.REQUEST, recipient="vecina@correo.example", recipient_name="Vecina")

    def says(name: str) -> bool:
        content = taken(client, url)
        return name in (content.decode() if url == CSV else str(cells(content)))

    assert says("ecina") is False
    client.force_login(director)
    assert says("ecina") is True


@pytest.mark.parametrize(("url", "kind"), [(CSV, "CSV"), (XLSX, "XLSX")])
def test_who_took_what_is_recorded(press: Client, head_of_press: User, url: str, kind: str) -> None:
    DeliveryFactory.create_batch(2, state="accepted")
    DeliveryFactory.create()
    taken(press, url, state="accepted")
    entry = Entry.objects.get(verb="outbox.export")
    assert (entry.actor, entry.note) == (head_of_press, f"{kind}, 2 envíos. Resultado: Aceptado")


def test_the_record_names_nobody_who_was_searched_for(press: Client) -> None:
    taken(press, CSV, recipient="vecina")
    assert "vecina" not in Entry.objects.get(verb="outbox.export").note


def test_hours_are_those_of_the_office(press: Client) -> None:
    DeliveryFactory.create(planned_for=NOW + timedelta(hours=1))
    line = taken(press, CSV).decode().splitlines()[1]
    assert line.split(",")[1:3] == ["2026-10-14 07:30:00", "2026-10-14 08:30:00"]
