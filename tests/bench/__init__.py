"""`make bench`: how fast the house is, each row against its own floor in the same run.

A row is a module here with a function that yields figures; ``ROWS`` names it. The floor is what nobody can go
below: the same work with nothing of ours around it. Ratios are compared, never seconds, so the machine
doesn't matter as long as it does nothing else meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

# Name on the command line → function that yields the figures.
ROWS: dict[str, str] = {
    "mail": "tests.bench.mail.figures",
    "claim": "tests.bench.claim.figures",
    "first-byte": "tests.bench.first_byte.figures",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line. Times are seconds of the same work; ``ratio`` is floor/ours, or ours/floor where less is better."""

    name: str
    ours: float
    floor: float
    bar: float
    # Less is better: ours may take at most ``bar`` times the floor (claiming of 1,000,000 against 10,000).
    at_most: bool = False
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How much of the floor's speed is reached, or how many times the floor it takes."""
        return self.ours / self.floor if self.at_most else self.floor / self.ours

    @property
    def passed(self) -> bool:
        """Whether the bar is met."""
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar

    def line(self) -> str:
        """As it is printed."""
        sign = "≤" if self.at_most else "≥"
        return (
            f"{self.name:<58} ours {self.ours:>9.4g} {self.unit:<3} floor {self.floor:>9.4g} {self.unit:<3}"
            f" ratio {self.ratio:>6.2f}  bar {sign} {self.bar:.2f}  {'pass' if self.passed else 'FAIL'}"
        )


def interleaved(floor: Callable[[], float], ours: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Time both in turn, so that a machine that slows down slows both; return the medians (ours, floor)."""
    floors, ourses = [], []
    for _ in range(rounds):
        floors.append(floor())
        ourses.append(ours())
    return median(ourses), median(floors)


Row = Callable[[], Iterator[Figure]]
