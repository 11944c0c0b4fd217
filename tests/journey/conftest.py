"""One running office and one Chromium for all these tests, and windows as they are needed."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journey.office import RunningOffice
from tests.journey.visitor import DESK, Visitor, launch


@pytest.fixture(scope="package")
def office() -> Iterator[RunningOffice]:
    """The whole house as `make run` starts it; Ctrl-C leaves no process."""
    running = RunningOffice()
    try:
        yield running
    finally:
        code, left = running.end()
    assert (code, left) == (0, [])


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A real browser. It ends with these tests: its loop must not run under other tests."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def window(chromium: Browser, office: RunningOffice) -> Iterator[Callable[..., Visitor]]:
    """Open windows; each must end without a complaint."""
    opened: list[Visitor] = []

    def open_one(size: tuple[int, int] = DESK) -> Visitor:
        opened.append(Visitor(chromium, office.site, size))
        return opened[-1]

    yield open_one
    for visitor in opened:
        visitor.close()
