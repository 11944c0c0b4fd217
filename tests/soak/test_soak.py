"""A quick round of the soak, and proof that it finds what it looks for."""

import os
import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection

from tests.soak.stage import DATABASE

pytestmark = pytest.mark.django_db(transaction=True)


def soak(*options: str) -> tuple[int, dict[str, int], str]:
    """Run it on the database of the tests; its exit code, the figures of its last line, and all it said."""
    at = connection.settings_dict
    login = quote(at["USER"], safe="") + (f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else "")
    address = f"postgres://{login}@{quote(at['HOST'], safe='')}:{at['PORT']}/{quote(at['NAME'], safe='')}"
    connection.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", *options],
        env={**os.environ, DATABASE: address},
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{done.stdout}\n{done.stderr}"
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    figures = re.fullmatch(r"lost (\d+) doubled (\d+) unresolved (\d+)", last)
    assert figures, said
    return done.returncode, dict(zip(("lost", "doubled", "unresolved"), map(int, figures.groups()), strict=True)), said


def test_nothing_is_lost_and_nothing_doubled() -> None:
    code, figures, said = soak("--quick")
    assert (code, figures) == (0, {"lost": 0, "doubled": 0, "unresolved": 0}), said


def test_a_blind_retry_is_found() -> None:
    code, figures, said = soak("--runs", "4", "--only", "email: final dot", "--plant", "blind-retry")
    assert (code, figures["doubled"] > 0) == (1, True), said


def test_what_never_left_and_what_was_thrown_away_is_found() -> None:
    code, figures, said = soak("--runs", "3", "--only", "email: final dot", "--plant", "forgetful")
    found = (" is accepted (); 0 outside" in said, "no longer in the ledger" in said)
    assert (code, figures["lost"] > 0, *found) == (1, True, True, True), said
