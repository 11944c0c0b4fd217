"""How fast the addresses of one domain get mail: by our own settings, and by what its server says.

Kept in the database, because several workers send at once and a restart must not forget it.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from commsoffice.outbox.models import Delivery, DomainPace
from commsoffice.outbox.verdicts import Hold

# A server that says «too fast» without saying until when.
PACE_WAIT = timedelta(minutes=5)
_MINUTE = timedelta(minutes=1)
# Another worker may have been told meanwhile.
_LOOK_AGAIN = timedelta(seconds=5)

# One more in this minute, if there is room for it.
_TAKE = """
    INSERT INTO outbox_domainpace AS pace (domain, minute, sent) VALUES (%(domain)s, %(minute)s, 1)
    ON CONFLICT (domain) DO UPDATE
    SET minute = excluded.minute, sent = CASE WHEN pace.minute = excluded.minute THEN pace.sent + 1 ELSE 1 END
    WHERE pace.minute IS DISTINCT FROM excluded.minute OR pace.sent < %(rate)s
    RETURNING sent
"""


class Pace:
    """The pace of one batch. Asked by the thread that speaks with the database."""

    def __init__(self) -> None:
        self._rates: dict[str, int] = settings.EMAIL_DOMAIN_RATE
        self._closed: dict[str, datetime] = {}
        self._looked_at: datetime | None = None
        self._put_off: Counter[str] = Counter()

    def not_yet(self, delivery: Delivery, now: datetime) -> Hold | None:
        """Why a mail has to wait, and until when; None takes its place in this minute."""
        domain = domain_of(delivery.recipient)
        if self._looked_at is None or now - self._looked_at > _LOOK_AGAIN:
            self._looked_at = now
            closed = DomainPace.objects.filter(open_at__gt=now).values_list("domain", "open_at")
            self._closed = {name: open_at for name, open_at in closed if open_at is not None}
        open_at = self._closed.get(domain)
        if open_at is not None and open_at > now:
            return Hold(_("The server of %(domain)s asks for fewer mails at once.") % {"domain": domain}, until=open_at)
        rate = self._rates.get(domain, self._rates.get("*", 0))
        if not rate or self._took_place(domain, rate, now):
            return None
        # Those that wait together don't all come back together.
        minutes = 1 + self._put_off[domain] // rate
        self._put_off[domain] += 1
        until = now.replace(second=0, microsecond=0) + minutes * _MINUTE
        return Hold(_("Mails to %(domain)s leave a few each minute.") % {"domain": domain}, until=until)

    def close(self, domain: str, now: datetime) -> None:
        """Its server has said that we are too fast."""
        open_at = now + PACE_WAIT
        DomainPace.objects.update_or_create(domain=domain, defaults={"open_at": open_at})
        self._closed[domain] = open_at

    def _took_place(self, domain: str, rate: int, now: datetime) -> bool:
        minute = now.replace(second=0, microsecond=0)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"domain": domain, "minute": minute, "rate": rate})
            return cursor.fetchone() is not None


def domain_of(address: str) -> str:
    """The domain of an address, in small letters, as long as a name can be."""
    return address.rpartition("@")[2].lower()[:253]
