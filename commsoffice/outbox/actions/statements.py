"""Plain SQL for many deliveries at once: what the loop that sends writes down before and after its calls.

One statement says that calls were answered «yes» and that the next ones begin. It locks its rows in the order of
their numbers, as everybody does who locks several. Its commit doesn't wait for the disk: see docs/decisions/0009.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from commsoffice.outbox.masking import mask
from commsoffice.outbox.models import Attempt, Delivery

# Rows without an attempt begin, the others end.
_TURN = """
    SET LOCAL synchronous_commit = off;
    WITH told AS MATERIALIZED (
        SELECT * FROM unnest(
            %(ids)s::bigint[], %(fences)s::int[], %(attempts)s::bigint[], %(remotes)s::text[], %(answers)s::text[]
        ) AS told (id, fence, attempt_id, remote_id, answer)
    ), ours AS MATERIALIZED (
        SELECT delivery.id, delivery.fence, told.attempt_id, told.remote_id, told.answer
        FROM outbox_delivery AS delivery
        JOIN told USING (id, fence)
        WHERE delivery.state = 'sending' AND (told.attempt_id IS NOT NULL OR delivery.cancel_reason = '')
        ORDER BY delivery.id
        FOR UPDATE OF delivery
    ), closed AS (
        UPDATE outbox_attempt AS attempt
        SET finished_at = %(now)s, outcome = 'accepted', answer = ours.answer
        FROM ours WHERE attempt.id = ours.attempt_id AND attempt.finished_at IS NULL
            -- After a crash of the database numbers that were lost are given anew.
            AND attempt.delivery_id = ours.id AND attempt.fence = ours.fence
        RETURNING attempt.delivery_id, ours.remote_id
    ), settled AS (
        UPDATE outbox_delivery AS delivery
        SET state = 'accepted', reason = '', settled_at = %(now)s, lease_until = NULL,
            remote_id = coalesce(nullif(closed.remote_id, ''), delivery.remote_id)
        FROM closed WHERE delivery.id = closed.delivery_id
        RETURNING delivery.id
    ), starting AS (
        UPDATE outbox_delivery AS delivery
        SET attempts_made = attempts_made + 1, lease_until = %(lease)s
        FROM ours WHERE delivery.id = ours.id AND ours.attempt_id IS NULL
        RETURNING delivery.id, delivery.fence
    ), begun AS (
        INSERT INTO outbox_attempt (delivery_id, kind, fence, started_at, outcome, answer, by_name)
        SELECT id, 'send', fence, %(now)s, '', '', '' FROM starting
        RETURNING delivery_id, id
    )
    SELECT id, NULL FROM settled UNION ALL SELECT delivery_id, id FROM begun
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """The other side took it."""

    fence: int
    attempt_id: int
    remote_id: str
    answer: str


def turn(
    taken: Mapping[int, Taken], starting: Sequence[Delivery], lease_until: datetime, now: datetime
) -> tuple[set[int], dict[int, int]]:
    """Write down, and commit, that these were accepted and that those calls begin now.

    Return which were accepted with nothing in the way, and the attempt of each call that is still ours to make. The
    rest is untouched: somebody else has decided about it meanwhile, or cancelled it before its call.
    """
    nothing = [None] * len(starting)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            _TURN,
            {
                "ids": [*taken, *(delivery.pk for delivery in starting)],
                "fences": [*(told.fence for told in taken.values()), *(delivery.fence for delivery in starting)],
                "attempts": [*(told.attempt_id for told in taken.values()), *nothing],
                "remotes": [*(told.remote_id[:200] for told in taken.values()), *nothing],
                "answers": [*(mask(told.answer) for told in taken.values()), *nothing],
                "lease": lease_until,
                "now": now,
            },
        )
        rows = cursor.fetchall()
    return {pk for pk, attempt_id in rows if attempt_id is None}, {
        pk: attempt_id for pk, attempt_id in rows if attempt_id is not None
    }


def begun_before(starting: Sequence[Delivery]) -> dict[int, int]:
    """The open attempts of claims that we hold: those of a statement whose answer was lost on the way."""
    fences = {delivery.pk: delivery.fence for delivery in starting}
    found = Attempt.objects.filter(delivery__in=fences, finished_at=None).values_list("delivery_id", "fence", "pk")
    return {delivery_id: pk for delivery_id, fence, pk in found if fences[delivery_id] == fence}
