"""SEARCH: which messages have what a client looks for."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import cached_property

from commsoffice.sandbox.imap import mailbox
from commsoffice.sandbox.imap.words import BadCommand, Word, is_number_set, numbers_in, text_of
from commsoffice.sandbox.store import Record, Store

FLAG_KEYS = {
    "ANSWERED": "\\Answered",
    "DELETED": "\\Deleted",
    "DRAFT": "\\Draft",
    "FLAGGED": "\\Flagged",
    "SEEN": "\\Seen",
}
HEADER_KEYS = frozenset({"BCC", "CC", "FROM", "SUBJECT", "TO"})
DATE_KEYS = frozenset({"BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"})
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Candidate:
    """A message as the search looks at it; it is read only if a key asks for its text."""

    def __init__(self, store: Store, record: Record, number: int, numbers: list[int], uids: list[int]) -> None:
        self._store = store
        self.record = record
        self.number = number
        self.uid = int(record["uid"])
        self.numbers = numbers
        self.uids = uids

    @cached_property
    def mail(self) -> EmailMessage:
        return mailbox.parsed(self._store, self.uid)

    @cached_property
    def raw(self) -> str:
        return mailbox.content(self._store, self.uid).decode("utf-8", "replace").casefold()

    @cached_property
    def decoded(self) -> str:
        """Header and text, as a person reads them."""
        texts = [f"{name}: {value}" for name, value in self.mail.items()]
        for part in self.mail.walk():
            payload = part.get_payload(decode=True) if part.get_content_maintype() == "text" else None
            if isinstance(payload, bytes):
                texts.append(payload.decode("utf-8", "replace"))
        return "\n".join(texts).casefold()

    def has_flag(self, flag: str) -> bool:
        return flag.casefold() in (known.casefold() for known in self.record["flags"])

    def header(self, name: str) -> str:
        return " ".join(str(value) for value in self.mail.get_all(name, [])).casefold()

    def day(self, *, sent: bool) -> date:
        """When it arrived or, if asked, what its Date header says."""
        if sent:
            try:
                return parsedate_to_datetime(str(self.mail["Date"])).date()
            except (TypeError, ValueError):
                return date.min
        return datetime.fromtimestamp(self.record["at"], UTC).date()


Test = Callable[[Candidate], bool]


def compile_search(words: list[Word]) -> Test:
    """Return the test that a list of search keys asks for. Raises BadCommand."""
    words = list(words)
    if words and str(words[0]).upper() == "CHARSET":
        del words[:2]
    if not words:
        raise BadCommand("Missing search key")
    tests = []
    while words:
        tests.append(_next_test(words))
    return lambda candidate: all(test(candidate) for test in tests)


def _take(words: list[Word]) -> Word:
    if not words:
        raise BadCommand("Missing argument of a search key")
    return words.pop(0)


def _next_test(words: list[Word]) -> Test:  # noqa: PLR0911 - one for each kind of key
    word = _take(words)
    if isinstance(word, list):
        return compile_search(word)
    key = word.upper()
    if key in {"ALL", "OLD"}:
        return _any
    if key in {"NEW", "RECENT"}:
        return _not(_any)
    if key in FLAG_KEYS:
        return _flag(FLAG_KEYS[key])
    if key.removeprefix("UN") in FLAG_KEYS:
        return _not(_flag(FLAG_KEYS[key.removeprefix("UN")]))
    if key == "NOT":
        return _not(_next_test(words))
    if key == "OR":
        first, second = _next_test(words), _next_test(words)
        return lambda candidate: first(candidate) or second(candidate)
    if is_number_set(key):
        return lambda candidate: candidate.number in numbers_in(key, candidate.numbers)
    return _with_argument(key, text_of(_take(words)), words)


def _with_argument(key: str, argument: str, words: list[Word]) -> Test:  # noqa: PLR0911 - as above
    if key == "UID":
        return lambda candidate: candidate.uid in numbers_in(argument, candidate.uids)
    if key in {"KEYWORD", "UNKEYWORD"}:
        return _flag(argument) if key == "KEYWORD" else _not(_flag(argument))
    if key in HEADER_KEYS:
        return _header(key, argument)
    if key == "HEADER":
        return _header(argument, text_of(_take(words)))
    if key in {"TEXT", "BODY"}:
        text = argument.casefold()
        return lambda candidate: text in candidate.decoded or text in candidate.raw
    if key in {"LARGER", "SMALLER"} and argument.isdigit():
        limit = int(argument)
        larger = key == "LARGER"
        return lambda c: c.record["size"] > limit if larger else c.record["size"] < limit
    if key in DATE_KEYS:
        return _date(key, read_date(argument))
    raise BadCommand(f"Unknown search key {key}")


def _any(_candidate: Candidate) -> bool:
    return True


def _flag(flag: str) -> Test:
    return lambda candidate: candidate.has_flag(flag)


def _not(test: Test) -> Test:
    return lambda candidate: not test(candidate)


def _header(name: str, text: str) -> Test:
    # An empty text asks whether there is such a header at all.
    return lambda candidate: name in candidate.mail and text.casefold() in candidate.header(name)


def _date(key: str, day: date) -> Test:
    sent, how = key.startswith("SENT"), key.removeprefix("SENT")
    if how == "BEFORE":
        return lambda candidate: candidate.day(sent=sent) < day
    if how == "ON":
        return lambda candidate: candidate.day(sent=sent) == day
    return lambda candidate: candidate.day(sent=sent) >= day


def read_date(text: str) -> date:
    """Read 15-Oct-2026. Raises BadCommand."""
    try:
        number, month, year = text.split("-")
        return date(int(year), MONTHS.index(month.lower()) + 1, int(number))
    except ValueError:
        raise BadCommand("Invalid date") from None
