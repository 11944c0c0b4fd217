"""The outbox's own gates."""

from datetime import datetime

from django.utils.translation import gettext as _

from commsoffice.outbox.actions.stops import expired_words, throttled_words
from commsoffice.outbox.enums import StopKind
from commsoffice.outbox.models import AccountStop, Delivery, Pause
from commsoffice.outbox.verdicts import Expire, Go, Hold, Verdict, same_for


@same_for("purpose", "area", "asks_word")
def paused(delivery: Delivery, now: datetime) -> Verdict:
    """In a crisis nothing leaves but what speaks of it; what its hour passed over waits for a person's word."""
    pause = Pause.objects.current()
    if pause is not None and pause.holds(delivery):
        return Hold(_("Everything is paused: %(reason)s") % {"reason": pause.reason})
    if delivery.asks_word:
        return Hold(_("Its hour passed during the pause: somebody has to say whether it still leaves."))
    return Go()


def expired(delivery: Delivery, now: datetime) -> Verdict:
    """What is stale doesn't go out, however long the outage lasted."""
    if delivery.expires_at is not None and delivery.expires_at <= now:
        return Expire(_("Its time was over before it could leave."))
    return Go()


@same_for("channel", "account")
def account_open(delivery: Delivery, now: datetime) -> Verdict:
    """While an account is stopped no call is made from it."""
    stop = AccountStop.objects.standing(now).of(delivery.channel, delivery.account)
    if stop is None:
        return Go()
    if stop.kind == StopKind.THROTTLED and stop.until is not None:
        return Hold(throttled_words(stop.until, of_all=stop.account != delivery.account), until=stop.until)
    return Hold(expired_words(), until=stop.until)


def not_before(delivery: Delivery, now: datetime) -> Verdict:
    """What has an hour waits for it."""
    if delivery.not_before > now:
        return Hold(_("It leaves at its hour."), until=delivery.not_before)
    return Go()
