"""A page that asks us to wait, or that must be connected again: the whole account stops, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import gettext
from pytest_django.fixtures import Settings

from commsoffice.outbox.actions import ask_due, resume_account, send_due
from commsoffice.outbox.models import AccountStop, Delivery
from commsoffice.sandbox import seed
from commsoffice.ui.dates import short_datetime
from social.channels.common import mark_expired
from social.channels.facebook_client import Graph
from social.channels.facebook_errors import rule_for
from social.models import Profile
from tests.sandbox.conftest import mp4, png
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, PageFactory, attachment, now, queue

Run = Callable[[Delivery], Delivery]

FEED = {"method": "^POST$", "path": "/feed$"}
OWN = {**FEED, "path": f"/{seed.PAGE_GOVERNMENT_ID}/feed$"}
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _gates(settings: Settings) -> None:
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.not_before", "commsoffice.outbox.gates.account_open"]


@pytest.fixture
def page() -> Profile:
    return PageFactory.create()


@pytest.fixture
def other_page() -> Profile:
    return PageFactory.create(
        key="R05",
        name=seed.PAGE_PROTECTION_NAME,
        external_id=seed.PAGE_PROTECTION_ID,
        credentials={"access_token": seed.PAGE_PROTECTION_TOKEN},
        is_default=False,
    )


def post(page: Profile, text: str, **more: Any) -> Delivery:
    return queue("facebook", page, {"message": text, "link": "", "photos": [], **more}, version=text)


def states() -> dict[str, str]:
    rows = Delivery.objects.filter(channel="facebook").select_related("message")
    return {row.message.payload["message"]: row.state for row in rows}


def calls_of(sandbox: SandboxProcess, page: Profile) -> int:
    """How many calls were made to anything of a page, from the network's own record."""
    return sum(1 for call in sandbox.state()["calls"] if page.external_id in call["path"])


def called(sandbox: SandboxProcess, method: str) -> int:
    """How many calls of one method were made to Facebook."""
    return sum(1 for call in sandbox.state()["calls"] if (call["service"], call["method"]) == ("graph", method))


THROTTLES = ["user_throttle", "page_throttle", "throttle", "blocked"]


@pytest.mark.parametrize("fault", THROTTLES)
def test_a_throttled_account_makes_no_call_until_its_time_and_the_other_goes_on(
    fault: str, sandbox: SandboxProcess, page: Profile, other_page: Profile
):
    post(page, "uno")
    post(page, "dos")
    post(other_page, "tres")
    sandbox.fault("graph", fault, match=OWN, minutes=47)
    at = now()
    send_due(at)
    assert states() == {"uno": "held", "dos": "held", "tres": "accepted"}
    stop = AccountStop.objects.get()
    assert (stop.account, stop.kind, calls_of(sandbox, page)) == ("R01", "throttled", 1)
    assert stop.until is not None
    post(page, "cuatro")
    for step in (0.1, 0.5, 0.9):
        Delivery.objects.filter(state="held").update(state="queued")
        Delivery.objects.filter(state="queued").update(not_before=at)
        send_due(at + (stop.until - at) * step)
    assert (calls_of(sandbox, page), states()["tres"], states()["cuatro"]) == (1, "accepted", "held")
    Delivery.objects.filter(state="held").update(state="queued", not_before=at)
    send_due(stop.until + MINUTE)
    assert sorted(item["message"] for item in sandbox.posts()) == ["cuatro", "dos", "uno"]


def test_a_throttled_application_stops_all_its_pages_with_one_call_and_nothing_else(
    sandbox: SandboxProcess, page: Profile, other_page: Profile
):
    post(page, "uno")
    post(other_page, "dos")
    post(page, "tres")
    channel = ChannelFactory.create()
    film = attachment(mp4(300_000), "recorrido.mp4", "video/mp4")
    queue("youtube", channel, {"title": "Recorrido", "privacy": "public", "video": film})
    sandbox.fault("graph", "app_throttle", match=FEED, minutes=47)
    at = now()
    send_due(at)
    stop = AccountStop.objects.get()
    assert stop.until is not None
    assert (stop.channel, stop.account, called(sandbox, "POST")) == ("facebook", "", 1)
    assert set(states().values()) == {"held"}
    words = gettext("The network asks all our accounts to wait until %(when)s.")
    assert {row.reason for row in Delivery.objects.filter(channel="facebook")} == {
        words % {"when": short_datetime(stop.until)}
    }
    assert (Delivery.objects.get(channel="youtube").state, len(sandbox.videos())) == ("confirmed", 1)
    Delivery.objects.filter(state="held").update(state="queued", not_before=at)
    send_due(stop.until - MINUTE)
    assert called(sandbox, "POST") == 1
    Delivery.objects.filter(state="held").update(state="queued", not_before=at)
    send_due(stop.until + MINUTE)
    assert (states(), called(sandbox, "POST")) == (dict.fromkeys(["uno", "dos", "tres"], "accepted"), 4)


def test_a_throttled_application_is_asked_no_questions_by_any_page(
    sandbox: SandboxProcess, page: Profile, other_page: Profile
):
    post(page, "uno")
    post(other_page, "dos")
    sandbox.fault("graph", "drop_before", match=FEED, times=2)
    send_due(now())
    sandbox.fault("graph", "app_throttle", match={"method": "^GET$"})
    ask_due(now() + MINUTE)
    asked = called(sandbox, "GET")
    ask_due(now() + 5 * MINUTE)
    assert (set(states().values()), called(sandbox, "GET")) == ({"unknown"}, asked)


@pytest.mark.parametrize("code", [4, 341])
def test_what_concerns_the_application_is_no_matter_of_one_page(code: int):
    assert rule_for({"code": code}).of_application is True


@pytest.mark.parametrize(
    ("fault", "minutes"), [("page_throttle", 47), ("throttle", 47), ("app_throttle", 15), ("blocked", 60)]
)
def test_the_announced_time_is_waited_and_else_one_of_our_own(
    fault: str, minutes: int, sandbox: SandboxProcess, page: Profile
):
    post(page, "uno")
    sandbox.fault("graph", fault, match=FEED, minutes=47)
    at = now()
    send_due(at)
    until = AccountStop.objects.get().until
    assert until is not None
    # The engine adds up to a tenth, so that not all come back together.
    assert minutes * MINUTE <= until - at <= (minutes + 1) * MINUTE * 1.1


def test_a_throttle_while_preparing_stops_before_the_next_photograph(sandbox: SandboxProcess, page: Profile):
    photos = [attachment(png(number), f"{number}.png", "image/png") for number in range(4)]
    post(page, "uno", photos=photos)
    sandbox.fault("graph", "page_throttle", match={"path": "/photos$"}, skip=1, minutes=5)
    send_due(now())
    assert (states(), calls_of(sandbox, page)) == ({"uno": "held"}, 2)


def test_a_throttled_account_is_asked_no_questions_either(sandbox: SandboxProcess, page: Profile):
    post(page, "uno")
    sandbox.fault("graph", "drop_before", match=FEED)
    send_due(now())
    sandbox.fault("graph", "page_throttle", match={"method": "^GET$"}, minutes=30)
    ask_due(now() + MINUTE)
    before = calls_of(sandbox, page)
    ask_due(now() + 20 * MINUTE)
    assert (states(), calls_of(sandbox, page) - before) == ({"uno": "unknown"}, 0)
    ask_due(now() + 60 * MINUTE)
    assert states() == {"uno": "queued"}


@pytest.mark.parametrize("reason", ["expired_token", "password_changed", "checkpoint", "app_removed"])
def test_a_revoked_token_stops_that_account_only_until_it_is_connected_again(
    reason: str, sandbox: SandboxProcess, page: Profile, other_page: Profile
):
    post(page, "uno")
    post(other_page, "dos")
    sandbox.revoke_facebook(reason, seed.PAGE_GOVERNMENT_TOKEN)
    send_due(now())
    assert states() == {"uno": "held", "dos": "accepted"}
    page.refresh_from_db()
    assert (page.state, AccountStop.objects.get().kind, calls_of(sandbox, page)) == ("expired", "expired", 1)
    send_due(now() + timedelta(days=2))
    assert calls_of(sandbox, page) == 1
    graph = Graph(seed.USER_TOKEN)
    token = graph.get(page.external_id, fields="access_token")["access_token"]
    graph.close()
    Profile.objects.filter(pk=page.pk).update(state="connected")
    page.refresh_from_db()
    page.credentials = {"access_token": token}
    page.save(update_fields=["credentials"])
    resume_account("facebook", page.key, now=now())
    Delivery.objects.filter(state="held").update(state="queued")
    send_due(now() + MINUTE)
    assert (states(), len(sandbox.posts())) == ({"uno": "accepted", "dos": "accepted"}, 1)


def test_who_connected_it_meanwhile_is_not_told_that_it_has_expired(page: Profile):
    page.credentials = {"access_token": "EAAG-nueva"}
    page.save(update_fields=["credentials"])
    before = PageFactory.build(pk=page.pk)
    assert (mark_expired(before), Profile.objects.get().state) == (False, "connected")


@pytest.mark.parametrize("fault", ["permission", "invalid_parameter"])
def test_a_refusal_stops_nothing_but_itself(fault: str, sandbox: SandboxProcess, page: Profile):
    post(page, "uno")
    post(page, "dos")
    sandbox.fault("graph", fault, match=FEED)
    send_due(now())
    assert (sorted(states().values()), AccountStop.objects.count()) == (["accepted", "rejected"], 0)


def test_a_storm_of_errors_ends_with_each_post_once(send: Run, ask: Run, sandbox: SandboxProcess, page: Profile):
    photos = [attachment(png(number), f"{number}.png", "image/png") for number in range(2)]
    delivery = post(page, "uno", photos=photos)
    for fault in ("bad_gateway", "http_500", "unavailable"):
        sandbox.fault("graph", fault, match={"path": "/photos$"}, skip=1)
    sandbox.fault("graph", "bad_gateway", match=FEED)
    sandbox.fault("graph", "accept_then_error", match=FEED)
    sandbox.fault("graph", "bad_gateway", match={"method": "^GET$"}, times=3)
    for _round in range(20):
        Delivery.objects.update(asks_made=0)
        delivery = send(delivery) if delivery.state == "queued" else ask(delivery)
        if delivery.state == "accepted":
            break
    assert (delivery.state, [item["message"] for item in sandbox.posts()]) == ("accepted", ["uno"])
