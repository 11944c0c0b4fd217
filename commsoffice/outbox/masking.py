"""Keeps secrets out of the ledger: what the other side answers is shown to people."""

import re

# Longer answers (an HTML error page) say nothing more.
LONGEST = 2000

_NAMES = (
    r"access_token|refresh_token|id_token|client_secret|appsecret_proof|fb_exchange_token|input_token"
    r"|api_?key|x-goog-api-key|password|passwd|pwd|secret|token|upload_id|sig"
)
_PATTERNS = (
    # Authorization: Bearer abc, AUTH PLAIN abc
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?)(?:\w+\s+)?[^\s'\",}]+"), r"\1•••"),
    (re.compile(r"(?i)\b((?:bearer|basic|auth plain|auth login)\s+)[\w.~+/=-]{6,}"), r"\1•••"),
    (re.compile(r"(?i)(set-cookie|cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"), r"\1\2•••"),
    # "access_token": "abc" and access_token=abc
    (re.compile(rf"(?i)(['\"]?\b(?:{_NAMES})\b['\"]?\s*[:=]\s*)(['\"]?)[^\s'\"&,;}}>]+"), r"\1\2•••"),
    # https://user:password@host
    (re.compile(r"(://[^\s/:@]+:)[^\s/@]+@"), r"\1•••@"),
    # Tokens as Facebook and Google make them, wherever they stand.
    (re.compile(r"\bEAA[A-Za-z0-9]{20,}"), "•••"),
    (re.compile(r"\bya29\.[\w-]{10,}"), "•••"),
    (re.compile(r"\b1//[\w-]{20,}"), "•••"),
)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;]*[^\s<>\"'(),;.:]")


def without_addresses(text: str) -> str:
    """Return the text without e-mail addresses: servers repeat them, not always as we wrote them."""
    return _ADDRESS.sub("…", text)


def mask(text: str) -> str:
    """Return the text without secrets and no longer than ``LONGEST``."""
    # PostgreSQL stores no NUL, and the other side may send anything.
    text = text.replace("\x00", "")
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
