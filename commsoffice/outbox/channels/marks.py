"""Fills ``{{name}}`` marks. No logic, no filters: what a message says was decided when it was written."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape

_MARK = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def fill(text: str, marks: Mapping[str, Any], *, html: bool = False) -> str:
    """Return the text with its marks filled; in HTML what is filled in is escaped. An unknown mark vanishes."""

    def value(match: re.Match[str]) -> str:
        found = str(marks.get(match[1], ""))
        return escape(found) if html else found

    return _MARK.sub(value, text)


def one_line(text: str) -> str:
    """The text without line breaks and control characters: fit for a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
