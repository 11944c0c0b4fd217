"""The ledger's pages and the work by hand, in a browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from commsoffice.outbox.models import AccountStop
from tests.outbox.factories import DeliveryFactory
from tests.ui.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REF = "media_contacts.contact:7"
LONG = "Coordinación Intermunicipal de Comunicadoras Comunitarias de la Sierra Norte de Anáhuac"
STATES = ("queued", "held", "scheduled", "accepted", "confirmed", "rejected", "unknown", "cancelled", "expired")


# Before the browser starts, which leaves no room for the database in this thread.
@pytest.fixture
def pages() -> dict[str, str]:
    now = timezone.now()
    common = {"channel": "facebook", "account": "R01", "recipient_name": LONG, "recipient_ref": REF, "created_at": now}
    made = {
        state: DeliveryFactory.create(state=state, not_before=now, publish_at=now + timedelta(hours=3), **common)
        for state in STATES
    }
    for channel in ("telephone", "whatsapp", "print"):
        DeliveryFactory.create(channel=channel, state="to_do", recipient="000 000 0101", recipient_name=LONG)
    AccountStop.objects.create(
        channel="facebook", account="R01", kind="throttled", since=now, until=now + timedelta(hours=2)
    )
    found = {name: reverse(f"outbox:{name}") for name in ("list", "accounts", "calls", "messages", "papers")}
    found["account"] = reverse("outbox:account_of", args=["facebook", "R01"])
    found["contact"] = reverse("outbox:contact", args=[REF])
    found["day"] = reverse("outbox:day", args=[timezone.localdate().isoformat()])
    found["an empty day"] = reverse("outbox:day", args=["2020-01-01"])
    found["subject"] = reverse("outbox:subject", args=["office.area", 1])
    for state in ("unknown", "scheduled", "held"):
        found[state] = reverse("outbox:detail", args=[made[state].pk])
    return found


@pytest.mark.parametrize("visit", ["light", "dark"], indirect=True)
def test_they_read_well(pages: dict[str, str], visit: Visit) -> None:
    found = {}
    for name, address in pages.items():
        for width in (360, 1440):
            page = visit.open(address, width=width)
            page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
            found[name, width] = (visit.violations(), visit.sideways())
    assert found == {(name, width): ([], 0) for name in pages for width in (360, 1440)}
    assert visit.complaints == []


def test_a_call_is_recorded_with_three_taps(pages: dict[str, str], visit: Visit) -> None:
    page = visit.open(pages["calls"], width=360)
    page.locator(".co-hand summary").first.click()
    page.locator('.co-hand button[value="delivered"]').first.click()
    page.locator(".co-hand__done").wait_for()
    # Who goes on with the keyboard stays in the list.
    expect(page.locator(".co-hand:focus, .co-hand :focus")).to_have_count(1)
    assert visit.open(pages["calls"]).locator(".co-hand").count() == 0


@pytest.mark.parametrize("visit", ["light", "dark"], indirect=True)
def test_a_mistaken_tap_is_undone_with_one(pages: dict[str, str], visit: Visit) -> None:
    page = visit.open(pages["calls"], width=360)
    for outcome in ("no_answer", "delivered"):
        page.locator(".co-hand summary").first.click()
        page.locator(f'.co-hand button[value="{outcome}"]').first.click()
        undo = page.locator('.co-hand form[action$="/deshacer/"] button')
        undo.wait_for()
        assert (visit.violations(), visit.sideways()) == ([], 0)
        box = undo.bounding_box()
        assert box is not None
        assert (box["height"] >= 44, box["width"] >= 44) == (True, True)
        undo.click()
        undo.wait_for(state="detached")
        assert page.locator(".co-hand__calls").count() == 0
        expect(page.locator(".co-hand:focus, .co-hand :focus")).to_have_count(1)
    page.locator(".co-hand summary").first.click()
    assert page.locator('.co-hand button[value="delivered"]').is_visible()
    assert visit.complaints == []


def test_a_thumb_reaches_the_buttons(pages: dict[str, str], visit: Visit) -> None:
    page = visit.open(pages["calls"], width=360)
    page.locator(".co-hand summary").first.click()
    boxes = [button.bounding_box() for button in page.locator(".co-hand button").all()]
    assert [box is not None and box["height"] >= 44 and box["width"] >= 44 for box in boxes] == [True] * 4


def test_a_message_is_marked_in_one_tap(pages: dict[str, str], visit: Visit) -> None:
    page = visit.open(pages["messages"], width=360)
    assert page.locator("[data-copy]").first.is_visible()
    page.locator('.co-hand__taps button[value="sent"]').first.click()
    page.locator(".co-hand__done").wait_for()
