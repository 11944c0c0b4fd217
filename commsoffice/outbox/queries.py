"""Reads of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Min, Model, QuerySet
from django.urls import NoReverseMatch, reverse

from commsoffice.accounts.models import User
from commsoffice.outbox.channels.base import AccountChoice
from commsoffice.outbox.channels.registry import channels, label_of
from commsoffice.outbox.enums import DeliveryState, Purpose, counted
from commsoffice.outbox.models import Attempt, Delivery, DeliveryQuerySet
from commsoffice.outbox.permissions import may_see_person

# Each of these gets a row of its own; what goes well is told in one.
ONE_BY_ONE = (DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.HELD)
# A panel looks again by itself only while something is about to move.
_SOON = timedelta(minutes=2)


def accounts() -> list[AccountChoice]:
    """All accounts that all channels can send from, usable or not."""
    return [choice for way in channels() for choice in way.accounts()]


def summary(subject_type: str, subject_id: int) -> dict[DeliveryState, int]:
    """How many deliveries of one thing are in each state; states without any are left out. One query."""
    counted = Delivery.objects.of(subject_type, subject_id).order_by().values_list("state").annotate(count=Count("pk"))
    found = {DeliveryState(state): count for state, count in counted}
    return {state: found[state] for state in DeliveryState if state in found}


def deliveries_of(target: Model) -> DeliveryQuerySet:
    """The deliveries that speak of one thing, newest first."""
    return Delivery.objects.of(target._meta.label_lower, target.pk)  # noqa: SLF001  Django's public name for it


def waiting_count(user: User) -> int:
    """How many deliveries only a person can move."""
    return Delivery.objects.needs_person().count()


def visible_to(user: User, deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those whose recipient this person may read: citizens' data is not for everyone."""
    return deliveries if may_see_person(user) else deliveries.exclude(purpose=Purpose.REQUEST)


def subject_url(subject_type: str, subject_id: int) -> str:
    """Where the thing itself is, from ``delivery_subjects = {"room.model": "url:name"}`` of the AppConfigs."""
    for config in apps.get_app_configs():
        name = getattr(config, "delivery_subjects", {}).get(subject_type)
        if name:
            try:
                return reverse(name, args=[subject_id])
            except NoReverseMatch:
                return ""
    return ""


@dataclass(frozen=True, slots=True)
class Group:
    """Deliveries of one thing that went the same way and ended the same: one row."""

    purpose: str
    channel: str
    account: str
    state: DeliveryState
    count: int
    first_id: int
    name: str
    reason: str
    remote_url: str
    at: datetime | None
    due_at: datetime
    expires_at: datetime | None
    # The reason of the only one, or else what the other side last said of the first.
    said: str

    @property
    def channel_label(self) -> str:
        """What people call the way."""
        return label_of(self.channel)


@dataclass(frozen=True, slots=True)
class Panel:
    """All deliveries of one thing, by channel, account and state."""

    subject_type: str
    subject_id: int
    groups: list[Group]
    is_live: bool

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(group.count for group in self.groups)

    @property
    def left(self) -> int:
        """How many the other side has."""
        return sum(group.count for group in self.groups if group.state in {"accepted", "confirmed"})

    @property
    def figures(self) -> list[tuple[DeliveryState, int, str]]:
        """Each state that occurs, how many, and the word for so many."""
        counts: dict[DeliveryState, int] = {}
        for group in self.groups:
            counts[group.state] = counts.get(group.state, 0) + group.count
        return [(state, counts[state], counted(state, counts[state])) for state in _FIGURES if state in counts]


_FIGURES = (
    DeliveryState.CONFIRMED,
    DeliveryState.ACCEPTED,
    DeliveryState.SENDING,
    DeliveryState.QUEUED,
    DeliveryState.REJECTED,
    DeliveryState.UNKNOWN,
    DeliveryState.HELD,
    DeliveryState.TO_DO,
    DeliveryState.CANCELLED,
    DeliveryState.EXPIRED,
)


def panel(subject_type: str, subject_id: int, *, user: User, now: datetime) -> Panel:
    """The deliveries of one thing as this person may see them, grouped; two queries."""
    rows = list(
        Delivery.objects.of(subject_type, subject_id)
        .order_by()
        .values("purpose", "channel", "account", "state")
        .annotate(
            count=Count("pk"),
            first_id=Min("pk"),
            name=Min("recipient_name"),
            reason=Max("reason"),
            remote_url=Max("remote_url"),
            at=Max("settled_at"),
            due_at=Min("not_before"),
            expires_at=Min("expires_at"),
        )
    )
    answers = dict(
        Attempt.objects.filter(delivery__in=[row["first_id"] for row in rows])
        .order_by("delivery_id", "-started_at", "-pk")
        .distinct("delivery_id")
        .values_list("delivery_id", "answer")
    )
    groups = [_group(row, answers.get(row["first_id"], ""), user) for row in rows]
    groups.sort(key=lambda group: (group.channel, group.account, group.purpose, _FIGURES.index(group.state)))
    is_live = any(
        group.state == DeliveryState.SENDING or (group.state == DeliveryState.QUEUED and group.due_at <= now + _SOON)
        for group in groups
    )
    return Panel(subject_type, subject_id, groups, is_live)


def _group(row: Mapping[str, Any], answer: str, user: User) -> Group:
    said = row["reason"] if row["count"] == 1 and row["reason"] else answer
    shown = {**row, "state": DeliveryState(row["state"]), "said": " ".join(said.split())}
    if row["purpose"] == Purpose.REQUEST and not may_see_person(user):
        # A person's note may name the citizen, and which name to look for is unknown here.
        shown.update(name="", reason="", said="")
    return Group(**shown)


def one_by_one(subject_type: str, subject_id: int, limit: int = 100) -> list[Delivery]:
    """What went wrong or waits, each by itself, with its attempts; two queries."""
    rows = (
        Delivery.objects.of(subject_type, subject_id)
        .filter(state__in=ONE_BY_ONE)
        # «unknown» before «rejected» before «held»: the most pressing first.
        .order_by("-state", "pk")
        .prefetch_related("attempts")
    )
    return list(rows[:limit])


def attempts_of(delivery: Delivery) -> list[Attempt]:
    """What was tried, newest first."""
    return sorted(delivery.attempts.all(), key=lambda attempt: (attempt.started_at, attempt.pk), reverse=True)
