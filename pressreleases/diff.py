"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: ``same``, ``added`` or ``removed``."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces that make ``after`` out of ``before``, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(new[j1:j2])))
            continue
        if i1 != i2:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j1 != j2:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return pieces


def compare_parts(before: dict[str, str], after: dict[str, str]) -> dict[str, list[Piece]]:
    """Compare field by field; fields that are the same are left out."""
    return {name: compare(before.get(name, ""), text) for name, text in after.items() if before.get(name, "") != text}
