"""Finding what a lost message or a lost worker left behind."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from commsoffice.outbox import policy
from commsoffice.outbox.actions.ask import ask_due
from commsoffice.outbox.actions.claim import CLAIM_LEASE
from commsoffice.outbox.actions.judge import obey, verdict_on
from commsoffice.outbox.actions.lanes import wake_senders
from commsoffice.outbox.actions.life import this_life
from commsoffice.outbox.actions.moves import Clock, Outcome, move, write_down
from commsoffice.outbox.actions.presence import at_rest
from commsoffice.outbox.actions.proving import prove_accepted
from commsoffice.outbox.actions.scheduled import tend_scheduled
from commsoffice.outbox.actions.stops import forget_past
from commsoffice.outbox.channels.registry import channels
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery, DeliveryQuerySet, Pause

_BATCH = 200
_BATCHES = 25


def sweep(now: datetime) -> None:
    """Expired leases, what has grown stale, what is held, scheduled or unknown; then wake the sender."""
    clock = Clock(now)
    _give_up_leases(clock)
    _expire(clock)
    forget_past(clock.now())
    _judge_held(clock)
    while tend_scheduled(now=clock.now()):
        pass
    while ask_due(now=clock.now()):
        pass
    while prove_accepted(now=clock.now()):
        pass
    if Delivery.objects.filter(state=DeliveryState.QUEUED, not_before__lte=clock.now()).exists():
        wake_senders()


def _locked(rows: DeliveryQuerySet) -> Iterator[Delivery]:
    """The rows, a batch a transaction, each batch locked; rows that somebody else holds are left to him."""
    while True:
        with transaction.atomic():
            batch = list(rows.select_for_update(skip_locked=True).order_by("pk")[:_BATCH])
            yield from batch
        if len(batch) < _BATCH:
            return


def _give_up_leases(clock: Clock) -> None:
    now = clock.now()
    longest = max(CLAIM_LEASE, *(way.lease for way in channels()))
    # No lease is that long: the clock was set back. Whoever is at work goes on by the hour at which he began.
    is_over = Q(lease_until__lte=now) | Q(lease_until__gt=now + longest, channel__in=at_rest())
    for row in _locked(Delivery.objects.filter(is_over, state=DeliveryState.SENDING)):
        begun = Attempt.objects.filter(delivery=row, kind=AttemptKind.SEND, fence=row.fence)
        if begun.exists():
            outcome = _nobody_knows(
                _("The worker fell silent during the call."),
                _("The worker fell silent during the call: nobody knows whether it left."),
            )
            begun.filter(finished_at=None).update(finished_at=now, outcome=outcome.state, answer=outcome.answer)
        elif row.claimed_in not in {None, this_life()}:
            # The server crashed after the claim, and what it forgot may be that the call began.
            outcome = _nobody_knows(
                _("The database failed during the call."),
                _("The database failed during the call: nobody knows whether it left."),
            )
            write_down(row, AttemptKind.SEND, outcome, now)
        else:
            # The call is written down before it is made, so there was none.
            outcome = Outcome(DeliveryState.QUEUED)
        move(row, outcome, now)


def _nobody_knows(answer: str, reason: str) -> Outcome:
    return Outcome(DeliveryState.UNKNOWN, answer=answer, reason=reason, wait=policy.FIRST_ASK_AFTER_SILENCE)


def _expire(clock: Clock) -> None:
    now = clock.now()
    waiting = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO)
    outcome = Outcome(DeliveryState.EXPIRED, reason=_("Its time was over before it could leave."))
    stale = Delivery.objects.filter(state__in=waiting, expires_at__lte=now).exclude(asks_word=True)
    if (pause := Pause.objects.current()) is not None:
        # What a pause made stale is shown when it ends, and a person decides.
        held = Delivery.objects.exclude(state=DeliveryState.TO_DO).paused_by(pause)
        stale = stale.exclude(pk__in=held.values("pk"))
    for row in _locked(stale):
        move(row, outcome, now)


def _judge_held(clock: Clock) -> None:
    """Ask the gates again about what is held, a batch at a time; what more there is waits for the next sweep."""
    now = clock.now()
    held = Delivery.objects.filter(state=DeliveryState.HELD, not_before__lte=now).order_by("not_before", "pk")
    for _batch in range(_BATCHES):
        # Each verdict moves ``not_before`` or the state, so each is judged once a sweep.
        batch = list(held[:_BATCH])
        for delivery in batch:
            obey(delivery, verdict_on(delivery, now), now)
        if len(batch) < _BATCH:
            return
