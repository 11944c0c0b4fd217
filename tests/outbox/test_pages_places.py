"""The ledger from an account, a contact, a day; what a delivery's page tells."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import record_by_hand
from commsoffice.outbox.models import AccountStop, Attempt, Delivery
from commsoffice.ui.dates import short_datetime
from tests.outbox.factories import NOW, DeliveryFactory

pytestmark = pytest.mark.django_db

REF = "media_contacts.contact:7"
LIST = reverse("outbox:list")
ACCOUNTS = reverse("outbox:accounts")
ACCOUNT = reverse("outbox:account_of", args=["scripted", "R01"])
MAIL = reverse("outbox:account", args=["email"])
CONTACT = reverse("outbox:contact", args=[REF])
SUBJECT = reverse("outbox:subject", args=["office.area", 1])
PANEL = reverse("outbox:panel", args=["office.area", 1])
DAY = reverse("outbox:day", args=["2026-10-14"])


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    client.force_login(head_of_press)
    return client


def attempt(delivery: Delivery, kind: str = "send", outcome: str = "accepted", answer: str = "") -> None:
    Attempt.objects.create(
        delivery=delivery, kind=kind, fence=1, started_at=NOW, finished_at=NOW, outcome=outcome, answer=answer
    )


def read(press: Client, url: str) -> str:
    return press.get(url).content.decode()


def page_of(press: Client, **values: object) -> str:
    return read(press, reverse("outbox:detail", args=[DeliveryFactory.create(**values).pk]))


@pytest.mark.parametrize(("url", "queries"), [(LIST, 12), (ACCOUNTS, 9), (ACCOUNT, 13), (CONTACT, 11), (DAY, 11)])
def test_a_fixed_number_of_queries(press: Client, url: str, queries: int) -> None:
    for number in (1, 3):
        for delivery in DeliveryFactory.create_batch(number, account="R01", recipient_ref=REF, state="accepted"):
            attempt(delivery)
        DeliveryFactory.create_batch(number, account="R01", state="scheduled", publish_at=NOW)
        with CaptureQueriesContext(connection) as counted:
            assert press.get(url).status_code == 200
        assert len(counted) == queries


@pytest.mark.parametrize("url", [ACCOUNT, MAIL, ACCOUNTS, DAY])
def test_with_nothing_in_it(press: Client, url: str) -> None:
    assert press.get(url).status_code == 200


def test_an_account_shows_only_its_own(press: Client) -> None:
    mine = DeliveryFactory.create(account="R01")
    DeliveryFactory.create(account="R02")
    assert [row.delivery for row in press.get(ACCOUNT).context["rows"]] == [mine]


def test_a_throttled_account_says_until_when_and_why(press: Client) -> None:
    until = datetime(2099, 10, 15, 17, tzinfo=UTC)
    AccountStop.objects.create(
        channel="scripted", account="R01", kind="throttled", reason="(#32) limit reached", since=NOW, until=until
    )
    page = read(press, ACCOUNT)
    assert "jueves 15 de octubre, 11:00 h" in page
    assert "(#32) limit reached" in page


def test_an_account_says_that_the_network_asked_all_of_them_to_wait(press: Client) -> None:
    until = datetime(2099, 10, 15, 17, tzinfo=UTC)
    AccountStop.objects.create(channel="scripted", account="", kind="throttled", since=NOW, until=until)
    DeliveryFactory.create(account="R01")
    words = "The network asks all our accounts to wait until %(when)s. Until then nothing leaves from any of them."
    assert _(words) % {"when": "jueves 15 de octubre, 11:00 h"} in read(press, ACCOUNT)
    stopped = [sender.key for sender in press.get(ACCOUNTS).context["senders"] if sender.stop and sender.key]
    assert stopped == ["R01"]


def test_an_account_without_credentials_says_that_a_person_must_connect_it(press: Client) -> None:
    AccountStop.objects.create(channel="scripted", account="R01", kind="expired", since=NOW)
    assert "alert-danger" in read(press, ACCOUNT)
    assert [sender.must_be_connected for sender in press.get(ACCOUNTS).context["senders"]][-1] is True


def test_a_stop_that_is_over_is_no_stop(press: Client) -> None:
    AccountStop.objects.create(channel="scripted", account="R01", kind="throttled", since=NOW, until=NOW)
    assert press.get(ACCOUNT).context["account"].sender.stop is None


def test_scheduled_ones_stand_in_the_order_of_their_hours(press: Client) -> None:
    late, soon = (
        DeliveryFactory.create(account="R01", state="scheduled", publish_at=NOW + timedelta(hours=hours))
        for hours in (5, 2)
    )
    assert [row.delivery for row in press.get(ACCOUNT).context["scheduled"]] == [soon, late]


def test_accounts_count_what_waits(press: Client) -> None:
    for state in ("queued", "held", "scheduled", "unknown", "accepted"):
        DeliveryFactory.create(channel="email", state=state)
    found = {sender.channel: sender for sender in press.get(ACCOUNTS).context["senders"]}
    mail = found["email"]
    assert (mail.waiting, mail.scheduled, mail.unknown) == (2, 1, 1)
    assert "telephone" not in found


def test_a_contact_sees_the_whole_way(press: Client) -> None:
    delivery = DeliveryFactory.create(
        recipient_ref=REF, state="confirmed", opened_at=NOW, confirmed_at=NOW, channel="email"
    )
    attempt(delivery)
    attempt(delivery, "recipient", "confirmed", "Por teléfono")
    (row,) = press.get(CONTACT).context["rows"]
    assert [receipt.word for receipt in row.receipts] == [_("Left"), _("Opened"), _("Receipt confirmed")]
    assert row.receipts[-1].note == "Por teléfono"


def test_a_contact_that_got_nothing_is_not_found(press: Client) -> None:
    assert press.get(CONTACT).status_code == 404


def test_a_citizen_s_letters_are_not_for_everyone(press: Client, client: Client, director: User) -> None:
    DeliveryFactory.create(recipient_ref="citizen_requests.requester:7", purpose="request")
    url = reverse("outbox:contact", args=["citizen_requests.requester:7"])
    assert press.get(url).status_code == 403
    client.force_login(director)
    assert client.get(url).status_code == 200


def test_the_directory_leads_to_what_a_contact_got(press: Client) -> None:
    delivery = DeliveryFactory.create(recipient_ref=REF)
    assert CONTACT in read(press, reverse("outbox:detail", args=[delivery.pk]))


def test_a_day_counts_by_channel_and_state(press: Client) -> None:
    DeliveryFactory.create_batch(2, state="accepted")
    DeliveryFactory.create(state="unknown")
    DeliveryFactory.create(planned_for=NOW + timedelta(days=1))
    found = press.get(DAY).context["found"]
    assert [(row.channel, row.total, [count for _state, count in row.counts]) for row in found.rows] == [
        ("scripted", 3, [2, 1])
    ]


def test_a_day_goes_by_the_hour_and_groups(press: Client) -> None:
    DeliveryFactory.create_batch(2, state="accepted")
    DeliveryFactory.create(planned_for=NOW + timedelta(hours=2))
    hours = press.get(DAY).context["found"].hours
    assert [(f"{hour:%H:%M}", [line.count for line in lines]) for hour, lines in hours] == [
        ("07:00", [2]),
        ("09:00", [1]),
    ]


def test_letters_to_citizens_are_one_line_of_the_day(press: Client) -> None:
    for number in (1, 2):
        DeliveryFactory.create(purpose="request", subject_id=number, subject_label=f"Bache de la calle {number}")
    (hour,) = press.get(DAY).context["found"].hours
    assert [(line.label, line.count) for line in hour[1]] == [("", 2)]
    assert "Bache" not in read(press, DAY)


def test_what_was_put_off_to_a_day_stands_there_too(press: Client) -> None:
    DeliveryFactory.create(state="held", planned_for=NOW - timedelta(days=2), not_before=NOW)
    DeliveryFactory.create(state="accepted", planned_for=NOW - timedelta(days=2), not_before=NOW)
    assert [line.count for line in press.get(DAY).context["found"].put_off] == [1]


def test_days_lead_to_the_next_with_something(press: Client) -> None:
    for days in (-9, 0, 4):
        DeliveryFactory.create(planned_for=NOW + timedelta(days=days))
    found = press.get(DAY).context["found"]
    assert (f"{found.previous}", f"{found.following}") == ("2026-10-05", "2026-10-18")


@pytest.mark.parametrize("day", ["mañana", "2026-02-31", "0001-01-01", "9999-12-31"])
def test_no_such_day(press: Client, day: str) -> None:
    assert press.get(reverse("outbox:day", args=[day])).status_code == 404


@time_machine.travel(NOW, tick=False)
def test_today_is_the_office_s_day(press: Client) -> None:
    assert press.get(reverse("outbox:today"))["Location"] == DAY


def test_filters_of_why_where_and_whose(press: Client) -> None:
    one = DeliveryFactory.create(purpose="correction", account="R01", area="A03")
    DeliveryFactory.create()
    for query in ({"purpose": "correction"}, {"account": "R01"}):
        assert [row.delivery for row in press.get(LIST, query).context["rows"]] == [one]


def test_a_wide_search_looks_back_a_year_and_says_so(press: Client) -> None:
    old = DeliveryFactory.create(state="accepted", recipient_name="Radio Vieja", created_at=NOW - timedelta(days=900))
    context = press.get(LIST, {"recipient": "vieja"}).context
    assert (context["rows"], context["filter"].looks_back) == ([], True)
    wide = press.get(LIST, {"recipient": "vieja", "since": "2020-01-01"}).context
    assert [row.delivery for row in wide["rows"]] == [old]


def test_days_are_ordered_by_the_hour_that_was_meant(press: Client) -> None:
    late, soon = (DeliveryFactory.create(planned_for=NOW + timedelta(hours=hours)) for hours in (5, 2))
    context = press.get(LIST, {"since": "2026-10-14"}).context
    assert [row.delivery for row in context["rows"]] == [late, soon]


def test_what_is_open_is_found_however_old(press: Client) -> None:
    old = DeliveryFactory.create(state="held", created_at=NOW - timedelta(days=900))
    assert [row.delivery for row in press.get(LIST, {"state": "held"}).context["rows"]] == [old]


@time_machine.travel(NOW, tick=False)
def test_a_held_one_says_why_and_until_when(press: Client) -> None:
    page = page_of(press, state="held", reason="Hay embargo.", not_before=NOW + timedelta(hours=3))
    held = _("It is held until %(when)s.") % {"when": "miércoles 14 de octubre, 10:30 h"}
    assert f"{held} Hay embargo." in page


def test_a_scheduled_one_says_when_and_that_it_can_be_pulled_back(press: Client) -> None:
    page = page_of(press, state="scheduled", publish_at=NOW + timedelta(hours=3))
    words = _("The network has it and publishes it on %(when)s. Until then it can be pulled back.")
    assert words % {"when": "miércoles 14 de octubre, 10:30 h"} in page
    assert _("Pull it back from the network") in page


def test_each_step_is_a_sentence(press: Client) -> None:
    delivery = DeliveryFactory.create(state="held")
    for kind, outcome in (("gate", "held"), ("pull", "held"), ("return", "rejected"), ("recipient", "confirmed")):
        attempt(delivery, kind, outcome)
    page = read(press, reverse("outbox:detail", args=[delivery.pk]))
    for words in (
        "A rule holds it",
        "Pulled back from the network",
        "The mail came back",
        "The recipient confirmed it",
    ):
        assert _(words) in page


@pytest.mark.parametrize(
    "secret",
    [
        "access_token=EAAGm0PX4ZCpsBAKZBZCyZAdemo",
        "Authorization: Bearer ya29.a0AfH6SMBxdemo_demo-demo",
        'refresh_token": "1//0gdemodemodemodemodemo"',
        "https://oficina:clave-secreta@correo.example/",
    ],
)
def test_secrets_are_masked_though_they_were_written_down(press: Client, secret: str) -> None:
    delivery = DeliveryFactory.create(state="unknown", reason=secret)
    attempt(delivery, outcome="unknown", answer=secret)
    pages = [reverse("outbox:detail", args=[delivery.pk]), LIST, reverse("outbox:export")]
    for word in ("EAAGm0", "ya29.a0", "1//0g", "clave-secreta"):
        assert [word in press.get(url).getvalue().decode() for url in pages] == [False] * 3


def test_the_evidence_of_an_unknown_one(press: Client) -> None:
    delivery = DeliveryFactory.create(account="R01", state="unknown")
    attempt(delivery, outcome="unknown", answer="la conexión se cortó")
    attempt(delivery, "reconcile", "unknown", "25 publicaciones; no está")
    page = read(press, reverse("outbox:detail", args=[delivery.pk]))
    for words in ("la conexión se cortó", "25 publicaciones; no está"):
        assert words in page


def test_cancelled_from_its_page_with_a_reason(press: Client) -> None:
    delivery = DeliveryFactory.create(state="held")
    url = reverse("outbox:cancel", args=[delivery.pk])
    assert press.post(url, {"reason": ""}).status_code == 422
    press.post(url, {"reason": "Ya no procede"})
    kept = Delivery.objects.get(pk=delivery.pk)
    assert (kept.state, kept.reason) == ("cancelled", "Ya no procede")


def told_everywhere(press: Client, words: str) -> list[bool]:
    """Whether the list, the page of the thing and its panel say it."""
    pages = [read(press, LIST), read(press, SUBJECT), press.get(PANEL, headers={"HX-Request": "true"}).content.decode()]
    return [words in page for page in pages]


@pytest.mark.parametrize(("minutes", "places"), [(1, 0), (180, 3)])
@time_machine.travel(NOW, tick=False)
def test_an_hour_until_which_it_is_held_is_told_where_it_is_known(press: Client, minutes: int, places: int) -> None:
    until = NOW + timedelta(minutes=minutes)
    DeliveryFactory.create(state="held", not_before=until)
    assert sum(told_everywhere(press, _("held until %(when)s") % {"when": short_datetime(until)})) == places


@time_machine.travel(NOW, tick=False)
def test_the_hour_of_the_next_try_is_no_hour_until_which_it_is_held(press: Client) -> None:
    until = NOW + timedelta(minutes=15)
    AccountStop.objects.create(channel="email", kind="expired", since=NOW, until=until)
    DeliveryFactory.create(channel="email", state="held", not_before=until)
    assert told_everywhere(press, _("held until %(when)s") % {"when": short_datetime(until)}) == [False] * 3


def test_what_left_for_one_purpose_does_not_say_which(press: Client) -> None:
    DeliveryFactory.create_batch(2, state="rejected")
    assert f">{_('Release')}<" not in read(press, SUBJECT)


def test_a_correction_is_told_from_the_release(press: Client) -> None:
    DeliveryFactory.create(state="rejected")
    DeliveryFactory.create_batch(2, state="accepted", purpose="correction")
    page = read(press, SUBJECT)
    assert [f">{word}<" in page for word in (_("Release"), _("Correction"))] == [True, True]
    panel = press.get(PANEL, headers={"HX-Request": "true"}).content.decode()
    assert f"({_('Correction').lower()})" in panel


def test_the_ways_by_hand_count_all_that_is_to_be_done(press: Client) -> None:
    DeliveryFactory.create(channel="telephone", state="to_do")
    DeliveryFactory.create(channel="telephone", state="to_do", purpose="correction")
    assert [count for _url, _label, count in press.get(SUBJECT).context["by_hand"]] == [2]


def test_a_way_that_there_never_was(press: Client) -> None:
    assert press.get(reverse("outbox:account", args=["paloma"])).status_code == 404


def test_all_that_goes_along_is_named(press: Client) -> None:
    files = {
        "photos": [{"filename": "foto.jpg"}],
        "video": {"filename": "video.mp4"},
        "thumbnail": {"filename": "m.png"},
    }
    assert "foto.jpg, video.mp4, m.png" in page_of(press, message__payload={"text": "Hola", **files})


@pytest.mark.parametrize(("purpose", "times"), [("request", 0), ("release", 1)])
def test_what_a_person_noted_about_a_citizen_is_not_for_everyone(
    client: Client, auditor: User, head_of_press: User, purpose: str, times: int
) -> None:
    delivery = DeliveryFactory.create(channel="telephone", state="to_do", purpose=purpose)
    record_by_hand(delivery, outcome="no_answer", by=head_of_press, now=NOW, note="Contestó su hermana")
    client.force_login(auditor)
    page = read(client, reverse("outbox:detail", args=[delivery.pk]))
    assert page.count(_("recorded what was done by hand")) == times
