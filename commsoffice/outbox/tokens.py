"""Signed words for the links inside a mail: whoever holds one speaks for the recipient of one delivery.

They never expire: a receipt may be confirmed from an old mail. Each link has its own salt, so that what is fetched
by itself (a picture) opens nothing that a person confirms.
"""

from django.core.signing import BadSignature, Signer

_RECEIPT = "commsoffice.outbox.receipt"
_OPENED = "commsoffice.outbox.opened"
# A number of a delivery has no more digits than this; the database would refuse it.
_LONGEST = 18


def receipt_token(delivery_id: int) -> str:
    """Return the word of the link «I received it» (``outbox_public:receipt``)."""
    return _signer(_RECEIPT).sign(str(delivery_id))


def opened_token(delivery_id: int) -> str:
    """Return the word of the picture that tells that a mail was opened (``outbox_public:opened``)."""
    return _signer(_OPENED).sign(str(delivery_id))


def delivery_of_receipt(token: str) -> int | None:
    """Return the delivery whose receipt link it is, or None for a forged or torn one."""
    return _delivery_of(token, _RECEIPT)


def delivery_of_opened(token: str) -> int | None:
    """Return the delivery whose picture it is, or None for a forged or torn one."""
    return _delivery_of(token, _OPENED)


def _signer(salt: str) -> Signer:
    # A dot, because a colon in an address is cut off by some mail programs.
    return Signer(salt=salt, sep=".")


def _delivery_of(token: str, salt: str) -> int | None:
    try:
        number = _signer(salt).unsign(token)
    except BadSignature:
        return None
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= _LONGEST else None
