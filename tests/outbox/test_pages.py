"""The ledger's pages."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.office.models import Office
from commsoffice.outbox import actions, needs
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Attempt, Delivery
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

LIST = reverse("outbox:list")
SUBJECT = reverse("outbox:subject", args=["office.area", 1])
PANEL = reverse("outbox:panel", args=["office.area", 1])

HTMX = {"HX-Request": "true"}


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


def detail(delivery: Delivery) -> str:
    return reverse("outbox:detail", args=[delivery.pk])


def shown(press: Client, **query: str) -> list[int]:
    return [row.delivery.pk for row in press.get(LIST, query).context["rows"]]


@pytest.mark.parametrize("url", [LIST, SUBJECT, PANEL, reverse("outbox:export")])
def test_only_for_who_may_see_deliveries(client: Client, citizen_desk: User, url: str) -> None:
    client.force_login(citizen_desk)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("url", [LIST, SUBJECT, PANEL])
def test_queries_do_not_grow(press: Client, url: str) -> None:
    counted = []
    for count in (1, 2):
        for state in ("accepted", "unknown", "rejected"):
            for delivery in DeliveryFactory.create_batch(count, state=state):
                Attempt.objects.create(delivery=delivery, kind="send", fence=1, started_at=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert press.get(url, headers=HTMX if url == PANEL else {}).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_filters(press: Client) -> None:
    mail = DeliveryFactory.create(channel="email", state="rejected", recipient_name="Radio Tepetzalan")
    other = DeliveryFactory.create(recipient="mesa@sierra.example")
    assert shown(press, channel="email") == [mail.pk]
    assert shown(press, state="queued") == [other.pk]
    assert shown(press, recipient="tepetz") == [mail.pk]
    assert shown(press, recipient="sierra.ex") == [other.pk]
    assert shown(press, since="2026-10-14", until="2026-10-14") == [other.pk, mail.pk]
    assert shown(press, since="2026-10-15") == []
    assert shown(press, until="2026-10-13") == []
    assert shown(press, needs="true") == [mail.pk]
    assert shown(press, subject="office.area:2") == []


def test_pages_go_on_where_the_last_ended(press: Client) -> None:
    DeliveryFactory.create_batch(60)
    first = press.get(LIST).context["page"]
    assert len(press.get(f"{LIST}?{first.more}").context["rows"]) == 10


def test_citizens_are_not_for_everyone(press: Client, client: Client, director: User) -> None:
    letter = DeliveryFactory.create(
        purpose=Purpose.REQUEST,
        recipient="vecina@correo.example",
        recipient_name="Vecina de Prueba",
        reason="550 <vecina@correo.example>",
        state="rejected",
        message__payload={"subject": "s", "text": "Estimada Vecina de Prueba"},
    )
    Attempt.objects.create(
        delivery=letter, kind="send", fence=1, started_at=NOW, finished_at=NOW, answer="550 <vecina@correo.example>"
    )
    pages = [LIST, SUBJECT, PANEL, detail(letter), reverse("outbox:export")]

    def read() -> list[bool]:
        return ["ecina" in press.get(url, headers=HTMX if url == PANEL else {}).getvalue().decode() for url in pages]

    assert read() == [False] * 5
    assert shown(press, recipient="vecina") == []
    client.force_login(director)
    assert read() == [True] * 5


def test_the_ledger_tells_what_the_other_side_said(press: Client) -> None:
    delivery = DeliveryFactory.create(state="accepted")
    for minute, answer in enumerate(("451 greylisted", "250 2.0.0 Ok:\nqueued as 4F2")):
        at = NOW + timedelta(minutes=minute)
        Attempt.objects.create(delivery=delivery, kind="send", fence=1, started_at=at, finished_at=at, answer=answer)
    pages = [press.get(url, headers=HTMX if url == PANEL else {}).content.decode() for url in (LIST, SUBJECT, PANEL)]
    assert ["250 2.0.0 Ok: queued as 4F2" in page for page in pages] == [True] * 3
    assert ["greylisted" in page for page in pages] == [False] * 3


def test_a_citizen_s_address_in_the_answer_is_not_for_everyone(press: Client, client: Client, director: User) -> None:
    letter = DeliveryFactory.create(purpose=Purpose.REQUEST, recipient="Vecina@correo.example", state="accepted")
    Attempt.objects.create(
        delivery=letter, kind="send", fence=1, started_at=NOW, finished_at=NOW, answer="250 vecina@correo.example: ok"
    )

    def read() -> list[bool]:
        pages = [(url, {"HX-Request": "true"} if url == PANEL else {}) for url in (LIST, SUBJECT, PANEL)]
        return ["vecina@" in press.get(url, headers=headers).content.decode() for url, headers in pages]

    assert read() == [False] * 3
    assert "250 …: ok" in press.get(LIST).content.decode()
    client.force_login(director)
    assert read() == [True] * 3


def test_export_is_a_spreadsheet_without_formulas(press: Client) -> None:
    DeliveryFactory.create(recipient_name="=cmd|'/c calc'!A1")
    lines = press.get(reverse("outbox:export")).getvalue().decode().splitlines()
    assert lines[0].startswith("\ufeff")
    assert len(lines) == 2
    assert "'=cmd" in lines[1]


def test_export_keeps_the_filter(press: Client) -> None:
    DeliveryFactory.create(state="accepted")
    DeliveryFactory.create()
    assert len(press.get(reverse("outbox:export"), {"state": "accepted"}).getvalue().decode().splitlines()) == 2


def test_subject_page_groups_what_went_well(press: Client) -> None:
    DeliveryFactory.create_batch(3, state="accepted")
    DeliveryFactory.create_batch(2, state="rejected")
    context = press.get(SUBJECT).context
    assert [(group.state, group.count) for group in context["panel"].groups] == [("accepted", 3), ("rejected", 2)]
    assert len(context["alone"]) == 2


def test_subject_nobody_ever_sent_is_not_found(press: Client) -> None:
    assert press.get(SUBJECT).status_code == 404


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_panel_looks_again_while_something_moves(press: Client, state: str) -> None:
    DeliveryFactory.create(state=state)
    assert "every 2s" in press.get(PANEL, headers=HTMX).content.decode()


@pytest.mark.parametrize("state", ["accepted", "unknown", "held", "to_do"])
def test_panel_rests_when_nothing_moves(press: Client, state: str) -> None:
    DeliveryFactory.create(state=state)
    assert "every 2s" not in press.get(PANEL, headers=HTMX).content.decode()


def test_panel_without_javascript_is_the_whole_page(press: Client) -> None:
    assert press.get(PANEL)["Location"] == SUBJECT


def test_panel_of_nothing_says_so(press: Client) -> None:
    assert press.get(PANEL, headers=HTMX).status_code == 200


@pytest.mark.parametrize("state", ["queued", "sending", "accepted", "rejected", "unknown", "to_do", "held", "expired"])
def test_detail_shows_each_state(press: Client, state: str) -> None:
    delivery = DeliveryFactory.create(state=state, recipient_name="Radio Tepetzalan")
    assert "Radio Tepetzalan" in press.get(detail(delivery)).content.decode()


def test_decide_that_it_left(press: Client) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    url = "https://red.example/p/1"
    press.post(reverse("outbox:resolve", args=[delivery.pk]), {"decision": "it_left", "url": url})
    assert (fresh(delivery).state, fresh(delivery).remote_url) == ("accepted", url)


def test_wrong_link_is_told_beside_the_field(press: Client) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    answer = press.post(reverse("outbox:resolve", args=[delivery.pk]), {"decision": "it_left", "url": "javascript:x"})
    assert (answer.status_code, fresh(delivery).state) == (422, "unknown")
    assert "javascript:x" in answer.content.decode()


def test_who_may_not_decide_is_told_and_nothing_changes(client: Client, writer: User) -> None:
    client.force_login(writer)
    delivery = DeliveryFactory.create(state="unknown")
    answer = client.post(reverse("outbox:resolve", args=[delivery.pk]), {"decision": "send_again"})
    assert (answer.status_code, fresh(delivery).state) == (403, "unknown")


def test_decided_twice_is_told(press: Client) -> None:
    delivery = DeliveryFactory.create(state="unknown")
    for _ in range(2):
        press.post(reverse("outbox:resolve", args=[delivery.pk]), {"decision": "do_not_send"})
    assert delivery.attempts.count() == 1


def test_record_a_call_in_two_taps(press: Client) -> None:
    delivery = DeliveryFactory.create(state="to_do", channel="telephone")
    page = press.get(detail(delivery)).content.decode()
    assert 'name="outcome" value="confirmed"' in page
    press.post(reverse("outbox:record", args=[delivery.pk]), {"outcome": "confirmed", "note": "contestó Ana"})
    attempt = delivery.attempts.get()
    assert (fresh(delivery).state, attempt.by_name) == ("confirmed", "Nereo Galarza Tut")
    assert attempt.answer.endswith("contestó Ana")


def test_ask_again_and_seen_and_retry(press: Client) -> None:
    unknown = DeliveryFactory.create(state="unknown", asks_made=5)
    press.post(reverse("outbox:ask", args=[unknown.pk]))
    assert fresh(unknown).asks_made == 0
    refused = DeliveryFactory.create(state="rejected")
    press.post(reverse("outbox:seen", args=[refused.pk]))
    assert fresh(refused).seen_at is not None
    press.post(reverse("outbox:retry", args=[refused.pk]), {"address": ""})
    assert fresh(refused).state == "queued"


def test_needs_by_role(head_of_press: User, photographer: User) -> None:
    DeliveryFactory.create(state="unknown")
    DeliveryFactory.create_batch(2, state="rejected")
    DeliveryFactory.create_batch(2, state="to_do", channel="telephone")
    offered = (needs.unknown, needs.refused, needs.by_hand)
    assert [len(need(head_of_press, NOW)) for need in offered] == [1, 1, 1]
    assert [len(need(photographer, NOW)) for need in offered] == [0, 0, 0]


def test_a_citizen_s_letter_is_readdressed_only_by_who_may_read_it(press: Client, head_of_press: User) -> None:
    letter = DeliveryFactory.create(purpose=Purpose.REQUEST, state="rejected", recipient_ref="requester:7")
    press.post(reverse("outbox:retry", args=[letter.pk]), {"address": "nereo@amatista.example"})
    assert list(Delivery.objects.all()) == [letter]


def test_the_audit_names_no_citizen(director: User) -> None:
    letter = DeliveryFactory.create(
        purpose=Purpose.REQUEST, state="rejected", recipient_name="Juana Xalpan", recipient_ref="requester:7"
    )
    actions.mark_seen(letter, by=director, now=NOW)
    assert Entry.objects.get(verb="outbox.mark_seen").target_label == "scripted → requester:7"


def test_export_writes_the_hour_of_the_office(press: Client) -> None:
    DeliveryFactory.create()
    Office.objects.update(time_zone="America/Tijuana")
    lines = press.get(reverse("outbox:export")).getvalue().decode().splitlines()
    assert lines[1].split(",")[1] == f"{NOW.astimezone(ZoneInfo('America/Tijuana')):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(("n", "word"), [(1, "confirmado"), (2, "confirmados")])
def test_the_word_under_a_figure_agrees_with_it(press: Client, n: int, word: str) -> None:
    DeliveryFactory.create_batch(n, state="confirmed")
    assert f"<b>{n}</b><span>{word}</span>" in press.get(SUBJECT).content.decode()
