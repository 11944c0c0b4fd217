"""Asking the gates."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.moves import Outcome, locked, move, write_down
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Expire, Go, Hold, Refuse, Verdict

logger = logging.getLogger(__name__)


def verdict_on(delivery: Delivery, now: datetime) -> Verdict:
    """The first verdict that isn't *go*, in the order of the settings."""
    for path in settings.OUTBOX_GATES:
        try:
            verdict: Verdict = import_string(path)(delivery, now)
        except Exception:
            # A gate that can't tell must not let anything through, and must not stop the others.
            logger.exception("The gate %s failed on delivery %s", path, delivery.pk)
            return Hold(_("A check before sending could not be made."))
        if not isinstance(verdict, Go):
            return verdict
    return Go()


def obey(delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write what the gates said of a delivery that we hold, or that is held; nothing if it moved meanwhile."""
    outcome = _outcome(verdict, now)
    with transaction.atomic():
        row = locked(delivery.pk)
        if row.fence != delivery.fence or row.state != delivery.state:
            return
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
