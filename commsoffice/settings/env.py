"""Typed readers of the environment. A wrong value stops the start with one clear sentence."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_IMAP_PORTS = {"imap": 143, "imap+tls": 143, "imaps": 993}


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


def rates(name: str, default: str) -> dict[str, int]:
    """Return ``name:number`` pairs, split at commas."""
    found = {}
    for pair in listing(name, default):
        key, _colon, number = pair.rpartition(":")
        if not key or not number.strip().isdecimal():
            message = f"The environment variable {name} must look like «*:0,gmail.com:60», not «{pair}»."
            raise ImproperlyConfigured(message)
        found[key.strip().lower()] = int(number)
    return found


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


@dataclass(frozen=True)
class Mailbox:
    """Where returned mail is read, from IMAP_URL."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    use_tls: bool
    use_ssl: bool


def mailbox(url: str) -> Mailbox:
    """Read ``imaps://user:password@host:port/INBOX`` (also ``imap`` and ``imap+tls``)."""
    parts = urlsplit(url)
    if parts.scheme not in _IMAP_PORTS or not parts.hostname:
        message = "IMAP_URL must look like imaps://user:password@host:port/INBOX (or imap, imap+tls)."
        raise ImproperlyConfigured(message)
    return Mailbox(
        host=parts.hostname,
        port=parts.port or _IMAP_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        use_tls=parts.scheme == "imap+tls",
        use_ssl=parts.scheme == "imaps",
    )
