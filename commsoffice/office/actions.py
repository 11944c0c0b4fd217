"""What the office does for every room: folios."""

from django.db import transaction
from django.db.models import F

from commsoffice.office.models import FolioSequence


def next_folio(series: str, year: int, *, digits: int = 4) -> str:
    """Give the next folio of a series, for example ``BOL-2026-0001``.

    Call it last inside the verb's transaction: the sequence's row stays locked until that commits,
    so that a rollback leaves no gap and two at once get no double.
    """
    if not transaction.get_connection().in_atomic_block:
        message = "A folio is given inside the transaction of the verb that uses it."
        raise RuntimeError(message)
    FolioSequence.objects.bulk_create([FolioSequence(series=series, year=year)], ignore_conflicts=True)
    sequences = FolioSequence.objects.filter(series=series, year=year)
    sequences.update(last=F("last") + 1)
    return f"{series}-{year}-{sequences.get().last:0{digits}d}"
