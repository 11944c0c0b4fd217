"""A person in front of a browser: what they see must be without complaints and open to everybody."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, Response, expect

from commsoffice.stack import browser

ARGUMENTS = (
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
)
TELEPHONE, TABLET, DESK = (360, 780), (768, 1024), (1440, 900)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe().axe_script
# Milliseconds until a page counts as stuck, on a machine that is busy elsewhere too.
PATIENCE = 60_000
# Pictures of every screen, for people to look at: JOURNEY_SHOTS=<folder>.
SHOTS = os.environ.get("JOURNEY_SHOTS", "")


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine."""
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=browser.find(), args=list(ARGUMENTS))


class Visitor:
    """One browser window that shares nothing with the others."""

    def __init__(self, chromium: Browser, site: str, size: tuple[int, int] = DESK) -> None:
        self.site = site
        self.size = size
        self.context: BrowserContext = chromium.new_context(
            locale="es-MX", viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        # A violation of the Content-Security-Policy is an error on the console too.
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _note(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def go(self, address: str) -> Page:
        """Open an address of the site, or a whole one."""
        self.page.goto(address if "://" in address else f"{self.site}{address}")
        return self.page

    @property
    def path(self) -> str:
        """Where the window is."""
        return urlsplit(self.page.url).path

    def find(self, selector: str, words: str | re.Pattern[str] = "") -> Locator:
        """Return the one element with these words."""
        return self.page.locator(selector).filter(has_text=words) if words else self.page.locator(selector)

    def press(self, selector: str, words: str = "") -> None:
        """Press a button or follow a link, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.find(selector, words).click()

    def post_twice(self, selector: str) -> list[str]:
        """Post a form twice at the same moment, as an impatient thumb does; return where the two answers led."""
        send = "(form) => fetch(form.action, {method: 'POST', body: new FormData(form)}).then((answer) => answer.url)"
        led: list[str] = self.find(selector).evaluate(f"(form) => Promise.all([({send})(form), ({send})(form)])")
        return led

    def look(self, name: str) -> None:
        """Judge the page as it stands: nothing that keeps people out, no scrolling sideways.

        What is wrong joins the complaints, so that one run names all of it.
        """
        self.page.wait_for_load_state("load")
        self.page.evaluate(AXE)
        for scheme in ("light", "dark"):
            self.complaints += [f"{name}, {scheme}: {barrier}" for barrier in self._barriers(scheme)]
        for width in (TELEPHONE[0], DESK[0]):
            self.page.set_viewport_size({"width": width, "height": self.size[1]})
            excess = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if excess > 0:
                self.complaints.append(f"{name} is {excess} px too wide at {width} px")
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        if SHOTS:
            self._draw(name)

    def _barriers(self, scheme: Literal["light", "dark"]) -> Iterator[str]:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # Colours glide, even if quickly; they are judged at rest.
        self.page.evaluate("Promise.allSettled(document.getAnimations().map((animation) => animation.finished))")
        # In the dark only the colours differ.
        only = {"type": "tag", "values": RULES} if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}
        found = self.page.evaluate("(options) => axe.run(options)", {"runOnly": only, "resultTypes": ["violations"]})
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        for rule in found["violations"]:
            for node in rule["nodes"]:
                why = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
                yield f"{rule['id']}: {node['html'][:200]} {why[:1]}"

    def _draw(self, name: str) -> None:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        for width, height in (TELEPHONE, TABLET, DESK):
            self.page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                # Photographs are loaded when they come into sight.
                self.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
                self.page.wait_for_timeout(150)
                self.page.evaluate("window.scrollTo(0, 0)")
                # Hiding the caret would put a style on the editor, which the policy rightly refuses.
                self.page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True, caret="initial")
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})

    @contextmanager
    def expecting_refusal(self) -> Iterator[None]:
        """An answer that refuses stands on the browser's console as an error; here it is what is wanted."""
        before = list(self.complaints)
        yield
        refused = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
        self.complaints = before + [line for line in self.complaints[len(before) :] if not refused.search(line)]

    def close(self) -> None:
        """Close the window; whatever was wrong on its pages is said now."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)
