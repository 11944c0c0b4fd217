"""Connecting a page and a channel in the browser, by the consent pages of the simulated network."""

import re

import pytest
from playwright.sync_api import expect

from tests.journey import press
from tests.journey.office import RunningOffice
from tests.journey.press import Window
from tests.journey.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.xdist_group("office")]


def leave_for(manager: Visitor, account: str) -> str:
    """Open the account and follow its link to the network; return the account's address."""
    manager.go("/mesa/redes/")
    manager.press("main th a.co-quiet", account)
    page = manager.path
    manager.press("main a[href$='/conectar/']")
    assert manager.page.url.startswith("http://127.0.0.1")
    return page


@pytest.mark.parametrize(
    ("account", "yes"), [("Gobierno de Valle de Amatista", "Continuar como"), ("Amatista TV", "Continuar")]
)
def test_an_account_is_connected_anew(office: RunningOffice, window: Window, account: str, yes: str) -> None:
    manager = press.sign_in(window, office, "Community manager")
    page = leave_for(manager, account)
    manager.press("button", yes)
    assert re.fullmatch(r"/mesa/redes/\d+/elegir/", manager.path)
    assert "code" not in manager.page.url
    manager.look(f"redes-elegir-{len(account)}")
    expect(manager.page.get_by_role("radio", name=account)).to_be_checked()
    manager.press("main form button[type=submit]")
    assert manager.path == page
    expect(manager.page.locator(".co-head .is-done")).to_be_visible()
    manager.look(f"redes-cuenta-{len(account)}")


def test_who_says_no_comes_back_to_the_account(office: RunningOffice, window: Window) -> None:
    manager = press.sign_in(window, office, "Community manager")
    page = leave_for(manager, "Amatista TV")
    manager.press("button", "Cancelar")
    assert manager.path == page
    expect(manager.page.locator(".co-head .is-done")).to_be_visible()
    manager.go("/mesa/redes/")
    manager.look("redes")
