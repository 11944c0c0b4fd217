"""What the office does for every room, folios, and the keeping of its own data."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.office.models import Area, FolioSequence, Locality, NonWorkingDay, Office
from commsoffice.office.permissions import may_manage_office

Thing = Office | Area | Locality | NonWorkingDay


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


def wait_for_twin(submission_key: UUID) -> None:
    """Make the second of two posts of one form wait for the first, inside the verb's transaction.

    It then finds the row that the first one made, instead of half of what the first one is doing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [submission_key.int % 2**63])


def save(thing: Thing, *, changed: Sequence[str], by: User, now: datetime) -> None:
    """Write the profile, an area, a locality or a non-working day; ``changed`` names the fields for the audit."""
    with transaction.atomic():
        if not may_manage_office(by):
            raise NotAllowed
        thing.save()
        audit.record(thing, "office.save", by=by, now=now, changes={"fields": [[], list(changed)]})


def remove(thing: Locality | NonWorkingDay, *, by: User, now: datetime) -> None:
    """Remove a locality or a day that nothing hangs on."""
    with transaction.atomic():
        if not may_manage_office(by):
            raise NotAllowed
        audit.record(thing, "office.remove", by=by, now=now)
        thing.delete()
