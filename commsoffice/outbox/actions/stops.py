"""Stopping an account, and letting it go on: throttled until an hour, or to be connected again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from commsoffice import wake
from commsoffice.outbox import policy, tasks
from commsoffice.outbox.actions.moves import Outcome, close, locked
from commsoffice.outbox.channels.base import CredentialsExpired, Throttled
from commsoffice.outbox.enums import DeliveryState, StopKind
from commsoffice.outbox.masking import mask
from commsoffice.outbox.models import ALL_ACCOUNTS, AccountStop, Attempt, Delivery
from commsoffice.ui import dates


def throttled_words(until: datetime, *, of_all: bool = False) -> str:
    """What a held delivery says of a throttled account, or of all accounts of its channel."""
    when = {"when": dates.short_datetime(until)}
    if of_all:
        return _("The network asks all our accounts to wait until %(when)s.") % when
    return _("The network asks to wait until %(when)s.") % when


def expired_words() -> str:
    """What a held delivery says of an account without credentials."""
    return _("The account must be connected again.")


def stop_throttled(delivery: Delivery, error: Throttled, now: datetime) -> datetime:
    """Stop the account, or all of its channel, until the hour the other side announced; answer with that hour."""
    until = now + policy.retry_wait(1, error.retry_after)
    account = ALL_ACCOUNTS if error.of_all else delivery.account
    _stop(delivery.channel, account, StopKind.THROTTLED, error.answer, now=now, until=until)
    return until


def stop_expired(delivery: Delivery, error: CredentialsExpired, now: datetime) -> datetime | None:
    """Stop the account until somebody connects it again; answer with when it is tried again by itself, if ever.

    A mail server's password is in the settings, where nobody connects anything: there it is tried again.
    """
    until = None if delivery.account else now + policy.CREDENTIALS_WAIT
    _stop(delivery.channel, delivery.account, StopKind.EXPIRED, error.answer, now=now, until=until)
    return until


def resume_account(channel: str, account: str, *, now: datetime) -> int:
    """Let an account go on that was connected again; answer with how many deliveries it had held.

    A throttle stands until its hour: another token doesn't end it.
    Whoever calls has asked whether they may, and has written it into the audit: connecting is its verb.
    """
    with transaction.atomic():
        AccountStop.objects.filter(channel=channel, account=account, kind=StopKind.EXPIRED).delete()
        held = Delivery.objects.filter(channel=channel, account=account)
        # Asked again now, and not when its minute comes round.
        number = held.filter(state=DeliveryState.HELD).update(not_before=now)
        held.filter(state=DeliveryState.UNKNOWN).update(not_before=now, asks_made=0)
        wake.wake(tasks.sweep)
    return number


def stopped(now: datetime) -> Exists:
    """Keep the deliveries of accounts that are stopped; for ``exclude``."""
    return Exists(
        AccountStop.objects.standing(now).filter(
            Q(account=OuterRef("account")) | Q(account=ALL_ACCOUNTS), channel=OuterRef("channel")
        )
    )


def put_back_if_stopped(delivery: Delivery, attempt: Attempt, now: datetime) -> bool:
    """Put back a question whose account was stopped by the one before it: it was not asked and doesn't count."""
    if not Delivery.objects.filter(stopped(now), pk=delivery.pk).exists():
        return False
    outcome = Outcome(DeliveryState(delivery.state), answer=_("The account is stopped: nobody was asked."))
    with transaction.atomic():
        row = locked(delivery.pk)
        close(attempt, outcome, now)
        if row.fence == delivery.fence and row.state == delivery.state:
            row.asks_made, row.lease_until = row.asks_made - 1, None
            row.save(update_fields=["asks_made", "lease_until"])
    return True


def forget_past(now: datetime) -> None:
    """Drop the stops whose hour has passed."""
    AccountStop.objects.filter(until__lte=now).delete()


def _stop(channel: str, account: str, kind: StopKind, answer: str, *, now: datetime, until: datetime | None) -> None:
    if kind == StopKind.THROTTLED and _stands_longer(channel, account, until):
        # What was under way when the account was stopped has less to say.
        return
    AccountStop.objects.update_or_create(
        channel=channel,
        account=account,
        defaults={"kind": kind, "reason": mask(answer)[:300], "until": until},
        create_defaults={"kind": kind, "reason": mask(answer)[:300], "until": until, "since": now},
    )


def _stands_longer(channel: str, account: str, until: datetime | None) -> bool:
    stops = AccountStop.objects.filter(channel=channel, account=account)
    return stops.filter(Q(until=None) | Q(until__gt=until)).exists()
