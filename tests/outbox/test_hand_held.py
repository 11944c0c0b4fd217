"""What the gates hold is made by no hand either."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox import actions, needs
from commsoffice.outbox.models import Delivery
from commsoffice.ui import dates
from tests.outbox.conftest import fresh
from tests.outbox.factories import DeliveryFactory

pytestmark = pytest.mark.django_db

URLS = {
    "telephone": reverse("outbox:calls"),
    "whatsapp": reverse("outbox:messages"),
    "print": reverse("outbox:papers"),
}
PDF = reverse("outbox:receipts_pdf", args=["office.area", 1])
HTMX = {"HX-Request": "true"}
# What a person would need to make it, or to say that it was made.
TOOLS = ("Se entregan luminarias", "tel:", "wa.me", "data-copy", 'name="done"', PDF)


@pytest.fixture(autouse=True)
def _manual(settings: Settings, _channels: None) -> None:
    way = "commsoffice.outbox.channels.manual"
    settings.OUTBOX_CHANNELS = {
        **settings.OUTBOX_CHANNELS,
        "telephone": {"CLASS": f"{way}.TelephoneChannel"},
        "whatsapp": {"CLASS": f"{way}.WhatsAppChannel"},
        "print": {"CLASS": f"{way}.PrintChannel"},
    }
    settings.OUTBOX_GATES = [
        "commsoffice.outbox.gates.paused",
        "commsoffice.outbox.gates.expired",
        "commsoffice.outbox.gates.not_before",
        "commsoffice.outbox.gates.account_open",
        "media_contacts.gates.still_wanted",
        "agenda.gates.event_stands",
        "pressreleases.gates.approved_text",
        "tests.outbox.gates.by_name",
    ]


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


def todo(channel: str = "telephone", **values: object) -> Delivery:
    values.setdefault("recipient", "000 000 0101")
    return DeliveryFactory.create(channel=channel, state="to_do", **values)


def pause(director: User) -> None:
    actions.pause_all("Inundación en el centro", ["PC"], by=director, now=timezone.now())


def tools(page: str) -> list[str]:
    return [tool for tool in TOOLS if tool in page]


@pytest.mark.parametrize("channel", URLS)
def test_while_paused_a_list_says_why_and_gives_nothing_to_make_it_with(
    press: Client, director: User, channel: str
) -> None:
    todo(channel)
    pause(director)
    answer = press.get(URLS[channel])
    (row,) = answer.context["works"][0][1]
    reason = _("Everything is paused: %(reason)s") % {"reason": "Inundación en el centro"}
    assert (row.stop.word, row.stop.reason) == (_("Held"), reason)
    assert tools(answer.content.decode()) == []


@pytest.mark.parametrize("channel", URLS)
def test_the_area_that_goes_on_speaking_is_not_held(press: Client, director: User, channel: str) -> None:
    todo(channel, area="PC")
    pause(director)
    answer = press.get(URLS[channel])
    (row,) = answer.context["works"][0][1]
    assert row.stop is None
    assert 'name="done"' in answer.content.decode()


@pytest.mark.parametrize("channel", URLS)
@pytest.mark.parametrize(
    ("name", "word", "reason"),
    [
        ("embargo", "Held", "embargo"),
        ("refuse", "It does not leave any more", "the text changed"),
        ("expire", "Expired", "too late"),
    ],
)
def test_what_a_gate_says_stands_in_the_row(press: Client, channel: str, name: str, word: str, reason: str) -> None:
    todo(channel, recipient_name=name)
    answer = press.get(URLS[channel])
    (row,) = answer.context["works"][0][1]
    assert (row.stop.word, row.stop.reason) == (_(word), reason)
    assert tools(answer.content.decode()) == []


@pytest.mark.parametrize("channel", URLS)
def test_before_its_hour_a_row_says_which(press: Client, channel: str) -> None:
    delivery = fresh(todo(channel, not_before=timezone.now() + timedelta(hours=2)))
    answer = press.get(URLS[channel])
    (row,) = answer.context["works"][0][1]
    assert row.stop.reason == _("Not before %(when)s") % {"when": dates.long_datetime(delivery.not_before)}
    assert tools(answer.content.decode()) == []


@pytest.mark.parametrize("channel", URLS)
def test_the_gates_cost_the_same_whatever_the_rows(press: Client, channel: str) -> None:
    counts = []
    for number in (1, 2):
        for _each in range(number):
            todo(channel, recipient_ref=f"media_contacts.contact:{Delivery.objects.count() + 1}")
        with CaptureQueriesContext(connection) as counted:
            press.get(URLS[channel])
        counts.append(len(counted))
    assert Delivery.objects.count() == 3
    assert counts[0] == counts[1]


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_tap_on_a_list_that_was_open_since_before_records_nothing(
    press: Client, director: User, headers: dict[str, str]
) -> None:
    delivery = todo()
    pause(director)
    answer = press.post(
        reverse("outbox:done", args=[delivery.pk]), {"done": "delivered"}, headers=headers, follow=True
    ).content.decode()
    assert (fresh(delivery).state, delivery.attempts.count()) == ("to_do", 0)
    assert "Inundación en el centro" in answer


def test_its_own_page_warns_gives_nothing_to_copy_and_records_the_truth(press: Client, director: User) -> None:
    delivery = todo("whatsapp")
    page = reverse("outbox:detail", args=[delivery.pk])
    assert "data-copy" in press.get(page).content.decode()
    pause(director)
    held = press.get(page).content.decode()
    assert "Inundación en el centro" in held
    assert "data-copy" not in held
    press.post(reverse("outbox:record", args=[delivery.pk]), {"outcome": "sent"})
    assert fresh(delivery).state == "accepted"


def test_the_list_to_sign_leaves_out_what_is_held(press: Client, director: User) -> None:
    for area in ("PC", "SAL", "SAL"):
        todo("print", area=area, recipient_name=f"Medio {area}")
    whole = len(press.get(PDF).content)
    pause(director)
    answer = press.get(PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert len(answer.content) < whole


def test_all_held_there_is_no_list_to_sign(press: Client, director: User) -> None:
    todo("print")
    pause(director)
    answer = press.get(PDF, follow=True)
    assert answer.redirect_chain == [(URLS["print"], 302)]
    assert "Inundación en el centro" in answer.content.decode()


def test_hoy_counts_what_may_be_made(head_of_press: User, director: User) -> None:
    now = timezone.now()
    todo(area="PC")
    todo("whatsapp")
    todo("print", area="PC", not_before=now + timedelta(hours=1))
    todo("print", area="PC", expires_at=now - timedelta(hours=1))
    assert [need.verb.url for need in needs.by_hand(head_of_press, now)] == list(URLS.values())[:2]
    pause(director)
    assert [need.verb.url for need in needs.by_hand(head_of_press, now)] == [URLS["telephone"]]


def test_sent_by_hand_is_not_yet_confirmed_and_can_be(press: Client) -> None:
    delivery = todo("whatsapp")
    press.post(reverse("outbox:done", args=[delivery.pk]), {"done": "sent"})
    page = press.get(reverse("outbox:detail", args=[delivery.pk])).content.decode()
    assert fresh(delivery).state == "accepted"
    assert _("A person sent it. Nobody has confirmed it yet.") in page
    confirm = reverse("outbox:confirm", args=[delivery.pk])
    assert confirm in page
    press.post(confirm)
    assert fresh(delivery).state == "confirmed"


def test_a_paper_under_embargo_of_another_thing_keeps_its_list(press: Client) -> None:
    todo("print", subject_id=1, recipient_name="embargo")
    todo("print", subject_id=2)
    page = press.get(URLS["print"]).content.decode()
    assert PDF not in page
    assert reverse("outbox:receipts_pdf", args=["office.area", 2]) in page
