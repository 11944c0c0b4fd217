"""Who was told of a correction or a withdrawal, who has not said yet that he got it, and which posts still stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import AttemptKind, DeliveryState, Purpose
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.queries import deliveries_of
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release, TakenDown
from pressreleases.queries.holders import posts

NOTICES = (Purpose.CORRECTION, Purpose.WITHDRAWAL)
# Whoever hasn't said anything by then is called.
PATIENCE = timedelta(hours=48)
# After this nobody is reminded any more.
OVER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One recipient of a notice; or one of our posts, which a person takes down."""

    delivery: Delivery
    # «By the link in the mail», «By telephone»; of a post, who took it down.
    how: str
    taken_down_at: datetime | None = None

    @property
    def way(self) -> str:
        """What people call the way that it went."""
        return label_of(self.delivery.channel)

    @property
    def is_post(self) -> bool:
        """Whether it stands on a network of ours: nobody there could say that he got anything."""
        return bool(self.delivery.account)

    @property
    def is_confirmed(self) -> bool:
        """Whether the recipient said so, or a person told him; of a post, whether a person took it down."""
        if self.is_post:
            return self.taken_down_at is not None
        return self.delivery.confirmed_at is not None or self.delivery.state == DeliveryState.CONFIRMED

    @property
    def confirmed_at(self) -> datetime | None:
        """When."""
        if self.is_post:
            return self.taken_down_at
        return (self.delivery.confirmed_at or self.delivery.settled_at) if self.is_confirmed else None

    @property
    def has_come_back(self) -> bool:
        """Whether it can't have arrived that way."""
        return self.delivery.state == DeliveryState.REJECTED and not self.is_confirmed

    @property
    def may_confirm(self) -> bool:
        """Whether a call may be written down: it left, and nobody has said anything yet."""
        may = {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.REJECTED}
        return self.delivery.state in may and not self.is_confirmed and not self.is_post

    @property
    def may_be_taken_down(self) -> bool:
        """Whether a person may say that it is gone: it is there, or may be."""
        return self.is_post and not self.is_confirmed and self.delivery.state != DeliveryState.SENDING

    @property
    def is_by_hand(self) -> bool:
        """Whether a person still has to call, copy or print it."""
        return self.delivery.state == DeliveryState.TO_DO


@dataclass(frozen=True, slots=True)
class Notice:
    """One correction or withdrawal, as its recipients got it."""

    purpose: Purpose
    at: datetime
    receipts: list[Receipt]

    @property
    def total(self) -> int:
        """How many were to be told."""
        return len(self.receipts)

    @property
    def missing(self) -> int:
        """How many have not confirmed."""
        return sum(not receipt.is_confirmed for receipt in self.receipts)

    @property
    def is_withdrawal(self) -> bool:
        """Whether the text is gone."""
        return self.purpose == Purpose.WITHDRAWAL


def notices(release: Release, *, now: datetime) -> list[Notice]:
    """Return the notices about a release, newest first, those who have not confirmed first: four queries at most.

    Left out is what was cancelled because a newer notice took its place. Posts confirm nothing; those of a
    withdrawn text stand with its notice, until a person says that they are gone.
    """
    rows = list(_told(deliveries_of(release)))
    said = Attempt.objects.filter(delivery__in=rows, kind=AttemptKind.RECIPIENT).order_by("pk")
    found = _grouped(rows, dict(said.values_list("delivery_id", "answer")))
    return _with_posts(found, release, now) if release.state == ReleaseState.WITHDRAWN else found


def _with_posts(found: list[Notice], release: Release, now: datetime) -> list[Notice]:
    gone = {row.delivery_id: row for row in release.taken_down.select_related("by")}
    receipts = [_of_post(row, gone.get(row.pk)) for row in posts(release, now=now)]
    if not receipts:
        return found
    if found and found[0].is_withdrawal:
        last, *earlier = found
    else:
        last, earlier = Notice(Purpose.WITHDRAWAL, release.withdrawn_at or now, []), found
    return [replace(last, receipts=_in_order([*last.receipts, *receipts])), *earlier]


def _of_post(row: Delivery, gone: TakenDown | None) -> Receipt:
    return Receipt(row, gone.by.name, gone.at) if gone else Receipt(row, "")


def unconfirmed(*, now: datetime) -> list[tuple[Release, Notice]]:
    """Return the releases of whose last notice some have not said anything for two days: two queries."""
    window = (now - OVER, now - PATIENCE)
    corrected = Correction.objects.filter(state=CorrectionState.ISSUED, approved_at__range=window)
    told = Q(pk__in=corrected.values("release")) | Q(withdrawn_at__range=window)
    releases = {release.pk: release for release in Release.objects.filter(told).order_by("pk")}
    if not releases:
        return []
    label = Release._meta.label_lower  # noqa: SLF001  its public name
    by_release: dict[int, list[Delivery]] = {}
    for row in _told(Delivery.objects.filter(subject_type=label, subject_id__in=list(releases))):
        by_release.setdefault(row.subject_id, []).append(row)
    last = [(releases[number], _grouped(rows, {})[0]) for number, rows in by_release.items()]
    return [(release, notice) for release, notice in last if notice.missing and notice.at <= now - PATIENCE]


def posts_to_mend(release: Release, *, now: datetime) -> list[Delivery]:
    """Return our posts that only a person can mend: of a withdrawn text those that nobody has taken down; of a
    corrected one, those whose network can't carry a correction (a video keeps its description). Two queries at most.
    """
    standing = posts(release, now=now)
    if release.state == ReleaseState.WITHDRAWN:
        gone = set(release.taken_down.values_list("delivery", flat=True))
        return [row for row in standing if row.pk not in gone]
    old = [row for row in standing if row.subject_version != release.approved_hash]
    if not old:
        return []
    told = deliveries_of(release).filter(purpose=Purpose.CORRECTION, subject_version=release.approved_hash)
    mended = set(told.values_list("channel", "account"))
    return [row for row in old if (row.channel, row.account) not in mended]


def _told(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.filter(purpose__in=NOTICES, account="").exclude(state=DeliveryState.CANCELLED).order_by("pk")


def _grouped(rows: Sequence[Delivery], said: Mapping[int, str]) -> list[Notice]:
    found: dict[tuple[str, str], list[Delivery]] = {}
    for row in rows:
        found.setdefault((row.purpose, row.subject_version), []).append(row)
    made = [Notice(Purpose(key[0]), group[0].created_at, _receipts(group, said)) for key, group in found.items()]
    return sorted(made, key=lambda notice: notice.at, reverse=True)


def _receipts(rows: Sequence[Delivery], said: Mapping[int, str]) -> list[Receipt]:
    # One that came back and left again to a corrected address is one recipient.
    again = {row.recipient_ref for row in rows if row.recipient_ref and row.state != DeliveryState.REJECTED}
    kept = [row for row in rows if row.state != DeliveryState.REJECTED or row.recipient_ref not in again]
    return _in_order([Receipt(row, said.get(row.pk, "")) for row in kept])


def _in_order(receipts: list[Receipt]) -> list[Receipt]:
    return sorted(receipts, key=lambda receipt: (receipt.is_confirmed, receipt.delivery.recipient_name))
