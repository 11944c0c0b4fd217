"""Typed readers of the environment. A wrong value stops the start with one clear sentence."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def text(name: str, default: str | None = None) -> str:
    """Return the variable as text. Without a default it is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        message = f"The environment variable {name} is required and is not set."
        raise ImproperlyConfigured(message)
    return default


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as a truth value (1/0, true/false, yes/no, on/off)."""
    value = os.environ.get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    message = f"The environment variable {name} must be true or false, not «{value}»."
    raise ImproperlyConfigured(message)


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        message = f"The environment variable {name} must be a whole number, not «{value}»."
        raise ImproperlyConfigured(message) from None


def listing(name: str, default: str = "") -> list[str]:
    """Return the variable split at commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """Return the variable as an absolute path."""
    return Path(text(name, str(default))).expanduser().resolve()


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, read from EMAIL_URL."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


def mail_server(url: str) -> MailServer:
    """Read ``smtp://user:pass@host:port`` (also ``smtps`` and ``smtp+tls``)."""
    parts = urlsplit(url)
    if parts.scheme not in _SMTP_PORTS or not parts.hostname:
        message = "EMAIL_URL must look like smtp://user:password@host:port (or smtps, smtp+tls)."
        raise ImproperlyConfigured(message)
    return MailServer(
        host=parts.hostname,
        port=parts.port or _SMTP_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )
