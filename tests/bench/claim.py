"""Claiming 20 of a ledger of 1,000,000 rows, against 20 of 10,000: alone, and beside a report that sees the past."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import psycopg2
from django.db import connection
from django.utils import timezone

from commsoffice.outbox.actions.claim import claim
from tests.bench import Figure

_SMALL, _BIG = 10_000, 1_000_000
_AT_ONCE = 20
# Interleaved: so many claims here, then so many there.
_ROUNDS, _CLAIMS = 6, 15
_CLAIMED_BESIDE = 5_000
_BAR = 1.3

# A working ledger: nine in ten are settled, the rest is due. Inserts of settled rows pass the table of moves.
_FILL = """
    INSERT INTO outbox_message (channel, payload, sha256, created_at) VALUES ('email', '{}', 'x', now());
    INSERT INTO outbox_delivery (
        key, purpose, channel, account, recipient, recipient_name, recipient_ref, message_id, personal,
        subject_type, subject_id, subject_label, subject_version, area, is_slow, state, reason, cancel_reason,
        planned_for, not_before, created_at, settled_at, asks_word, fence, attempts_made, asks_made,
        remote_id, remote_url, progress
    )
    SELECT 'bench:' || n, 'release', 'email', '', 'r' || n || '@medio.example', 'Redacción ' || n,
        'media_contacts.contact:' || n %% 500, (SELECT max(id) FROM outbox_message), '{}',
        'pressreleases.release', n / 40, 'Alumbrado completo', 'v1', 'A09', false,
        CASE WHEN n %% 10 < %(settled)s THEN 'accepted' ELSE 'queued' END, '', '',
        at, at, at, CASE WHEN n %% 10 < %(settled)s THEN at END, false, 0, 0, 0, '', '', '{}'
    FROM (SELECT n, now() - interval '1 day' + n * interval '50 milliseconds' AS at
          FROM generate_series(1, %(rows)s) AS n) AS rows
"""


def figures() -> Iterator[Figure]:
    """Alone, two claimers at once, and with an old snapshot held beside the big one only."""
    home = str(connection.settings_dict["NAME"])
    small, big = _ledger(home, _SMALL), _ledger(home, _BIG)
    try:
        ours, floor = _interleaved(big, small)
        yield Figure("claim 20 of 1,000,000 deliveries, against of 10,000", ours, floor, _BAR, at_most=True)
        _use(big)
        doubled = _two_at_once()
        yield Figure("of 2 × 1,000 claimed at once, claimed twice", 1.0 + doubled, 1.0, 1.0, at_most=True, unit="")
        with _report(big):
            # What was claimed meanwhile lies before the queue's head, and cannot be cleared away for the report's sake.
            _use(big)
            claim(timezone.now(), limit=_CLAIMED_BESIDE)
            ours, floor = _interleaved(big, small)
        yield Figure("the same while a long report holds an old snapshot", ours, floor, _BAR, at_most=True)
    finally:
        _use(home)
        with connection.cursor() as cursor:
            for name in (small, big):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _interleaved(big: str, small: str) -> tuple[float, float]:
    """Median seconds of a claim: (of the big ledger, of the small one)."""
    seconds: dict[str, list[float]] = {big: [], small: []}
    for number in range(_ROUNDS):
        for name in (big, small) if number % 2 else (small, big):
            _use(name)
            # The first fills the caches of a new connection.
            claim(timezone.now(), limit=_AT_ONCE)
            seconds[name] += [_timed() for _ in range(_CLAIMS)]
    return median(seconds[big]), median(seconds[small])


def _timed() -> float:
    began = time.perf_counter()
    claimed = claim(timezone.now(), limit=_AT_ONCE, slow=False)
    took = time.perf_counter() - began
    if len(claimed) != _AT_ONCE:
        raise AssertionError(f"{len(claimed)} claimed instead of {_AT_ONCE}")
    return took


def _two_at_once() -> int:
    """Claim with two connections at once; how many were claimed twice."""
    claimed: list[list[int]] = [[], []]
    barrier = threading.Barrier(2)

    def work(mine: list[int]) -> None:
        try:
            barrier.wait()
            while len(mine) < 1_000:
                mine += [delivery.pk for delivery in claim(timezone.now(), limit=_AT_ONCE)]
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = claimed[0] + claimed[1]
    if len(everything) < 2_000:
        raise AssertionError(f"Only {len(everything)} were claimed")
    return len(everything) - len(set(everything))


def _ledger(home: str, rows: int) -> str:
    """A database like ours with so many deliveries; its name."""
    name = f"{home}_{rows}"
    _use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{home}"')
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    _use(name)
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"rows": rows, "settled": 0 if rows == _SMALL else 5})
        cursor.execute("VACUUM ANALYZE outbox_delivery")
        # What was just filled in is written out now and not by the claims.
        cursor.execute("CHECKPOINT")
    return name


def _use(name: str) -> None:
    """Let Django's connections speak to this database from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def _report(name: str) -> Iterator[None]:
    """A long report on another connection, which sees the ledger as it was when it began."""
    at = connection.settings_dict
    other = psycopg2.connect(host=at["HOST"], port=at["PORT"], user=at["USER"], password=at["PASSWORD"], dbname=name)
    try:
        other.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM outbox_delivery WHERE id < 100")
        yield
    finally:
        other.close()
