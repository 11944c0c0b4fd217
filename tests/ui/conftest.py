"""A real browser on a live server; the person is signed in before the browser starts."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from commsoffice.accounts.models import User
from commsoffice.office.models import Office

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page names, the browser knows this machine only.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

# Milliseconds until a page counts as stuck, on a machine that is busy elsewhere too.
PATIENCE = 60_000


@pytest.fixture(autouse=True)
def profile(db: None) -> Office:
    """The office that every page names. A test with real transactions empties all tables behind itself."""
    return Office.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Dirección de Comunicación Social",
            "government": "Gobierno de Valle de Amatista",
            "municipality": "Valle de Amatista",
            "state": "Anáhuac",
            "email": "comunicacionsocial@amatista.example",
        },
    )[0]


@dataclass
class Visit:
    """A page in Chromium, and what the browser complained about."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, *, width: int = 1440) -> Page:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def violations(self) -> list[str]:
        """What axe finds (WCAG 2.0 to 2.2 A and AA, and best practices)."""
        return [
            f"{rule['id']}: {node['html'][:120]}"
            for rule in Axe().run(self.page).response["violations"]
            for node in rule["nodes"]
        ]

    def sideways(self) -> int:
        """How many pixels wider than the window the page is."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(params=["light"])
def visit(request: pytest.FixtureRequest, live_server: LiveServer, director: User) -> Iterator[Visit]:
    """Chromium with the director signed in; the scheme can be parametrised."""
    client = Client()
    client.force_login(director)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM_BIN", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        context = browser.new_context(color_scheme=request.param, locale="es-MX")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        context.set_default_timeout(PATIENCE)
        found = Visit(context.new_page(), live_server.url)
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on(
            "console",
            lambda message: found.complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        yield found
        browser.close()
