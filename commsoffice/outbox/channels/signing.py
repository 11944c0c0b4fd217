"""DKIM in-house, for offices whose mail server doesn't sign. Without a key nothing is signed."""

from pathlib import Path

import dkim
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# RFC 8058 wants both List-Unsubscribe headers signed. One named and absent can't be added on the way.
_SIGNED = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type"),
    *(b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted"),
)


class Signer:
    """Signs mails of one domain."""

    def __init__(self, domain: str, selector: str, key: bytes) -> None:
        """``key``: an RSA key in PEM; its public half stands in the DNS at ``selector._domainkey.domain``."""
        self._domain = domain.encode("idna")
        self._selector = selector.encode("ascii")
        self._key = key

    def signature(self, headers: bytes, body: bytes) -> bytes:
        """Return the header line that signs this mail. ``headers`` end with their line break."""
        line: bytes = dkim.sign(
            headers + b"\r\n" + body,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(_SIGNED),
        )
        return line


def configured_signer() -> Signer | None:
    """The signer of the settings, or None. Raises ``ImproperlyConfigured`` for half a configuration."""
    given = (settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_PRIVATE_KEY)
    if not any(given):
        return None
    if not all(given):
        raise ImproperlyConfigured("DKIM needs all three: DKIM_DOMAIN, DKIM_SELECTOR and DKIM_PRIVATE_KEY.")
    return Signer(settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, _pem(settings.DKIM_PRIVATE_KEY))


def _pem(given: str) -> bytes:
    if "-----BEGIN" in given:
        # In a variable of the environment the line breaks are often written out.
        return given.replace("\\n", "\n").encode()
    try:
        return Path(given).read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"DKIM_PRIVATE_KEY can't be read: {error.strerror}.") from error
