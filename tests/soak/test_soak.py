"""A quick round of the soak, and proof that it finds what it looks for."""

import pytest

from tests.soak.called import soak

pytestmark = pytest.mark.django_db(transaction=True)
# A mail whose worker dies around the final dot.
_DOT = ("--strike", "kill", "--story", "plain", "--only", "email: final dot")


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


@pytest.mark.parametrize(
    ("plant", "point", "word", "said"),
    [
        # Believed to be pulled back, and public at its hour.
        ("trusting", "facebook: feed after the pause", "doubled", "in spite of the pause"),
        # Given up where it had only to wait.
        ("gives-up", "facebook: feed as the token dies", "lost", " is rejected "),
        # Marked as read before it was counted.
        ("hasty", "mailbox: FETCH", "lost", "in the mailbox and not counted"),
        # Corrected for all but those for whom it was just leaving.
        ("careless", "email: final dot as it is corrected", "lost", "not told"),
    ],
)
def test_what_people_rely_on_is_found_broken(plant: str, point: str, word: str, said: str) -> None:
    found = soak("--runs", "4", "--strike", "kill", "--only", point, "--plant", plant)
    assert (found.code, getattr(found, word) > 0, said in found.said) == (1, True, True), found.said
