"""Header lines as bytes. What is plain is written down as it is; the rest goes through the standard library, which
folds and encodes, and refuses line breaks. ``one_line`` takes those out before, so that a bad name costs nobody his
mail.
"""

import re
from email.charset import QP, Charset
from email.header import Header
from email.policy import SMTP

from django.utils.encoding import iri_to_uri

from commsoffice.outbox.channels.marks import one_line

# RFC 2047 and RFC 5322: an encoded word has 75 characters at most; a line should have 78.
_LONGEST_WORD, _LONGEST_LINE = 75, 78
_LONGEST_POSSIBLE = 900
# As long as the ledger keeps one.
_LONGEST_NAME = 200
_NEEDS_QUOTES = re.compile(r"[^A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]")
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = QP


def text_line(name: str, text: str) -> bytes:
    """A header of free text: «Subject»."""
    return _folded(name, one_line(text))


def mailbox_line(name: str, shown: str, address: str) -> bytes:
    """A header of one mailbox: «To». ``address`` has been checked."""
    shown = one_line(shown)[:_LONGEST_NAME]
    if shown.isascii():
        word = '"' + re.sub(r'([\\"])', r"\\\1", shown) + '"' if _NEEDS_QUOTES.search(shown) else shown
    else:
        word = str(_UTF8.header_encode(shown))
        if len(word) > _LONGEST_WORD:
            # Several words, each on a line; readers join them without a space.
            word = Header(shown, "utf-8", maxlinelen=_LONGEST_WORD, header_name=name).encode(linesep="\r\n")
    if not word:
        return f"{name}: {address}\r\n".encode()
    line = f"{name}: {word} <{address}>"
    if len(line) > _LONGEST_LINE:
        line = f"{name}: {word}\r\n <{address}>"
    return line.encode("ascii") + b"\r\n"


def url_line(name: str, url: str) -> bytes:
    """A header of one address in brackets: «List-Unsubscribe». Empty for one that no line can hold."""
    safe = iri_to_uri(one_line(url)).replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    line = f"{name}: <{safe}>"
    return line.encode("ascii") + b"\r\n" if safe and len(line) <= _LONGEST_POSSIBLE else b""


def _folded(name: str, value: object) -> bytes:
    folded: str = SMTP.header_factory(name, value).fold(policy=SMTP)
    return folded.encode("ascii")
