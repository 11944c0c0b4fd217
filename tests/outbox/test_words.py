"""The words of the ledger: mail that came back, whom nobody can ask, who did what."""

import smtplib

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import record_by_hand
from commsoffice.outbox.channels.registry import can_be_asked
from commsoffice.outbox.channels.smtp import _said
from commsoffice.outbox.enums import CAME_BACK, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.presenters import Shown
from commsoffice.outbox.queries import day_of, panel
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

LIST = reverse("outbox:list")


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


@pytest.fixture
def returned() -> Delivery:
    return DeliveryFactory.create(channel="email", state="rejected", bounced_at=NOW, recipient_name="La Catrina")


@pytest.fixture
def refused() -> Delivery:
    return DeliveryFactory.create(channel="email", state="rejected", recipient_name="Radio Ñandú")


def read(press: Client, url: str, **query: str) -> str:
    return press.get(url, query).getvalue().decode()


def attempt(delivery: Delivery, kind: str, outcome: str, by_name: str = "", answer: str = "") -> Attempt:
    return Attempt.objects.create(
        delivery=delivery,
        kind=kind,
        fence=1,
        started_at=NOW,
        finished_at=NOW,
        outcome=outcome,
        by_name=by_name,
        answer=answer,
    )


def test_a_returned_mail_has_a_word_of_its_own(returned: Delivery, refused: Delivery) -> None:
    assert (returned.status, refused.status) == (CAME_BACK, DeliveryState.REJECTED)
    assert (CAME_BACK.label, CAME_BACK.kind) == (_("Came back"), DeliveryState.REJECTED.kind)


def test_what_is_sent_again_has_not_come_back() -> None:
    assert DeliveryFactory.create(state="queued", bounced_at=NOW).status == DeliveryState.QUEUED


@pytest.mark.parametrize(("chosen", "name"), [("came_back", "La Catrina"), ("rejected", "Radio Ñandú")])
@pytest.mark.parametrize("url", [LIST, reverse("outbox:export")])
def test_the_list_is_kept_to_what_came_back_or_to_what_was_refused(
    press: Client, url: str, chosen: str, name: str
) -> None:
    DeliveryFactory.create(state="rejected", bounced_at=NOW, recipient_name="La Catrina")
    DeliveryFactory.create(state="rejected", recipient_name="Radio Ñandú")
    page = read(press, url, state=chosen)
    assert [each for each in ("La Catrina", "Radio Ñandú") if each in page] == [name]


def test_the_page_of_a_thing_counts_them_apart(
    press: Client, head_of_press: User, returned: Delivery, refused: Delivery
) -> None:
    found = panel("office.area", 1, user=head_of_press, now=NOW)
    assert [(state, count) for state, count, _word in found.figures] == [(DeliveryState.REJECTED, 1), (CAME_BACK, 1)]
    page = read(press, reverse("outbox:subject", args=["office.area", 1]))
    # Each has one row, that of its own.
    assert [page.count(f'href="{reverse("outbox:detail", args=[each.pk])}">') for each in (returned, refused)] == [2, 2]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("name", ["account", "day"])
def test_an_account_and_a_day_count_them_apart(press: Client, returned: Delivery, refused: Delivery, name: str) -> None:
    url = reverse(f"outbox:{name}", args=["email" if name == "account" else "2026-10-14"])
    page = read(press, url)
    assert ("state=came_back" in page, "state=rejected" in page) == (True, True)


def test_a_day_knows_the_word(returned: Delivery) -> None:
    assert day_of(NOW.date()).states == [CAME_BACK]


def test_nobody_can_ask_about_a_mail(press: Client) -> None:
    mail = DeliveryFactory.create(channel="email", state="unknown")
    attempt(mail, "reconcile", "unknown")
    page = read(press, reverse("outbox:detail", args=[mail.pk]))
    assert not can_be_asked("email")
    assert reverse("outbox:ask", args=[mail.pk]) not in page
    assert reverse("outbox:resolve", args=[mail.pk]) in page


@pytest.mark.parametrize(("asked", "verb"), [(0, "Ask the other side"), (2, "Ask the other side again")])
def test_again_is_said_only_where_it_was_asked(press: Client, asked: int, verb: str) -> None:
    post = DeliveryFactory.create(state="unknown")
    for _each in range(asked):
        attempt(post, "reconcile", "unknown")
    assert f"</svg>{_(verb)}</button>" in read(press, reverse("outbox:detail", args=[post.pk]))


@pytest.mark.parametrize(
    ("kind", "outcome", "alone", "by"),
    [
        ("recipient", "confirmed", "The recipient confirmed it", "noted that the recipient has it"),
        ("person", "accepted", "A person saw that it left", "noted that it left"),
        ("person", "cancelled", "A person decided that it is not sent", "decided that it is not sent"),
    ],
)
def test_a_step_reads_aloud_with_and_without_a_person(
    head_of_press: User, kind: str, outcome: str, alone: str, by: str
) -> None:
    delivery = DeliveryFactory.create(state="confirmed")
    attempt(delivery, kind, outcome, by_name="Nereo Galarza")
    attempt(delivery, kind, outcome)
    steps = Shown(delivery, head_of_press).timeline
    assert [(step.who, step.text) for step in steps[:2]] == [("", _(alone)), ("Nereo Galarza", _(by))]


def test_no_step_loses_who_did_it(head_of_press: User) -> None:
    delivery = DeliveryFactory.create(state="held")
    attempt(delivery, "person", "held", by_name="Nereo Galarza")
    step = Shown(delivery, head_of_press).timeline[0]
    assert step.who == "Nereo Galarza"
    assert step.text.startswith(_("noted: %(what)s") % {"what": ""})


def test_what_a_call_in_vain_led_to(head_of_press: User) -> None:
    delivery = DeliveryFactory.create(channel="telephone", state="to_do")
    record_by_hand(delivery, outcome="no_answer", by=head_of_press, now=NOW)
    step = Shown(delivery, head_of_press).timeline[0]
    assert (step.who, step.text) == (head_of_press.name, _("left it to be done"))


@pytest.mark.parametrize(
    ("reasons", "said"), [(["", ""], ""), (["Pausa", "Pausa"], "Pausa"), (["Pausa", "Embargo"], "")]
)
def test_of_many_no_answer_of_one_is_told(head_of_press: User, reasons: list[str], said: str) -> None:
    for reason in reasons:
        attempt(DeliveryFactory.create(state="accepted", reason=reason), "send", "accepted", answer="250 queued as 2")
    (group,) = panel("office.area", 1, user=head_of_press, now=NOW).groups
    assert (group.count, group.said) == (2, said)


def test_of_an_only_one_its_answer_is_told(head_of_press: User) -> None:
    attempt(DeliveryFactory.create(state="accepted"), "send", "accepted", answer="250 queued as 2")
    assert [group.said for group in panel("office.area", 1, user=head_of_press, now=NOW).groups] == ["250 queued as 2"]


def test_no_two_columns_have_the_same_name(press: Client) -> None:
    head = read(press, reverse("outbox:export")).splitlines()[0].split(",")
    assert len(set(head)) == len(head)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "was cut"),
        (TimeoutError("timed out"), "did not answer in time"),
        (ConnectionRefusedError(111, "Connection refused"), "could not be reached"),
    ],
)
def test_a_broken_connection_is_told_in_words(error: Exception, words: str) -> None:
    said = {
        "was cut": _("The connection to the mail server was cut (%(name)s)"),
        "did not answer in time": _("The mail server did not answer in time (%(name)s)"),
        "could not be reached": _("The mail server could not be reached (%(name)s)"),
    }[words]
    assert _said(error) == said % {"name": type(error).__name__}
