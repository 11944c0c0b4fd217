"""Plain SQL for many deliveries at once: what the loop that sends writes down before and after each call.

Both statements lock their rows in the order of their numbers, as everybody does who locks several. Their commit
doesn't wait for the disk: see docs/decisions/0009.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from commsoffice.outbox.masking import mask
from commsoffice.outbox.models import Delivery

_NO_WAIT = "SET LOCAL synchronous_commit = off"

_BEGIN = """
    WITH ours AS MATERIALIZED (
        SELECT delivery.id
        FROM outbox_delivery AS delivery
        JOIN unnest(%(ids)s::bigint[], %(fences)s::int[]) AS held (id, fence) USING (id, fence)
        WHERE delivery.state = 'sending'
        ORDER BY delivery.id
        FOR UPDATE OF delivery
    ), begun AS (
        UPDATE outbox_delivery AS delivery
        SET attempts_made = attempts_made + 1, lease_until = %(lease)s
        FROM ours WHERE delivery.id = ours.id
        RETURNING delivery.id, delivery.fence
    )
    INSERT INTO outbox_attempt (delivery_id, kind, fence, started_at, outcome, answer, by_name)
    SELECT id, 'send', fence, %(now)s, '', '', '' FROM begun
    RETURNING delivery_id, id
"""

_SETTLE = """
    WITH told AS MATERIALIZED (
        SELECT * FROM unnest(
            %(ids)s::bigint[], %(fences)s::int[], %(attempts)s::bigint[], %(remotes)s::text[], %(answers)s::text[]
        ) AS told (id, fence, attempt_id, remote_id, answer)
    ), ours AS MATERIALIZED (
        SELECT delivery.id, told.attempt_id, told.remote_id, told.answer
        FROM outbox_delivery AS delivery
        JOIN told USING (id, fence)
        WHERE delivery.state = 'sending'
        ORDER BY delivery.id
        FOR UPDATE OF delivery
    ), closed AS (
        UPDATE outbox_attempt AS attempt
        SET finished_at = %(now)s, outcome = 'accepted', answer = ours.answer
        FROM ours WHERE attempt.id = ours.attempt_id AND attempt.finished_at IS NULL
        RETURNING attempt.delivery_id, ours.remote_id
    )
    UPDATE outbox_delivery AS delivery
    SET state = 'accepted', reason = '', settled_at = %(now)s, lease_until = NULL,
        remote_id = coalesce(nullif(closed.remote_id, ''), delivery.remote_id)
    FROM closed WHERE delivery.id = closed.delivery_id
    RETURNING delivery.id
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """The other side took it."""

    fence: int
    attempt_id: int
    remote_id: str
    answer: str


def begin_many(deliveries: Sequence[Delivery], lease_until: datetime, now: datetime) -> dict[int, int]:
    """Write down, and commit, that these calls begin now; return the attempt of each that is still ours."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_NO_WAIT)
        cursor.execute(
            _BEGIN,
            {
                "ids": [delivery.pk for delivery in deliveries],
                "fences": [delivery.fence for delivery in deliveries],
                "lease": lease_until,
                "now": now,
            },
        )
        return dict(cursor.fetchall())


def settle_many(taken: Mapping[int, Taken], now: datetime) -> set[int]:
    """Write down, and commit, that these were accepted; return those for which nothing stood in the way.

    The rest is untouched: somebody else has decided about them meanwhile.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_NO_WAIT)
        cursor.execute(
            _SETTLE,
            {
                "ids": list(taken),
                "fences": [told.fence for told in taken.values()],
                "attempts": [told.attempt_id for told in taken.values()],
                "remotes": [told.remote_id[:200] for told in taken.values()],
                "answers": [mask(told.answer) for told in taken.values()],
                "now": now,
            },
        )
        return {pk for (pk,) in cursor.fetchall()}
