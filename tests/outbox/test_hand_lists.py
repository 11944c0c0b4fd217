"""Calls, messages and papers: the lists, the taps, and the list to sign."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox import actions, needs
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.sentences import dialled, whatsapp_url
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

CALLS, MESSAGES, PAPERS = (reverse(f"outbox:{name}") for name in ("calls", "messages", "papers"))
PDF = reverse("outbox:receipts_pdf", args=["office.area", 1])
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _manual(settings: Settings, _channels: None) -> None:
    way = "commsoffice.outbox.channels.manual"
    settings.OUTBOX_CHANNELS = {
        **settings.OUTBOX_CHANNELS,
        "whatsapp": {"CLASS": f"{way}.WhatsAppChannel"},
        "print": {"CLASS": f"{way}.PrintChannel"},
    }


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


def todo(channel: str = "telephone", **values: object) -> Delivery:
    values.setdefault("recipient", "000 000 0101")
    values.setdefault("message__payload", {"text": "Hola {{name}}, lo esperamos: {{link}}"})
    values.setdefault("personal", {"name": "Ana", "link": "https://oficina.example/i/1/"})
    return DeliveryFactory.create(channel=channel, state="to_do", **values)


def tap(press: Client, delivery: Delivery, done: str, **values: str) -> str:
    url = reverse("outbox:done", args=[delivery.pk])
    return press.post(url, {"done": done, **values}, headers=HTMX).content.decode()


@pytest.mark.parametrize(("url", "channel"), [(CALLS, "telephone"), (MESSAGES, "whatsapp"), (PAPERS, "print")])
def test_a_list_holds_its_own_way_in_a_fixed_number_of_queries(press: Client, url: str, channel: str) -> None:
    todo("email", recipient="a@valle.example")
    for number in (1, 2):
        for each in range(number):
            todo(channel, subject_id=each)
        with CaptureQueriesContext(connection) as counted:
            found = press.get(url).context["found"]
        assert (len(counted), {row.channel for work in found.works for row in work.deliveries}) == (10, {channel})
    assert found.total == 3


@pytest.mark.parametrize("url", [CALLS, MESSAGES, PAPERS])
def test_an_empty_list_teaches(press: Client, url: str) -> None:
    assert "co-empty" in press.get(url).content.decode()


def test_the_most_pressing_comes_first_grouped_by_what_it_speaks_of(press: Client) -> None:
    todo(subject_id=1, subject_label="Sin prisa")
    late = todo(subject_id=2, subject_label="Con prisa", expires_at=NOW + timedelta(hours=1))
    works = press.get(CALLS).context["found"].works
    assert [work.label for work in works] == ["Con prisa", "Sin prisa"]
    assert works[0].deliveries == [late]


def test_the_calls_of_one_thing(press: Client) -> None:
    todo(subject_id=1)
    one = todo(subject_id=2)
    works = press.get(CALLS, {"subject": "office.area:2"}).context["found"].works
    assert [work.deliveries for work in works] == [[one]]


def test_three_taps_the_list_the_person_the_outcome(press: Client) -> None:
    delivery = todo(recipient_name="Radio Tepetzalan")
    page = press.get(CALLS).content.decode()
    assert 'href="tel:0000000101"' in page
    assert "Hola Ana, lo esperamos: https://oficina.example/i/1/" in page
    assert re.findall(r'name="done" value="(\w+)"', page) == ["delivered", "no_answer", "declined", "wrong_number"]
    answer = tap(press, delivery, "delivered")
    assert fresh(delivery).state == "confirmed"
    assert f'id="hand-{delivery.pk}"' in answer
    assert "<html" not in answer


@pytest.mark.parametrize(
    ("done", "state", "reason", "waits"),
    [
        ("no_answer", "to_do", "", False),
        ("declined", "rejected", "Does not want it", False),
        # Somebody has to find the right one.
        ("wrong_number", "rejected", "Wrong number", True),
        ("not_sent", "cancelled", "", False),
    ],
)
def test_what_a_tap_records(press: Client, done: str, state: str, reason: str, waits: bool) -> None:  # noqa: FBT001
    delivery = todo()
    tap(press, delivery, done)
    row = fresh(delivery)
    assert (row.state, row.reason) == (state, _(reason) if reason else "")
    assert Delivery.objects.needs_person().exists() is waits


def test_calls_in_vain_are_counted_with_their_hours(press: Client) -> None:
    delivery = todo()
    for _again in range(2):
        answer = tap(press, delivery, "no_answer")
    (row,) = press.get(CALLS).context["works"][0][1]
    assert len(row.calls) == 2
    assert row.call_hours in answer


def test_put_back_the_count_begins_anew(press: Client, director: User) -> None:
    delivery = todo()
    tap(press, delivery, "no_answer")
    tap(press, delivery, "wrong_number")
    actions.retry_rejected(fresh(delivery), by=director, now=NOW)
    assert "co-hand__calls" not in press.get(CALLS).content.decode()
    assert "co-hand__calls" in tap(press, delivery, "no_answer")


def test_without_javascript_it_goes_back_to_the_list(press: Client) -> None:
    delivery = todo()
    answer = press.post(reverse("outbox:done", args=[delivery.pk]), {"done": "delivered", "next": CALLS})
    assert (answer["Location"], fresh(delivery).state) == (CALLS, "confirmed")


def test_a_second_tap_is_told_and_changes_nothing(press: Client) -> None:
    delivery = todo()
    tap(press, delivery, "delivered")
    tap(press, delivery, "declined")
    assert (fresh(delivery).state, delivery.attempts.count()) == ("confirmed", 1)


def test_nonsense_records_nothing(press: Client) -> None:
    delivery = todo()
    tap(press, delivery, "maybe")
    assert delivery.attempts.count() == 0


def test_who_may_not_record_sees_no_buttons(client: Client, photographer: User) -> None:
    client.force_login(photographer)
    delivery = todo()
    assert 'name="done"' not in client.get(CALLS).content.decode()
    assert client.post(reverse("outbox:done", args=[delivery.pk]), {"done": "delivered"}).status_code == 403


def test_a_citizen_is_called_only_by_who_may_read_the_name(press: Client, client: Client, director: User) -> None:
    todo(purpose="request", recipient_name="Vecina")
    assert press.get(CALLS).context["found"].total == 0
    client.force_login(director)
    assert client.get(CALLS).context["found"].total == 1


def test_a_message_is_copied_and_marked_in_one_tap_each(press: Client) -> None:
    delivery = todo("whatsapp")
    page = press.get(MESSAGES).content.decode()
    assert f'data-copy="#text-{delivery.pk}"' in page
    assert 'rel="noreferrer"' in page
    assert "https://wa.me/520000000101?text=Hola%20Ana" in page
    tap(press, delivery, "sent")
    assert fresh(delivery).state == "accepted"


@pytest.mark.parametrize(
    ("written", "number"),
    [("000 000 0101", "0000000101"), ("+52 (000) 000-0101", "+520000000101"), ("066", ""), ("Radio 1000000000", "")],
)
def test_what_a_telephone_dials(written: str, number: str) -> None:
    assert dialled(written) == number


def test_no_number_no_address() -> None:
    assert whatsapp_url("Radio Tepetzalan", "Hola") == ""


def test_the_receipt_of_a_paper(press: Client) -> None:
    delivery = todo("print", recipient="Radio Tepetzalan")
    tap(press, delivery, "delivered", received_by="Ana López", at="11:40")
    assert (fresh(delivery).state, fresh(delivery).reason) == ("confirmed", "Ana López, 11:40 h")


def test_papers_lead_to_their_list(press: Client) -> None:
    todo("print")
    assert PDF in press.get(PAPERS).content.decode()
    todo("telephone")
    assert PDF not in press.get(CALLS).content.decode()


def test_the_lists_are_counted_anew_with_each_tap(press: Client) -> None:
    delivery = todo()
    todo()
    answer = tap(press, delivery, "delivered", next=f"{CALLS}?subject=office.area%3A1")
    assert 'hx-swap-oob="true"' in answer
    assert f'href="{CALLS}" aria-current="page">{_("Calls")} <b>1</b>' in answer


def test_the_list_to_sign_holds_everyone_and_what_was_received(press: Client) -> None:
    for number in range(200):
        todo("print", recipient=f"Medio {number}", recipient_name="Coordinación Comunitaria de la Ñandú " * 5)
    tap(press, Delivery.objects.first() or todo("print"), "delivered", received_by="Ana López", at="11:40")
    answer = press.get(PDF)
    assert answer["Content-Type"] == "application/pdf"
    content = answer.content
    assert content.startswith(b"%PDF-")
    # Tagged, so that it can be read aloud; and with its letters inside.
    assert b"/Marked true" in content
    assert b"Archivo" in content


def test_nothing_on_paper_no_list(press: Client) -> None:
    todo("telephone")
    assert press.get(PDF).status_code == 404


def test_a_pile_is_shown_in_part_and_says_so(press: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commsoffice.outbox.queries.hand.SHOWN", 2)
    for _each in range(3):
        todo()
    found = press.get(CALLS).context["found"]
    assert (found.shown, found.total) == (2, 3)


def test_hoy_leads_to_each_list(head_of_press: User) -> None:
    for channel in ("telephone", "telephone", "whatsapp", "print"):
        todo(channel)
    found = needs.by_hand(head_of_press, NOW)
    assert [(need.title, need.verb.url) for need in found] == [
        (ngettext("%(n)s call to make", "%(n)s calls to make", 2) % {"n": 2}, CALLS),
        (ngettext("%(n)s message to send by WhatsApp", "%(n)s messages to send by WhatsApp", 1) % {"n": 1}, MESSAGES),
        (ngettext("%(n)s paper to deliver", "%(n)s papers to deliver", 1) % {"n": 1}, PAPERS),
    ]


def test_what_is_under_embargo_says_before_when_nobody_is_told(press: Client) -> None:
    work_at = fresh(todo(not_before=timezone.now() + timedelta(hours=2))).not_before
    work, _rows = press.get(CALLS).context["works"][0]
    assert work.not_before == work_at


def test_the_tabs_count_what_the_list_shows(press: Client) -> None:
    todo(purpose="request")
    todo()
    answer = press.get(CALLS).context
    assert (answer["found"].total, answer["lists"][0].count) == (1, 1)
