"""Fills ``{{name}}`` marks. No logic, no filters: what a message says was decided when it was written."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape

MARK = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def fill(text: str, marks: Mapping[str, Any], *, html: bool = False) -> str:
    """Return the text with its marks filled; in HTML what is filled in is escaped. An unknown mark vanishes."""
    return MARK.sub(lambda match: worth(marks, match[1], html=html), text)


def worth(marks: Mapping[str, Any], name: str, *, html: bool = False) -> str:
    """What stands for one mark."""
    found = str(marks.get(name, ""))
    return escape(found) if html else found


def one_line(text: str) -> str:
    """The text without line breaks and control characters: fit for a header."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
