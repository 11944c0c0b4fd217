import re
from contextlib import suppress

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, expect

from commsoffice.accounts.models import User
from tests.ui.conftest import Visit

GALLERY = "/mesa/componentes/"


def test_the_gallery_is_for_the_people_of_the_office(client: Client, intern: User) -> None:
    assert client.get(reverse("ui:gallery")).status_code == 302
    client.force_login(intern)
    assert client.get(reverse("ui:gallery")).status_code == 200


def test_an_error_is_named_by_its_field(client: Client, intern: User) -> None:
    client.force_login(intern)
    html = client.get(reverse("ui:gallery")).content.decode()
    field = re.search(r'<input[^>]*name="starts"[^>]*>', html)
    assert field is not None
    assert "id_starts_error" in field.group()
    assert 'id="id_starts_error"' in html


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visit", ["light", "dark"], indirect=True)
def test_the_gallery_is_accessible_and_fits(visit: Visit) -> None:
    for width in (360, 768, 1440):
        visit.open(GALLERY, width=width)
        assert (width, visit.violations(), visit.sideways(), visit.complaints) == (width, [], 0, [])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_editor_writes_into_its_field_under_the_policy(visit: Visit) -> None:
    page = visit.open(GALLERY)
    editor = page.get_by_role("textbox", name=re.compile("Cuerpo|Body"))
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("Orientación gratuita.")
    expect(page.locator("#id_body")).to_have_value(re.compile(r"Orientación gratuita\."))
    expect(page.get_by_role("button", name=re.compile("^(Negrita|Bold)$"))).to_be_visible()
    assert visit.complaints == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_undone_asks_once(visit: Visit) -> None:
    page = visit.open(GALLERY)
    button = page.locator("form[data-confirm] button")
    button.click()
    dialog = page.locator("dialog#confirm")
    expect(dialog).to_be_visible()
    dialog.locator('[value="no"]').click()
    expect(dialog).to_be_hidden()
    assert page.url.endswith(GALLERY)
    button.click()
    dialog.locator('[value="yes"]').click()
    page.wait_for_url("**/?*")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_bar_of_bulk_actions_counts_the_ticks(visit: Visit) -> None:
    page = visit.open(GALLERY)
    page.locator('input[name="ids"]').nth(0).check()
    expect(page.locator("[data-bulk-bar] b")).to_have_text("2")
    page.locator('input[name="ids"]').nth(0).uncheck()
    page.locator('input[name="ids"]').nth(1).uncheck()
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_keys_go_home_and_begin_a_new_one(visit: Visit) -> None:
    page = visit.open(GALLERY)
    page.keyboard.press("n")
    page.wait_for_url("**#s-for")
    page.locator("body").click(position={"x": 5, "y": 5})
    home = re.compile(r"/mesa/$")
    for _ in range(20):
        # The page waits less than a second for the second key; a busy machine may take longer, and people try again.
        page.keyboard.press("g")
        page.keyboard.press("h")
        with suppress(Error):
            page.wait_for_url(home, timeout=3000)
            break
    expect(page).to_have_url(home)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_menu_closes_with_escape_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.open(GALLERY)
    page.locator("summary.co-user").click()
    expect(page.locator(".co-menu__list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".co-menu__list")).to_be_hidden()
    expect(page.locator("summary.co-user")).to_be_focused()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_refused_says_so_beside_the_file(visit: Visit) -> None:
    """The gallery takes no files: it answers 405, the row says that it failed, and trying again is not offered."""
    page = visit.open(GALLERY)
    page.set_input_files("#id_photos", {"name": "DSC_1.JPG", "mimeType": "image/jpeg", "buffer": b"x" * 2000})
    row = page.locator("[data-upload-list] > li")
    row.locator('[data-word="failed"]').wait_for()
    expect(row.locator("[data-name]")).to_have_text("DSC_1.JPG")
    expect(row.locator("[data-again]")).to_be_hidden()
