"""Where REQUIRE_BROWSER=1 is set nothing may be skipped: a skipped test is a promise that nobody checked."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green run with skipped tests red."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # Only the process that speaks to the console has seen all reports.
    if reporter is None or os.environ.get("REQUIRE_BROWSER") != "1":
        return
    skipped = len(reporter.stats.get("skipped", []))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"REQUIRE_BROWSER=1 forbids skipping, and {skipped} tests were skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
