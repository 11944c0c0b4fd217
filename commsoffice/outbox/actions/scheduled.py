"""What waits on a network for its hour: looked for when the hour has come, pulled back when it may not leave."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.moves import Clock, Outcome, close, close_silent, locked, move
from commsoffice.outbox.actions.questions import Question, answer_of, ask_each, opened
from commsoffice.outbox.actions.stops import stopped
from commsoffice.outbox.channels.base import Absent, Channel, Found, Reconciled, Scheduled, Undecided
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.pauses import unwanted


def tend_scheduled(now: datetime, limit: int = 20) -> int:
    """Pull back and look after up to ``limit`` scheduled ones; answer with how many."""
    claimed = _claim(now, limit)
    ask_each(claimed, Clock(now), _tend)
    return len(claimed)


def _claim(now: datetime, limit: int) -> list[Question]:
    back = unwanted()
    with transaction.atomic(durable=True):
        rows = list(
            Delivery.objects.filter(back | Q(not_before__lte=now), state=DeliveryState.SCHEDULED)
            .filter(Q(lease_until=None) | Q(lease_until__lte=now))
            .exclude(stopped(now))
            .select_related("message")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:limit]
        )
        pulled = set(Delivery.objects.filter(back, pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
        close_silent(rows, now)
        return [
            opened(
                row,
                AttemptKind.PULL if row.pk in pulled else AttemptKind.RECONCILE,
                asks_made=row.asks_made + 1,
                now=now,
            )
            for row in rows
        ]


def _tend(way: Channel, delivery: Delivery, attempt: Attempt, clock: Clock) -> None:
    if attempt.kind == AttemptKind.PULL:
        outcome = _pulled(answer_of(way.pull_back, delivery, clock))
    else:
        outcome = _looked(way, delivery, answer_of(way.look, delivery, clock))
    _finish(delivery, attempt, outcome, clock.now())


def _pulled(said: Reconciled) -> Outcome:
    match said:
        case Absent(answer):
            reason = _("It was pulled back from the network: everything is paused.")
            return Outcome(DeliveryState.HELD, answer=answer or _("It is not there any more."), reason=reason)
        case Found(remote_id, remote_url, answer):
            words = answer or _("It is public already; only a person can take it down.")
            return Outcome(DeliveryState.CONFIRMED, answer=words, remote_id=remote_id, remote_url=remote_url)
        case Scheduled(answer=answer) | Undecided(answer=answer):
            reason = _("It could not be pulled back yet: %(answer)s") % {"answer": answer}
            return Outcome(DeliveryState.SCHEDULED, answer=answer, reason=reason)


def _looked(way: Channel, delivery: Delivery, said: Reconciled) -> Outcome:
    match said:
        case Found(remote_id, remote_url, answer):
            words = answer or _("It is public.")
            return Outcome(DeliveryState.CONFIRMED, answer=words, remote_id=remote_id, remote_url=remote_url)
        case Absent(answer):
            reason = _("It was scheduled, and the network no longer has it: it was not made public.")
            return Outcome(DeliveryState.REJECTED, answer=answer or reason, reason=reason)
        case Scheduled(answer=answer) | Undecided(answer=answer):
            if delivery.asks_made < way.ask_limit:
                return Outcome(DeliveryState.SCHEDULED, answer=answer, wait=policy.ask_wait(delivery.asks_made))
            reason = _("Its hour passed and the network does not say that it is public.")
            return Outcome(DeliveryState.UNKNOWN, answer=answer, reason=reason)


def _finish(delivery: Delivery, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    with transaction.atomic():
        row = locked(delivery.pk)
        close(attempt, outcome, now)
        if row.state != DeliveryState.SCHEDULED or row.fence != delivery.fence:
            return
        is_pull = attempt.kind == AttemptKind.PULL
        if outcome.state == DeliveryState.HELD:
            # What it was called there is no more; sent again it gets another name.
            row.remote_id = row.remote_url = ""
            row.asks_made = 0
        if is_pull and outcome.state == DeliveryState.SCHEDULED:
            # Tried again soon and less and less often; its hour stays as it is.
            wait = policy.retry_wait(row.asks_made)
            row.reason, row.lease_until = outcome.reason[:300], now + wait
            row.save(update_fields=["reason", "lease_until"])
            return
        move(row, outcome, now)
