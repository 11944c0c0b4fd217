"""What waits on a network for its hour: looked for when the hour has come, pulled back when it may not leave."""

import logging
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.moves import Clock, Outcome, close, close_silent, locked, move
from commsoffice.outbox.actions.stops import put_back_if_stopped, stop_expired, stop_throttled, stopped
from commsoffice.outbox.channels.base import (
    Absent,
    Channel,
    ChannelError,
    CredentialsExpired,
    Found,
    Reconciled,
    Scheduled,
    Throttled,
    Undecided,
)
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.pauses import unwanted

logger = logging.getLogger(__name__)


def tend_scheduled(now: datetime, limit: int = 20) -> int:
    """Pull back and look after up to ``limit`` scheduled ones; answer with how many."""
    clock = Clock(now)
    claimed = _claim(now, limit)
    for alias, batch in groupby(claimed, lambda pair: pair[0].channel):
        try:
            way = channel(alias)
            with way.session():
                for delivery, attempt in batch:
                    if not put_back_if_stopped(delivery, attempt, clock.now()):
                        _tend(way, delivery, attempt, clock)
        except Exception:
            # What was claimed is looked after again when its lease is over.
            logger.exception("The channel %s is out of order", alias)
    return len(claimed)


def _claim(now: datetime, limit: int) -> list[tuple[Delivery, Attempt]]:
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
        claimed = []
        for row in rows:
            lease_until = channel(row.channel).lease_from(now)
            Delivery.objects.filter(pk=row.pk).update(
                fence=F("fence") + 1, asks_made=F("asks_made") + 1, lease_until=lease_until
            )
            row.fence += 1
            row.asks_made += 1
            row.lease_until = lease_until
            kind = AttemptKind.PULL if row.pk in pulled else AttemptKind.RECONCILE
            attempt = Attempt.objects.create(delivery=row, kind=kind, fence=row.fence, started_at=now)
            claimed.append((row, attempt))
    return sorted(claimed, key=lambda pair: pair[0].channel)


def _tend(way: Channel, delivery: Delivery, attempt: Attempt, clock: Clock) -> None:
    is_pull = attempt.kind == AttemptKind.PULL
    try:
        said = way.pull_back(delivery) if is_pull else way.look(delivery)
    except Throttled as error:
        stop_throttled(delivery, error, clock.now())
        said = Undecided(error.answer)
    except CredentialsExpired as error:
        stop_expired(delivery, error, clock.now())
        said = Undecided(error.answer)
    except ChannelError as error:
        said = Undecided(error.answer)
    except Exception as error:
        logger.exception("The channel %s could not tend delivery %s", way.alias, delivery.pk)
        said = Undecided(f"{type(error).__name__}: {error}")
    outcome = _pulled(said) if is_pull else _looked(way, delivery, said)
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
