"""FETCH: the items of a message that a client asks for."""

import re
from datetime import UTC, datetime
from email.parser import BytesHeaderParser

from commsoffice.sandbox.imap import mailbox
from commsoffice.sandbox.imap.search import MONTHS
from commsoffice.sandbox.imap.words import BadCommand, Word
from commsoffice.sandbox.store import Record, Store

SIMPLE = frozenset({"UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE"})
# name → section; the first two mark the message as seen.
OLD_NAMES = {"RFC822": "", "RFC822.TEXT": "TEXT", "RFC822.HEADER": "HEADER"}
MACRO_FAST = ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]
_BODY = re.compile(r"BODY(?P<peek>\.PEEK)?\[(?P<section>.*)\](<(?P<start>\d+)(\.(?P<length>\d+))?>)?", re.IGNORECASE)


def read_items(words: list[Word]) -> list[str]:
    """Return the names of the items of FETCH, macros written out. Raises BadCommand."""
    if len(words) != 1:
        # BODY[HEADER.FIELDS (FROM TO)] outside of a list is still one word; anything else is too much.
        raise BadCommand("FETCH takes one item or a list of items")
    word = words[0]
    items = [str(item) for item in word] if isinstance(word, list) else [word]
    if [item.upper() for item in items] == ["FAST"]:
        return list(MACRO_FAST)
    for item in items:
        if item.upper() not in SIMPLE and item.upper() not in OLD_NAMES and _BODY.fullmatch(item) is None:
            raise BadCommand(f"Unknown FETCH item {item}")
    return items


def marks_as_seen(items: list[str]) -> bool:
    """Whether reading these items sets the flag Seen."""
    for item in items:
        match = _BODY.fullmatch(item)
        if item.upper() in {"RFC822", "RFC822.TEXT"} or (match is not None and not match["peek"]):
            return True
    return False


def answer(store: Store, record: Record, items: list[str]) -> bytes:
    """Return what stands between the parentheses of one FETCH answer. Raises BadCommand."""
    return b" ".join(_item(store, record, item) for item in items)


def _item(store: Store, record: Record, item: str) -> bytes:
    name = item.upper()
    if name == "UID":
        return f"UID {record['uid']}".encode()
    if name == "FLAGS":
        return f"FLAGS ({' '.join(record['flags'])})".encode()
    if name == "INTERNALDATE":
        return f'INTERNALDATE "{internal_date(record["at"])}"'.encode()
    if name == "RFC822.SIZE":
        return f"RFC822.SIZE {record['size']}".encode()
    content = mailbox.content(store, record["uid"])
    if name in OLD_NAMES:
        return _literal(name, _section(content, OLD_NAMES[name]))
    match = _BODY.fullmatch(item)
    if match is None:
        raise BadCommand(f"Unknown FETCH item {item}")
    data = _section(content, match["section"])
    label = f"BODY[{match['section'].upper()}]"
    if match["start"] is not None:
        start = int(match["start"])
        data = data[start : start + int(match["length"] or len(data))]
        label += f"<{start}>"
    return _literal(label, data)


def _literal(label: str, data: bytes) -> bytes:
    return f"{label} {{{len(data)}}}\r\n".encode() + data


def _section(content: bytes, section: str) -> bytes:
    head, separator, text = content.partition(b"\r\n\r\n")
    name = section.upper()
    if not name:
        return content
    if name == "HEADER":
        return head + separator
    if name == "TEXT":
        return text
    if match := re.fullmatch(r"HEADER\.FIELDS(\.NOT)? \((.*)\)", name):
        wanted = set(match[2].split())
        message = BytesHeaderParser().parsebytes(head + separator)
        kept = [f"{key}: {value}\r\n" for key, value in message.items() if (key.upper() in wanted) != bool(match[1])]
        return "".join(kept).encode("utf-8", "surrogateescape") + b"\r\n"
    raise BadCommand(f"Unknown section {section}")


def internal_date(unix: float) -> str:
    """Write a moment as IMAP does: 15-Oct-2026 17:00:00 +0000."""
    moment = datetime.fromtimestamp(unix, UTC)
    return f"{moment.day:02d}-{MONTHS[moment.month - 1].title()}-{moment.year} {moment:%H:%M:%S} +0000"
