"""How long to wait and how often to try: the numbers, in one place."""

import random
from datetime import timedelta

# After so many calls that were answered «not now», a person has to look at it.
SEND_LIMIT = 8
AT_ONCE = timedelta(0)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
# A mail server that refuses our password is asked again after this; an account waits until it is connected.
CREDENTIALS_WAIT = timedelta(minutes=15)
# A mistaken tap on a list by hand is taken back within this; later others have built on it.
UNDO_LASTS = timedelta(days=1)
# After the hour of a scheduled one, before it is looked for among the public.
LIVE_MARGIN = timedelta(minutes=1)
# A gate that doesn't know until when is asked again.
GATE_WAIT = timedelta(minutes=1)
# What was due longer ago than this when a pause ends is stale: it leaves only after a person's word, which gives
# it so much time to leave.
FRESH = timedelta(minutes=30)
WORD_LASTS = timedelta(hours=2)
# Before the other side is asked about an unknown: what was on its way arrives first.
FIRST_ASK = timedelta(seconds=30)
# The same, of a worker that fell silent: it may live, and its call hang. Longer than the longest silence of any call.
FIRST_ASK_AFTER_SILENCE = timedelta(minutes=2)
# After the other side took what it has yet to work on, before it is asked what became of it; six times in two days.
FIRST_PROOF = timedelta(minutes=2)
PROOF_LIMIT = 6
_ASK_FACTOR = 4
# So that a thousand that were refused together don't all come back together.
_JITTER = 0.1
# And what an hour was announced for isn't late by more.
_LONGEST_JITTER = timedelta(minutes=1)


def retry_wait(attempts_made: int, announced: timedelta | None = None) -> timedelta:
    """How long to wait after the n-th call: doubling, with jitter, never less than was announced."""
    wait: timedelta = min(FIRST_WAIT * 2 ** max(attempts_made - 1, 0), LONGEST_WAIT)
    if announced is not None and announced > wait:
        wait = announced
    return wait + min(wait * _JITTER, _LONGEST_JITTER) * random.random()  # noqa: S311  chance, not secrecy


def ask_wait(asks_made: int) -> timedelta:
    """How long to wait before asking once more."""
    return FIRST_ASK * int(_ASK_FACTOR**asks_made)


def proof_wait(asks_made: int) -> timedelta:
    """How long to wait before asking once more what became of it."""
    return FIRST_PROOF * int(_ASK_FACTOR**asks_made)
