"""What is encrypted at rest, with keys that can be rotated: a JSON field, and single words inside other rows."""

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def _vault() -> MultiFernet:
    """Return the cipher: the first of TOKEN_KEYS writes, all of them read."""
    return MultiFernet([Fernet(key) for key in settings.TOKEN_KEYS])


def seal(secret: str) -> str:
    """Encrypt a short-lived secret that stands in a row of another room."""
    return _vault().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """Return the secret again, or None when no key opens it: whoever asks can do without."""
    try:
        return _vault().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


class EncryptedJSONField(models.TextField[Any, Any]):
    """Holds a JSON value that only this application can read back."""

    # What mypy's Django plugin reads: any JSON value goes in and comes out.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_args: object) -> Any:
        """Decrypt. A key that fits none is a fault of the settings, said plainly."""
        if not value:
            return {}
        try:
            return json.loads(_vault().decrypt(value.encode()))
        except InvalidToken:
            message = "TOKEN_KEYS holds no key that opens the stored credentials."
            raise ImproperlyConfigured(message) from None

    def get_prep_value(self, value: Any) -> str:
        """Encrypt."""
        return _vault().encrypt(json.dumps(value or {}).encode()).decode()

    def to_python(self, value: Any) -> Any:
        """Return the value as it is; a text comes from a form and is JSON."""
        return json.loads(value) if isinstance(value, str) and value else value or {}

    def value_to_string(self, obj: models.Model) -> str:
        """Never leaves by serialisation."""
        return "{}"
