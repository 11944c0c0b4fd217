"""A text whose marks stay open: encoded once for all its recipients, each one's words filled in as bytes.

Quoted-printable, because there a line may end anywhere without ending for the reader: a soft break before and
behind each mark keeps every line short whatever is filled in, and what is filled in begins at the start of a line.
"""

import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from typing import Any

from commsoffice.outbox.channels.marks import MARK, worth

_SOFT = b"=\r\n"
# Stands for itself, in one line: names and addresses mostly do.
_PLAIN = re.compile(r"[A-Za-z0-9/:][A-Za-z0-9 ./:_-]*[A-Za-z0-9/]")
_SHORT = 75
_LINE_START_DOT = re.compile(rb"(?m)^\.")


class Slot:
    """A mark that is filled for each recipient."""

    __slots__ = ("ends", "html", "name")

    def __init__(self, name: str, *, html: bool, ends: bool) -> None:
        """``ends``: nothing stands behind it, so it closes the last line."""
        self.name = name
        self.html = html
        self.ends = ends

    def filled(self, marks: Mapping[str, Any]) -> bytes:
        """The recipient's words, encoded."""
        words = encoded(worth(marks, self.name, html=self.html))
        if self.ends:
            return _SOFT + words + (b"" if words.endswith(b"\r\n") else b"\r\n")
        return _SOFT + words + _SOFT if words else _SOFT


def pieces(text: str, *, html: bool = False) -> list[bytes | Slot]:
    """Encode the text around its marks. It ends with a line break, as every part of a mail does."""
    found: list[bytes | Slot] = []
    place = 0
    for match in MARK.finditer(text):
        if before := text[place : match.start()]:
            found.append(encoded(before))
        place = match.end()
        found.append(Slot(match[1], html=html, ends=place == len(text)))
    if rest := text[place:]:
        found.append(encoded(rest if rest.endswith(("\n", "\r")) else rest + "\n"))
    return found or [b"\r\n"]


def encoded(text: str) -> bytes:
    """Quoted-printable; line breaks of every kind become the mail's own."""
    if len(text) <= _SHORT and _PLAIN.fullmatch(text):
        return text.encode()
    # Without a line break in sight the encoder would break long lines as Unix does.
    return b2a_qp("\r\n".join((*_lines(text), "")).encode("utf-8", "replace"))[:-2]


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def dotted(content: bytes) -> bytes:
    """Dots doubled at the start of lines, as DATA wants it; the content begins at the start of a line."""
    return _LINE_START_DOT.sub(b"..", content)


def merged(parts: Sequence[bytes | Slot]) -> list[bytes | Slot]:
    """The same with neighbouring bytes joined, so that little is left to do for each recipient."""
    joined: list[bytes | Slot] = []
    run: list[bytes] = []
    for part in parts:
        if isinstance(part, Slot):
            if run:
                joined.append(b"".join(run))
                run = []
            joined.append(part)
        else:
            run.append(part)
    if run:
        joined.append(b"".join(run))
    return joined
