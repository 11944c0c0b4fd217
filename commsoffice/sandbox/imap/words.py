"""How an IMAP command is written: atoms, quoted strings, literals, lists, and sets of numbers."""

import re
from collections.abc import Iterator

# One word of a command: text, or a list of words in parentheses.
Word = str | list["Word"]

_TOKEN = re.compile(
    rb'"((?:[^"\\]|\\.)*)"'
    rb"|\{(\d+)\+?\}\r\n"
    rb"|([()])"
    rb"|((?:BODY(?:\.PEEK)?)\[[^\]]*\](?:<[\d.]+>)?|[^\s()\"]+)",
    re.IGNORECASE,
)


class BadCommand(Exception):
    """The command can't be read; the message says why."""


def read_words(line: bytes) -> list[Word]:
    """Split a whole command, its literals inside, into words. Raises BadCommand."""
    tokens = _tokens(line)
    words = _nest(tokens, depth=0)
    if next(tokens, None) is not None:
        raise BadCommand("Unbalanced parentheses")
    return words


def _tokens(line: bytes) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(line):
        if line[position : position + 1].isspace():
            position += 1
            continue
        match = _TOKEN.match(line, position)
        if match is None:
            raise BadCommand("Could not parse command")
        position = match.end()
        quoted, literal, bracket, atom = match.groups()
        if quoted is not None:
            yield "text", re.sub(rb"\\(.)", rb"\1", quoted).decode("utf-8", "replace")
        elif literal is not None:
            size = int(literal)
            yield "text", line[position : position + size].decode("utf-8", "replace")
            position += size
        elif bracket is not None:
            yield "bracket", bracket.decode()
        else:
            yield "text", atom.decode("utf-8", "replace")


def _nest(tokens: Iterator[tuple[str, str]], depth: int) -> list[Word]:
    words: list[Word] = []
    for kind, text in tokens:
        if kind == "text":
            words.append(text)
        elif text == "(":
            words.append(_nest(tokens, depth + 1))
        elif depth:
            return words
        else:
            raise BadCommand("Unbalanced parentheses")
    if depth:
        raise BadCommand("Unbalanced parentheses")
    return words


def text_of(word: Word) -> str:
    """Return a word that must not be a list. Raises BadCommand."""
    if isinstance(word, list):
        raise BadCommand("Unexpected parentheses")
    return word


def is_number_set(text: str) -> bool:
    """Whether a word is a set of numbers such as 1,4:7,9:*."""
    return re.fullmatch(r"(\d+|\*)(:(\d+|\*))?(,(\d+|\*)(:(\d+|\*))?)*", text) is not None


def numbers_in(text: str, present: list[int]) -> list[int]:
    """Those of the present numbers that are in the set; * is the highest. Raises BadCommand."""
    if not is_number_set(text):
        raise BadCommand("Invalid message set")
    highest = max(present, default=0)
    wanted: set[int] = set()
    for item in text.split(","):
        first, _, last = item.partition(":")
        bounds = [highest if bound == "*" else int(bound) for bound in (first, last or first)]
        # 9:* with fewer than 9 messages still means the last one.
        wanted.update(number for number in present if min(bounds) <= number <= max(bounds))
    return sorted(wanted)


def quoted(text: str) -> str:
    """Write a name in quotes."""
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{escaped}"'
