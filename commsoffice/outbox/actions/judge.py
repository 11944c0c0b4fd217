"""Asking the gates."""

import logging
import math
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.moves import Outcome, locked, move, write_down
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import ALIKE, TOGETHER, Expire, Gate, Go, Hold, Refuse, Verdict

logger = logging.getLogger(__name__)


# Seconds. So old may a verdict be that is taken over from a delivery just before: less than the call it is asked for.
_FRESH = 0.2


# As many are judged together at most: what leaves within that time.
_TOGETHER = 50


class Memo:
    """The verdicts of the last moment: for deliveries that are alike each gate is asked once, or for many at once."""

    def __init__(self, lasts: float = _FRESH) -> None:
        """``lasts``: seconds after which a verdict is asked for anew."""
        self._lasts = lasts
        self._since = 0.0
        self._verdicts: dict[tuple[object, ...], Verdict] = {}

    def ask(self, gate: Gate, delivery: Delivery, now: datetime, behind: Iterable[Delivery]) -> Verdict:
        """The gate's verdict, or what it said a moment ago. ``behind``: the next that it will be asked about."""
        moment = time.monotonic()
        if moment - self._since > self._lasts:
            self._since, self._verdicts = moment, {}
        key: tuple[object, ...]
        if (alike := ALIKE.get(gate)) is not None:
            key = (gate, alike(delivery))
            if key not in self._verdicts:
                self._verdicts[key] = gate(delivery, now)
        elif (many := TOGETHER.get(gate)) is not None:
            key = (gate, delivery.pk)
            if key not in self._verdicts:
                asked = [delivery, *islice(behind, _TOGETHER - 1)]
                self._verdicts |= {(gate, d.pk): v for d, v in zip(asked, many(asked, now), strict=True)}
        else:
            return gate(delivery, now)
        return self._verdicts[key]


def verdict_on(delivery: Delivery, now: datetime, memo: Memo | None = None, behind: Iterable[Delivery] = ()) -> Verdict:
    """The first verdict that isn't *go*, in the order of the settings."""
    for path in settings.OUTBOX_GATES:
        try:
            gate = cast("Gate", import_string(path))
            verdict = gate(delivery, now) if memo is None else memo.ask(gate, delivery, now, behind)
        except Exception:
            # A gate that can't tell must not let anything through, and must not stop the others.
            logger.exception("The gate %s failed on delivery %s", path, delivery.pk)
            return Hold(_("A check before sending could not be made."))
        if not isinstance(verdict, Go):
            return verdict
    return Go()


def verdicts_on(rows: Sequence[Delivery], now: datetime) -> dict[int, Verdict]:
    """What the gates say of each row of a page at this moment, by its number: shown to people, nothing is moved."""
    memo = Memo(lasts=math.inf)
    return {row.pk: verdict_on(row, now, memo, rows[place:]) for place, row in enumerate(rows, start=1)}


def obey(delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write what the gates said of a delivery that we hold, or that is held; nothing if it moved meanwhile."""
    outcome = _outcome(verdict, now)
    with transaction.atomic():
        row = locked(delivery.pk)
        if (row.fence, row.state, row.asks_word) != (delivery.fence, delivery.state, delivery.asks_word):
            return
        if row.cancel_reason:
            # Cancelled since it was claimed: that is why it doesn't leave, whatever the gates say.
            outcome = Outcome(DeliveryState.CANCELLED, reason=row.cancel_reason)
        is_news = row.state != outcome.state or row.reason != outcome.reason[:300]
        if is_news and not isinstance(verdict, Go):
            write_down(row, AttemptKind.GATE, outcome, now)
        move(row, outcome, now)


def _outcome(verdict: Verdict, now: datetime) -> Outcome:
    match verdict:
        case Go():
            return Outcome(DeliveryState.QUEUED)
        case Hold(reason, until):
            wait = until - now if until is not None and until > now else policy.GATE_WAIT
            return Outcome(DeliveryState.HELD, reason=reason, wait=wait)
        case Refuse(reason):
            return Outcome(DeliveryState.REJECTED, reason=reason)
        case Expire(reason):
            return Outcome(DeliveryState.EXPIRED, reason=reason)
