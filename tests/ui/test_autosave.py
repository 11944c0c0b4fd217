"""The editor saves by itself while people write; whoever presses the button meanwhile doesn't meet himself."""

import pytest
from playwright.sync_api import APIResponse, Dialog, Route, expect

from commsoffice.accounts.models import User
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from tests.pressreleases.factories import release_in
from tests.ui.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# Before the browser starts, which leaves no room for the database in this thread.
@pytest.fixture
def release(writer: User, director: User) -> Release:
    return release_in(ReleaseState.DRAFT, writer=writer, director=director)


def test_the_button_waits_for_the_saving_that_is_under_way(release: Release, visit: Visit) -> None:
    page = visit.open(f"/mesa/comunicados/{release.pk}/editar/")
    version = int(page.locator("#id_version").input_value())
    on_its_way: list[tuple[Route, APIResponse]] = []

    def hold_the_answer(route: Route) -> None:
        if "hx-request" in route.request.headers:
            on_its_way.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/editar/", hold_the_answer)
    with page.expect_request(lambda request: "hx-request" in request.headers):
        page.fill("#id_lead", "Las cuadrillas cambiaron los focos.")
    page.fill("#id_title", "Otro encabezado")
    page.locator(".co-actions button[form=texto]").first.click(no_wait_after=True)
    while not on_its_way:
        page.wait_for_timeout(20)
    route, answer = on_its_way.pop()
    route.fulfill(response=answer)
    expect(page.locator("#id_version")).to_have_value(str(version + 2))
    expect(page.locator("#id_title")).to_have_value("Otro encabezado")
    expect(page.locator("#h-conflict")).to_have_count(0)


def test_who_leaves_before_it_is_saved_is_asked(release: Release, visit: Visit) -> None:
    page = visit.open(f"/mesa/comunicados/{release.pk}/editar/")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.fill("#id_lead", "Las cuadrillas cambiaron los focos.")
    page.locator(f"a[href='/mesa/comunicados/{release.pk}/fotos/']").first.click(no_wait_after=True)
    expect(page.locator("#saved")).not_to_be_empty()
    assert asked == ["beforeunload"]
    expect(page.locator("#id_lead")).to_have_value("Las cuadrillas cambiaron los focos.")
    # Saved by itself meanwhile: nobody is asked any more.
    page.locator(f"a[href='/mesa/comunicados/{release.pk}/fotos/']").first.click()
    page.wait_for_url("**/fotos/")
    assert asked == ["beforeunload"]
