"""A quick round of the soak, and proof that it finds what it looks for."""

import pytest

from tests.soak.called import soak

pytestmark = pytest.mark.django_db(transaction=True)
# A mail whose worker dies around the final dot.
_DOT = ("--strike", "kill", "--only", "email: final dot")


def test_nothing_is_lost_and_nothing_doubled() -> None:
    found = soak("--quick")
    assert found.is_clean, found.said


def test_a_blind_retry_is_found() -> None:
    found = soak("--runs", "4", *_DOT, "--plant", "blind-retry")
    assert (found.code, found.doubled > 0) == (1, True), found.said


def test_what_never_left_and_what_was_thrown_away_is_found() -> None:
    found = soak("--runs", "3", *_DOT, "--plant", "forgetful")
    kinds = (" is accepted (); 0 outside" in found.said, "no longer in the ledger" in found.said)
    assert (found.code, found.lost > 0, *kinds) == (1, True, True, True), found.said
