"""Gates that tests name in the settings."""

from datetime import datetime, timedelta

from django.db import connection

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


asked: list[int] = []


def restart_at_the_third(delivery: Delivery, now: datetime) -> Verdict:
    """While this is asked for the third time the database throws everybody out, and asks its own question in vain."""
    asked.append(delivery.pk)
    with connection.cursor() as cursor:
        if len(asked) == 3:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT 1")
    return Go()
