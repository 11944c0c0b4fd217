"""Our accounts: what leaves from each, what waits, and why one stands still."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import AccountChoice
from commsoffice.outbox.channels.registry import channels, is_manual, label_of
from commsoffice.outbox.enums import OPEN, SETTLED, CameBack, DeliveryState, StopKind, counted, ending
from commsoffice.outbox.models import ALL_ACCOUNTS, AccountStop, Delivery
from commsoffice.outbox.queries.ledger import IS_RETURNED, STATES

# Over so many days what settled is counted: ten years of mail are no figure.
RECENT_DAYS = 30
_WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.HELD)


@dataclass(frozen=True, slots=True)
class Sender:
    """One account that the worker sends from; ``key`` is empty where a channel has only one."""

    channel: str
    key: str
    name: str
    why_not: str = ""
    stop: AccountStop | None = None
    waiting: int = 0
    scheduled: int = 0
    unknown: int = 0

    @property
    def channel_label(self) -> str:
        """What people call the way."""
        return label_of(self.channel)

    @property
    def must_be_connected(self) -> bool:
        """Whether it stands still until a person does something."""
        return self.stop is not None and self.stop.kind == StopKind.EXPIRED

    @property
    def stops_with_all(self) -> bool:
        """Whether what stops it is meant for all accounts of its channel."""
        return self.stop is not None and self.stop.account != self.key


@dataclass(frozen=True, slots=True)
class Account:
    """One account with its figures: what is open, and what settled in the last days."""

    sender: Sender
    figures: list[tuple[DeliveryState | CameBack, int, str]]


def accounts() -> list[AccountChoice]:
    """All accounts that all channels can send from, usable or not."""
    return [choice for way in channels() for choice in way.accounts()]


def senders(now: datetime) -> list[Sender]:
    """All accounts of all channels, with what waits for each; two queries, and those of the channels."""
    stops = {(stop.channel, stop.account): stop for stop in AccountStop.objects.standing(now)}
    open_ones: Counter[tuple[str, str, DeliveryState]] = Counter()
    found = (
        Delivery.objects.filter(_open())
        .order_by()
        .values_list("channel", "account", "state")
        .annotate(count=Count("pk"))
    )
    for channel, account, state, count in found:
        open_ones[channel, account, DeliveryState(state)] = count
    known = _known()
    return [
        Sender(
            channel=alias,
            key=key,
            name=name,
            why_not=why_not,
            stop=stops.get((alias, key)) or stops.get((alias, ALL_ACCOUNTS)),
            waiting=sum(open_ones[alias, key, state] for state in _WAITING),
            scheduled=open_ones[alias, key, DeliveryState.SCHEDULED],
            unknown=open_ones[alias, key, DeliveryState.UNKNOWN],
        )
        for alias, key, name, why_not in [*known, *_former(known, stops, open_ones)]
    ]


def _former(
    known: list[tuple[str, str, str, str]],
    stops: dict[tuple[str, str], AccountStop],
    open_ones: Counter[tuple[str, str, DeliveryState]],
) -> list[tuple[str, str, str, str]]:
    """Accounts that no channel names any more, and that something still waits for."""
    named = {(alias, key) for alias, key, *_rest in known}
    of_all = {(alias, ALL_ACCOUNTS) for alias, _key in named}
    waited_for = {(channel, key) for channel, key, _state in open_ones if not is_manual(channel)} | set(stops) - of_all
    return [(channel, key, key or label_of(channel), "") for channel, key in sorted(waited_for - named)]


def account_of(channel: str, key: str, now: datetime) -> Account | None:
    """One account, known or of former days, or None for a way that never was; two queries, and the channels'."""
    known = {(alias, found): (name, why_not) for alias, found, name, why_not in _known()}
    if channel not in settings.OUTBOX_CHANNELS and not Delivery.objects.filter(channel=channel).exists():
        return None
    name, why_not = known.get((channel, key), (key or label_of(channel), ""))
    stop = AccountStop.objects.standing(now).of(channel, key)
    recent = Q(state__in=sorted(SETTLED), created_at__gte=now - timedelta(days=RECENT_DAYS))
    rows = (
        Delivery.objects.filter(_open() | recent, channel=channel, account=key)
        .order_by()
        .values_list("state", ExpressionWrapper(IS_RETURNED, BooleanField()))
        .annotate(count=Count("pk"))
    )
    counts = {ending(state, came_back=came_back): count for state, came_back, count in rows}
    sender = Sender(channel=channel, key=key, name=name, why_not=why_not, stop=stop)
    figures = [(state, counts[state], counted(state, counts[state])) for state in STATES if state in counts]
    return Account(sender=sender, figures=figures)


def next_scheduled(channel: str, key: str, limit: int = 50) -> list[Delivery]:
    """What waits on the network for its hour, the next first; one query."""
    rows = Delivery.objects.filter(channel=channel, account=key, state=DeliveryState.SCHEDULED)
    return list(rows.order_by("publish_at", "pk")[:limit])


def _known() -> list[tuple[str, str, str, str]]:
    found = []
    for way in channels():
        choices = way.accounts()
        found += [(way.alias, choice.key, choice.label, choice.why_not) for choice in choices]
        if not choices and not way.is_manual:
            found.append((way.alias, "", str(way.label), _("No account yet") if way.has_accounts else ""))
    return found


def _open() -> Q:
    # Written out state by state, so that each finds its own partial index whatever the size of the ledger.
    condition = Q(state=DeliveryState.QUEUED) | Q(state=DeliveryState.SENDING)
    for state in sorted(OPEN - {DeliveryState.QUEUED, DeliveryState.SENDING}):
        condition |= Q(state=state)
    return condition
