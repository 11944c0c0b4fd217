"""The envelope sender of each mail: what comes back says by its address which delivery it was.

``rebotes@oficina.example`` becomes ``rebotes+123.0a1b2c3d4e5f@oficina.example``: the delivery's number, and a
signature, so that nobody can have a delivery called returned by writing to a number he made up.
"""

import hmac
import re
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from commsoffice.outbox.models import Delivery

_SALT = "commsoffice.outbox.return"
# Hexadecimal, because servers on the way may write an address in capitals.
_LENGTH = 12
_RETURN = re.compile(r"\+(\d{1,18})\.([0-9a-f]{12})@[^@\s<>]+$")


def return_address(delivery: Delivery) -> str:
    """The envelope sender of this delivery; the office's plain address while EMAIL_RETURN_ADDRESS is empty."""
    if not settings.EMAIL_RETURN_ADDRESS:
        return plain_sender(settings.DEFAULT_FROM_EMAIL)
    local, _at, domain = settings.EMAIL_RETURN_ADDRESS.rpartition("@")
    return f"{local}+{delivery.pk}.{_signature(delivery.pk, settings.SECRET_KEY)}@{domain}"


@lru_cache(maxsize=4)
def plain_sender(text: str) -> str:
    """The address in «name <address>»."""
    return parseaddr(text)[1]


def delivery_of_return_address(text: str) -> int | None:
    """The delivery whose return address this is, with or without a name and brackets; None for any other address.

    The signature is the proof: an office that changed its return address still knows what left before.
    """
    found = _RETURN.search(parseaddr(text)[1].strip().lower())
    if found is None:
        return None
    number, signature = int(found[1]), found[2]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if any(hmac.compare_digest(signature, _signature(number, key)) for key in keys):
        return number
    return None


def _signature(number: int, key: str | bytes) -> str:
    return salted_hmac(_SALT, str(number), secret=key, algorithm="sha256").hexdigest()[:_LENGTH]
