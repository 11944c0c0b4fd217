"""What is leaving at this moment."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, UUIDField
from django.db.models.expressions import RawSQL

from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery


def only_claimed(rows: Iterable[Delivery]) -> set[int]:
    """Return which of them a worker has taken over and not begun to send, by number; no query where none is leaving.

    Once cancelled such a one doesn't leave: its call is not begun any more. Whoever acts upon it has locked the rows
    before he asks here. After a crash of the database server nobody can say it of what was claimed before.
    """
    leaving = [row.pk for row in rows if row.state == DeliveryState.SENDING]
    if not leaving:
        return set()
    begun = Attempt.objects.filter(delivery=OuterRef("pk"), kind=AttemptKind.SEND, fence=OuterRef("fence"))
    this_life = RawSQL("SELECT life FROM outbox_life", [], output_field=UUIDField())
    claimed = Delivery.objects.filter(~Exists(begun), pk__in=leaving, state=DeliveryState.SENDING)
    return set(claimed.filter(claimed_in=this_life).values_list("pk", flat=True))
