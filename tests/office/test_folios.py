"""Folios: no gap and no double, however many ask at once."""

import threading

import pytest
from django.db import connection, transaction

from commsoffice.office.actions import next_folio

THREADS, EACH = 8, 12


def at_once(work) -> None:
    """Run `work(thread number)` in all threads, beginning together."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_no_gap_and_no_double_under_concurrency() -> None:
    given: list[str] = []

    def work(number: int) -> None:
        for _ in range(EACH):
            with transaction.atomic():
                folio = next_folio("BOL", 2026)
            given.append(folio)

    at_once(work)
    assert sorted(given) == [f"BOL-2026-{number:04d}" for number in range(1, THREADS * EACH + 1)]


@pytest.mark.django_db(transaction=True)
def test_rolled_back_leave_no_gap() -> None:
    given: list[str] = []

    def work(number: int) -> None:
        for turn in range(EACH):
            with transaction.atomic():
                folio = next_folio("INV", 2026)
                if is_undone := (turn + number) % 3 == 0:
                    transaction.set_rollback(True)
            if not is_undone:
                given.append(folio)

    at_once(work)
    assert sorted(given) == [f"INV-2026-{number:04d}" for number in range(1, len(given) + 1)]


@pytest.mark.django_db
def test_each_series_and_year_counts_alone() -> None:
    assert [next_folio("BOL", 2026), next_folio("BOL", 2027), next_folio("AC", 2026, digits=6)] == [
        "BOL-2026-0001",
        "BOL-2027-0001",
        "AC-2026-000001",
    ]


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        next_folio("BOL", 2026)
