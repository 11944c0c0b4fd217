"""Compares the ledger with what is really outside."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from tests.soak.house import Asked

LEFT = frozenset({DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.SCHEDULED})
# Seconds: a network knows an hour by its whole seconds.
_EARLY = 1.0


@dataclass
class Finding:
    """What one run came to, in words; nothing in the three lists is as it must be.

    ``lost``: the ledger says what isn't so. ``doubled``: there is more outside than there may be, or where or when it
    may not be. ``unresolved``: neither settled nor before a person.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    # How the deliveries ended: (channel, end) → how many.
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether all is as it must be."""
        return not (self.lost or self.doubled or self.unresolved)


@dataclass(frozen=True)
class Known:
    """What the judge has to know of a run besides what was asked."""

    # These addresses refuse for good, and from these mail comes back.
    refused: Collection[str] = ()
    returned: Collection[str] = ()
    # Of these keys a person said that they don't leave any more.
    unwanted: Collection[str] = ()
    # Between these moments nothing may appear but what is allowed.
    paused: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """How often a thing is outside, seen or waiting there, and the moments at which it could be seen."""

    copies: int
    seen: list[float]


def judge(everything: Iterable[Asked], known: Known, outside: Mapping[str, Any]) -> Finding:
    """Compare what was asked, what the ledger says of it and what the sandbox remembers."""
    finding = Finding()
    wanted = list(everything)
    rows = {row.key: row for row in Delivery.objects.filter(key__in=[asked.key for asked in wanted])}
    before_person = set(Delivery.objects.needs_person().values_list("pk", flat=True))
    for asked in wanted:
        there = _outside(asked, outside)
        row = rows.get(asked.key)
        if row is None:
            finding.lost.append(f"{asked.key} is no longer in the ledger")
            continue
        says = f"{row} is {row.state} ({row.reason}); {there.copies} outside"
        finding.ends[row.channel, _end(row)] += 1
        if there.copies > 1:
            finding.doubled.append(says)
        if asked.publish_at is not None and any(moment < asked.publish_at - _EARLY for moment in there.seen):
            finding.doubled.append(f"{says}, before its hour")
        if known.paused is not None and not asked.is_allowed and _is_within(there.seen, known.paused):
            finding.doubled.append(f"{says}, in spite of the pause")
        if _is_lost(row, asked, known, there):
            finding.lost.append(f"{says}, {len(there.seen)} seen")
        if not is_done(row) or (row.state == DeliveryState.UNKNOWN and row.pk not in before_person):
            finding.unresolved.append(says)
    return finding


def _is_lost(row: Delivery, asked: Asked, known: Known, there: Outside) -> bool:
    """Whether the ledger says what isn't so: that it left, or that it didn't."""
    if row.state in LEFT:
        # What the network holds for its hour is seen by nobody yet.
        return not (there.copies if row.state == DeliveryState.SCHEDULED else there.seen)
    if row.state == DeliveryState.REJECTED and asked.place in known.returned:
        return not there.seen
    if row.state == DeliveryState.REJECTED and asked.place in known.refused:
        # Refused, and there all the same: somebody would send it again.
        return bool(there.seen)
    if row.state == DeliveryState.CANCELLED and asked.key in known.unwanted:
        return bool(there.seen)
    # Settled otherwise, and nobody had asked for that.
    return row.status.is_settled


def is_done(row: Delivery) -> bool:
    """Whether nothing moves any more by itself: settled, or left to a person."""
    if row.state == DeliveryState.UNKNOWN:
        return row.asks_made >= channel(row.channel).ask_limit and row.lease_until is None
    return row.status.is_settled


def _end(row: Delivery) -> str:
    return "before a person" if row.state == DeliveryState.UNKNOWN else row.state


def _is_within(moments: Iterable[float], stretch: tuple[float, float]) -> bool:
    return any(stretch[0] < moment < stretch[1] for moment in moments)


def _outside(asked: Asked, outside: Mapping[str, Any]) -> Outside:
    """Find the mails, posts (public, waiting for their hour or taken down) or videos that it may be."""
    if asked.channel == "email":
        mails = [row for row in outside["inbox"] if asked.place in row["recipients"] and row["subject"] == asked.words]
        return Outside(len(mails), [float(row["at"]) for row in mails])
    stretches = [
        row
        for row in outside["seen"]
        if (row["account"], row["words"], row["pictures"]) == (asked.place, asked.words, asked.pictures)
        and _is_same_video(asked, row["video"])
    ]
    ids = {row["id"] for row in stretches}
    if asked.channel == "facebook":
        waiting = {
            post["id"]
            for post in outside["facebook"][asked.place]["posts"]
            if (post["message"], len(post["photos"])) == (asked.words, asked.pictures)
            and _is_same_video(asked, post["video"] and post["video"]["sha256"])
        }
    else:
        waiting = {
            video["id"]
            for video in outside["youtube"][asked.place]["videos"]
            if video["title"] == asked.words and video["sha256"] == asked.video
        }
    return Outside(len(ids | waiting), [float(row["since"]) for row in stretches])


def _is_same_video(asked: Asked, digest: str | None) -> bool:
    return (digest or "") == asked.video
