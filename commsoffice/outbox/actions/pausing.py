"""The one switch of a crisis: everything is held, and leaves again only as people want it to."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commsoffice import wake
from commsoffice.accounts.errors import ActionRefused, NotAllowed, NotValid, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.outbox import policy, tasks
from commsoffice.outbox.actions.lanes import wake_senders
from commsoffice.outbox.actions.moves import Outcome, move, write_down
from commsoffice.outbox.enums import AttemptKind, DeliveryState, Word
from commsoffice.outbox.models import Delivery, Pause
from commsoffice.outbox.pauses import stale_at, waiting_in
from commsoffice.outbox.permissions import may_pause

REASON_LENGTH = 300


class AlreadyPaused(ActionRefused):
    """Somebody was quicker."""

    default = gettext_lazy("Everything is paused already.")


class NotPaused(ActionRefused):
    """Somebody was quicker."""

    default = gettext_lazy("Nothing is paused any more.")


def pause_all(reason: str, allowed_areas: Collection[str], *, by: User, now: datetime) -> Pause:
    """Hold everything on every channel, but the matters of ``allowed_areas`` (office.Area.key).

    What a network already has for its hour is pulled back. What is leaving at this very moment can't be stopped.
    """
    why = " ".join(reason.split())[:REASON_LENGTH]
    if not may_pause(by):
        raise NotAllowed
    if not why:
        raise NotValid(_("Write why, so that everybody knows."))
    try:
        with transaction.atomic():
            pause = Pause.objects.create(
                reason=why, allowed_areas=sorted(set(allowed_areas)), started_at=now, started_by=by
            )
            audit.record(
                pause, "outbox.pause_all", by=by, now=now, note=why, changes={"allowed": [[], pause.allowed_areas]}
            )
            wake.wake(tasks.sweep)
    except IntegrityError:
        # The database lets only one be open.
        raise AlreadyPaused from None
    return pause


def allow_areas(allowed_areas: Collection[str], *, by: User, now: datetime) -> Pause:
    """Change who is let through while everything else stays held."""
    with transaction.atomic():
        pause = _open()
        if not may_pause(by):
            raise NotAllowed
        was, pause.allowed_areas = pause.allowed_areas, sorted(set(allowed_areas))
        pause.save(update_fields=["allowed_areas"])
        Delivery.objects.filter(state=DeliveryState.HELD, area__in=pause.allowed_areas).update(not_before=now)
        audit.record(pause, "outbox.allow_areas", by=by, now=now, changes={"allowed": [was, pause.allowed_areas]})
        wake.wake(tasks.sweep)
    return pause


def resume_all(*, by: User, now: datetime) -> int:
    """End the pause. What is still fresh leaves; what is stale waits for a word. Answer with how many are stale."""
    with transaction.atomic():
        pause = _open()
        if not may_pause(by):
            raise NotAllowed
        pause.ended_at, pause.ended_by = now, by
        pause.save(update_fields=["ended_at", "ended_by"])
        waited = waiting_in(pause, now)
        # Lock first: a worker may hold some of them.
        stale = list(
            waited.filter(stale_at(now)).select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
        )
        Delivery.objects.filter(pk__in=stale).update(
            asks_word=True,
            state=DeliveryState.HELD,
            reason=_("Its hour passed during the pause: somebody has to say whether it still leaves."),
            not_before=now + policy.GATE_WAIT,
        )
        # Of what is on its way, or may be, the word is asked should it turn out not to have left.
        leaving = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
        undecided = Delivery.objects.filter(stale_at(now), state__in=leaving).paused_by(pause)
        locked = undecided.select_for_update().order_by("pk").values_list("pk", flat=True)
        Delivery.objects.filter(pk__in=list(locked)).update(asks_word=True)
        # Judged again at once, and not when its minute comes round.
        fresh = Delivery.objects.filter(state=DeliveryState.HELD, asks_word=False).update(not_before=now)
        audit.record(
            pause, "outbox.resume_all", by=by, now=now, changes={"fresh": [None, fresh], "stale": [None, len(stale)]}
        )
        wake.wake(tasks.sweep)
    return len(stale)


def give_word(deliveries: Iterable[int], word: str, *, by: User, now: datetime) -> int:
    """Say of stale ones (by number) whether they still leave; answer with how many were decided.

    One that somebody else decided meanwhile is passed over. One that leaves has two hours to do so.
    """
    what = Word(word)
    if not may_pause(by):
        raise NotAllowed
    with transaction.atomic():
        if Pause.objects.current() is not None:
            raise WrongState(_("Everything is paused: end the pause first."))
        rows = (
            Delivery.objects.filter(pk__in=list(deliveries), state=DeliveryState.HELD, asks_word=True)
            .select_for_update()
            .order_by("pk")
        )
        decided = 0
        for row in rows:
            _decide(row, what, by, now)
            decided += 1
        wake_senders()
    return decided


def _decide(row: Delivery, what: Word, by: User, now: datetime) -> None:
    row.asks_word = False
    if what == Word.SEND:
        if row.expires_at is not None:
            row.expires_at = max(row.expires_at, now + policy.WORD_LASTS)
            row.save(update_fields=["expires_at"])
        outcome = Outcome(DeliveryState.QUEUED, answer=str(what.label), wait=policy.AT_ONCE)
    else:
        outcome = Outcome(DeliveryState.CANCELLED, answer=str(what.label), reason=str(what.label))
    write_down(row, AttemptKind.PERSON, outcome, now, by_name=by.name)
    audit.record(row, "outbox.give_word", by=by, now=now, note=str(what.label))
    move(row, outcome, now)


def _open() -> Pause:
    pause = Pause.objects.select_for_update().filter(ended_at=None).first()
    if pause is None:
        raise NotPaused
    return pause
