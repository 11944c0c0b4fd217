"""The body of a release: cleaned HTML, and the same as plain text."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from django_prose_editor.fields import create_sanitizer

# What the body may hold. The server cleans by the same list as the editor.
BODY_EXTENSIONS: dict[str, object] = {
    "Bold": True,
    "Italic": True,
    "Link": {"enableTarget": False},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Heading": {"levels": [2, 3]},
    "HardBreak": True,
    "History": True,
}

_sanitize: Callable[[str], str] = create_sanitizer(BODY_EXTENSIONS)


def clean(html: str) -> str:
    """Return the HTML with only the elements that the body may hold; no script survives."""
    cleaned = _sanitize(html).strip()
    # An editor that was opened and left leaves empty paragraphs behind.
    return cleaned if to_text(cleaned) else ""


class _Text(HTMLParser):
    """Collects paragraphs; a link's address follows its words when they differ."""

    _BLOCKS = frozenset({"p", "h2", "h3", "blockquote", "ul", "ol", "li"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[int | None] = []
        self._href = ""
        self._link_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.parts.append("\n" + self._bullet())
        elif tag == "p" and self.parts and self.parts[-1].endswith(("- ", ". ")) and self._lists:
            pass  # the paragraph of a list item stays on the item's line
        elif tag == "br":
            self.parts.append("\n")
        elif tag in self._BLOCKS:
            self.parts.append("\n\n")
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self._link_from = len(self.parts)

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number + 1}. "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            words = "".join(self.parts[self._link_from :]).strip()
            if self._href not in {words, f"mailto:{words}", f"tel:{words}"}:
                self.parts.append(f" ({self._href})")
            self._href = ""
        elif tag in {"ul", "ol"}:
            if self._lists:
                self._lists.pop()
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))


def to_text(html: str) -> str:
    """Return the HTML as plain text: paragraphs apart by a blank line, lists with dashes or numbers."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [line.strip() for line in "".join(parser.parts).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def count_words(text: str) -> int:
    """Count words as a person would: numbers and hyphenated words are one each."""
    return len(text.split())
