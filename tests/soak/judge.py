"""Compares the ledger with what is really outside."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from social.models import Profile
from tests.soak.house import address, mark
from tests.soak.scenario import Scenario

LEFT = frozenset({DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.SCHEDULED})


@dataclass
class Finding:
    """What one run came to, in words; nothing in the three lists is as it must be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    # How the deliveries ended: (channel, end) → how many.
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether all is as it must be."""
        return not (self.lost or self.doubled or self.unresolved)


def judge(scenario: Scenario, keys: Iterable[str], outside: Mapping[str, Any]) -> Finding:
    """Compare each delivery of a run with the state of the sandbox."""
    finding = Finding()
    rows = {row.key: row for row in Delivery.objects.filter(key__in=keys)}
    before_person = set(Delivery.objects.needs_person().values_list("pk", flat=True))
    pages = dict(Profile.objects.values_list("key", "external_id"))
    for key in keys:
        row = rows.get(key)
        if row is None:
            finding.lost.append(f"{key} is no longer in the ledger")
            continue
        copies = _copies(row, scenario.seed, outside, pages)
        says = f"{row} is {row.state} ({row.reason}); {copies} outside"
        finding.ends[row.channel, _end(row)] += 1
        if copies > 1:
            finding.doubled.append(says)
        if _is_lost(row, scenario, copies):
            finding.lost.append(says)
        if not is_done(row) or (row.state == DeliveryState.UNKNOWN and row.pk not in before_person):
            finding.unresolved.append(says)
    return finding


def _is_lost(row: Delivery, scenario: Scenario, copies: int) -> bool:
    """Whether the ledger says what isn't so: that it left, or that it didn't."""
    if row.state in LEFT:
        return copies == 0
    if row.state == DeliveryState.REJECTED and _is_refused(row, scenario):
        # Refused, and there all the same: somebody would send it again.
        return copies > 0
    # Settled otherwise, and nobody had asked for that.
    return row.status.is_settled


def is_done(row: Delivery) -> bool:
    """Whether nothing moves any more by itself: settled, or left to a person."""
    if row.state == DeliveryState.UNKNOWN:
        return row.asks_made >= channel(row.channel).ask_limit and row.lease_until is None
    return row.status.is_settled


def _end(row: Delivery) -> str:
    return "before a person" if row.state == DeliveryState.UNKNOWN else row.state


def _is_refused(row: Delivery, scenario: Scenario) -> bool:
    return scenario.refused is not None and row.recipient == address(scenario.seed, scenario.refused)


def _copies(row: Delivery, seed: int, outside: Mapping[str, Any], pages: Mapping[str, str]) -> int:
    """How many of it there are: mails, posts (public or waiting for their hour) or videos."""
    words = mark(seed)
    if row.channel == "email":
        return sum(row.recipient in mail["recipients"] and mail["subject"] == words for mail in outside["inbox"])
    if row.channel == "facebook":
        posts = outside["facebook"][pages[row.account]]["posts"]
        wanted = row.message.payload
        return sum(
            post["message"] == words
            and len(post["photos"]) == len(wanted["photos"])
            and (post["video"] is not None) == bool(wanted.get("video"))
            for post in posts
        )
    videos = outside["youtube"][pages[row.account]]["videos"]
    return sum(
        video["title"] == words and video["sha256"] == row.message.payload["video"]["sha256"] for video in videos
    )
