"""The page on which a recipient says that it arrived: in a browser, as he sees it."""

import pytest

from commsoffice.outbox.models import Delivery
from commsoffice.outbox.tokens import receipt_token
from tests.outbox.factories import DeliveryFactory
from tests.ui.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATES = ("accepted", "confirmed", "queued")


# Before the browser starts, which leaves no room for the database in this thread.
@pytest.fixture
def deliveries() -> dict[str, Delivery]:
    label = "Entrega de luminarias en la colonia El Mirador"
    return {state: DeliveryFactory.create(state=state, subject_label=label) for state in STATES}


@pytest.mark.parametrize("visit", ["light", "dark"], indirect=True)
def test_it_reads_well(deliveries: dict[str, Delivery], visit: Visit):
    found = {}
    for state, delivery in deliveries.items():
        for width in (360, 1440):
            visit.open(f"/acuse/{receipt_token(delivery.pk)}/", width=width)
            found[state, width] = (visit.violations(), visit.sideways())
    assert found == {(state, width): ([], 0) for state in STATES for width in (360, 1440)}
    assert visit.complaints == []


def test_one_tap_confirms(deliveries: dict[str, Delivery], visit: Visit):
    address = f"/acuse/{receipt_token(deliveries['accepted'].pk)}/"
    visit.open(address, width=360).locator("main button").click()
    visit.page.locator(".alert-success").wait_for()
    assert visit.open(address).locator("main button").count() == 0
