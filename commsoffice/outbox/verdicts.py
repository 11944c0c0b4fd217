"""What a gate may answer. A gate is ``(delivery, now) -> Verdict``, named in ``settings.OUTBOX_GATES``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from commsoffice.outbox.models import Delivery


@dataclass(frozen=True, slots=True)
class Go:
    """Nothing stands in the way."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait, because; asked again at ``until``, or each minute when that is not known."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Never, because. The delivery ends rejected and a person sees it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Expire:
    """Too late, because. Nobody has to look at it."""

    reason: str


Verdict = Go | Hold | Refuse | Expire
Gate = Callable[[Delivery, datetime], Verdict]

# Of which fields of a delivery a gate's verdict depends, besides the hour and what is true at that moment. For
# deliveries that are alike in them it is asked once, see ``judge.Memo``. A gate that isn't here is asked for each.
ALIKE: dict[Gate, Callable[[Delivery], object]] = {}


def same_for(*fields: str) -> Callable[[Gate], Gate]:
    """Mark a gate whose verdict is the same for deliveries that are alike in these fields."""

    def mark(gate: Gate) -> Gate:
        ALIKE[gate] = attrgetter(*fields)
        return gate

    return mark


GateOfMany = Callable[[Sequence[Delivery], datetime], list[Verdict]]

# A gate that can judge many at once, for less than one at a time costs: the same verdicts, in their order.
TOGETHER: dict[Gate, GateOfMany] = {}


def asked_together(many: GateOfMany) -> Callable[[Gate], Gate]:
    """Mark a gate that has a form for many."""

    def mark(gate: Gate) -> Gate:
        TOGETHER[gate] = many
        return gate

    return mark
