"""Gates that tests name in the settings."""

from datetime import datetime, timedelta

from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Expire, Go, Hold, Refuse, Verdict


def by_name(delivery: Delivery, now: datetime) -> Verdict:
    """The recipient's name says what the gate answers."""
    match delivery.recipient_name:
        case "hold":
            return Hold("crisis pause")
        case "embargo":
            return Hold("embargo", until=now + timedelta(hours=2))
        case "refuse":
            return Refuse("the text changed")
        case "expire":
            return Expire("too late")
        case "broken":
            raise LookupError("no such text")
    return Go()
