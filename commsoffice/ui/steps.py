"""The route of the day: what a room's `route.py` answers, and the row that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from commsoffice.ui.states import StateKind


@dataclass(frozen=True, slots=True)
class Verb:
    """The next thing to do, as a button that says it.

    `in_place` is for a POST whose view ends in `commsoffice.ui.views.back`: the row
    is then replaced where it stands instead of loading the page again.
    """

    label: str
    url: str
    method: Literal["get", "post"] = "get"
    primary: bool = False
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six steps of an event: its state, its evidence, its owner."""

    key: str
    name: str
    kind: StateKind
    word: str
    detail: str = ""
    detail_url: str = ""
    who: str = ""
    verb: Verb | None = None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One event of the day with its steps. `at` is a date for an all-day event."""

    key: str
    at: datetime | date
    title: str
    url: str
    level: str
    steps: tuple[Step, ...]
    meta: str = ""
    is_now: bool = False
    verb: Verb | None = None

    @property
    def is_all_day(self) -> bool:
        """Whether the event has a day but no hour."""
        return not isinstance(self.at, datetime)

    @property
    def next_verb(self) -> Verb | None:
        """The verb of the row: the one given, else the most pressing one of its steps."""
        return self.verb or next_verb(self.steps)


def next_verb(steps: Iterable[Step]) -> Verb | None:
    """The primary verb, else the verb of the first step that is not settled, else any."""
    offered = [step for step in steps if step.verb is not None]
    offered.sort(key=lambda step: (not (step.verb is not None and step.verb.primary), step.kind.is_settled))
    return offered[0].verb if offered else None


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the person who looks: an item of «Lo que me espera»."""

    kind: StateKind
    word: str
    title: str
    text: str
    verb: Verb
    # Lower comes first.
    order: int = 50
