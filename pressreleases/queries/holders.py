"""Who holds a text of ours: whoever a correction or a withdrawal is owed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from commsoffice.outbox.channels.registry import label_of
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.queries import deliveries_of, only_claimed
from pressreleases.enums import ReleaseState
from pressreleases.models import Release, TakenDown

# What carries a text of the release; a notice of its withdrawal carries none.
TEXTS = (Purpose.RELEASE, Purpose.CORRECTION)
# It is there, or may be there, or is leaving at this moment.
_LEFT = (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.UNKNOWN, DeliveryState.SENDING)
_WAITING = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO)
# Our own page: it changes at once and is told by nobody.
_OURS = "web"


@dataclass(frozen=True, slots=True)
class Holders:
    """One delivery for each address by each way: the last that carried a text there.

    ``had``: the text left, or may have. ``waiting``: it was about to leave and nothing has left there before.
    """

    had: list[Delivery]
    waiting: list[Delivery]

    @property
    def persons(self) -> list[Delivery]:
        """Those of ``had`` that somebody reads or hears: not posts on our accounts."""
        return [row for row in self.had if not row.account]

    @property
    def told(self) -> list[tuple[str, int]]:
        """(Way, how many) of ``had``, as the page says it."""
        return [(label_of(alias), len(rows)) for alias, rows in by_channel(self.had)]


def holders(release: Release, *, now: datetime, lock: bool = False) -> Holders:
    """Read the ledger of a release; with ``lock`` its rows stay as they are until the transaction ends.

    Refused, returned, cancelled and expired deliveries never arrived, unless the recipient says so. What a network
    was given for an hour that is still to come is taken back from it, so it counts as waiting; so does what a worker
    has taken over and not begun to send.
    """
    rows = _sent(release)
    if lock:
        rows = rows.select_for_update(of=("self",))
    had: dict[tuple[str, str], Delivery] = {}
    waiting: dict[tuple[str, str], Delivery] = {}
    # After the lock: whoever begins now finds out that it was cancelled.
    claimed = only_claimed(rows)
    for row in rows:
        # However it is written, an address is one.
        where = (row.channel, row.account or row.recipient.casefold())
        if _has_left(row, now) and row.pk not in claimed:
            had[where] = row
        elif _waits(row, now) or row.pk in claimed:
            waiting[where] = row
    return Holders(list(had.values()), [row for where, row in waiting.items() if where not in had])


def posts(release: Release, *, now: datetime) -> list[Delivery]:
    """Return every post of a release that stands on our accounts, or may: a text and its corrections. One query."""
    return [row for row in _sent(release).exclude(account="") if _has_left(row, now)]


def still_up(*, now: datetime) -> list[Delivery]:
    """Return the posts of withdrawn texts that nobody has taken down yet, by text. One query."""
    withdrawn = Release.objects.filter(state=ReleaseState.WITHDRAWN)
    gone = TakenDown.objects.filter(delivery=OuterRef("pk"))
    rows = Delivery.objects.filter(
        ~Exists(gone),
        subject_type=Release._meta.label_lower,  # noqa: SLF001  its public name
        subject_id__in=withdrawn.values("pk"),
        purpose__in=TEXTS,
        state__in=(*_LEFT, DeliveryState.SCHEDULED),
    )
    return [row for row in rows.exclude(account="").order_by("subject_id", "pk") if _has_left(row, now)]


def _sent(release: Release) -> QuerySet[Delivery]:
    return deliveries_of(release).filter(purpose__in=TEXTS).exclude(channel=_OURS).exclude(recipient="").order_by("pk")


def by_channel(rows: Sequence[Delivery]) -> list[tuple[str, list[Delivery]]]:
    """Put the rows together that go the same way."""
    found: dict[str, list[Delivery]] = {}
    for row in rows:
        found.setdefault(row.channel, []).append(row)
    return list(found.items())


def _has_left(row: Delivery, now: datetime) -> bool:
    if row.state == DeliveryState.SCHEDULED:
        return not _is_ahead(row, now)
    return row.state in _LEFT or row.confirmed_at is not None


def _waits(row: Delivery, now: datetime) -> bool:
    if row.state == DeliveryState.SCHEDULED:
        return _is_ahead(row, now)
    # What is stale expires with the next sweep; it isn't made fresh.
    return row.state in _WAITING and (row.expires_at is None or row.expires_at > now)


def _is_ahead(row: Delivery, now: datetime) -> bool:
    return row.publish_at is not None and row.publish_at > now
