"""Reads of single deliveries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from commsoffice.accounts.models import User
from commsoffice.outbox import policy
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import CAME_BACK, AttemptKind, DeliveryState, Purpose, StopKind
from commsoffice.outbox.models import AccountStop, Attempt, Delivery, DeliveryQuerySet
from commsoffice.outbox.permissions import may_see_person

# In the order of the table: what left, what is on its way, what waits, what did not leave.
STATES = (
    DeliveryState.CONFIRMED,
    DeliveryState.ACCEPTED,
    DeliveryState.SENDING,
    DeliveryState.SCHEDULED,
    DeliveryState.QUEUED,
    DeliveryState.HELD,
    DeliveryState.TO_DO,
    DeliveryState.UNKNOWN,
    DeliveryState.REJECTED,
    CAME_BACK,
    DeliveryState.CANCELLED,
    DeliveryState.EXPIRED,
)
# Of a refused one: it is mail that came back.
IS_RETURNED = Q(state=DeliveryState.REJECTED, bounced_at__isnull=False)
# Each of these gets a row of its own; what goes well is told in one.
ONE_BY_ONE = (DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.HELD)
# A rule that does not know until when is asked again each minute: that is no hour worth telling.
_SOON: timedelta = 2 * policy.GATE_WAIT
# Where credentials died, any hour is only that of the next try.
MUST_BE_CONNECTED = Exists(
    AccountStop.objects.filter(channel=OuterRef("channel"), account=OuterRef("account"), kind=StopKind.EXPIRED)
)


def deliveries_of(target: Model) -> DeliveryQuerySet:
    """The deliveries that speak of one thing, newest first."""
    return Delivery.objects.of(target._meta.label_lower, target.pk)  # noqa: SLF001  Django's public name for it


def waiting_count(user: User) -> int:
    """How many deliveries only a person can move."""
    return Delivery.objects.needs_person().count()


def visible_to(user: User, deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those whose recipient this person may read: citizens' data is not for everyone."""
    return deliveries if may_see_person(user) else deliveries.exclude(purpose=Purpose.REQUEST)


def told(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Load what a page tells of each delivery beside its row; one query more."""
    return deliveries.annotate(must_be_connected=MUST_BE_CONNECTED).prefetch_related("attempts")


def held_until(delivery: Delivery, now: datetime) -> datetime | None:
    """Until when a held one waits, where that is known; of a delivery that came through ``told``."""
    must_be_connected: bool = getattr(delivery, "must_be_connected", False)
    return known_until(delivery.not_before, now, must_be_connected=must_be_connected)


def known_until(next_move: datetime, now: datetime, *, must_be_connected: bool) -> datetime | None:
    """The hour of the next move, unless it is only that of asking again."""
    return next_move if next_move - now > _SOON and not must_be_connected else None


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


def one_by_one(subject_type: str, subject_id: int, limit: int = 100) -> list[Delivery]:
    """What went wrong or waits, each by itself, with its attempts; two queries."""
    rows = (
        Delivery.objects.of(subject_type, subject_id)
        .filter(state__in=ONE_BY_ONE)
        # «unknown» before «rejected» before «held»: the most pressing first.
        .order_by("-state", "pk")
    )
    return list(told(rows)[:limit])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one that nobody answered for."""

    # When the last call began, what came back of it, and how the questions since then ended.
    left_at: datetime | None
    answer: str
    asked: int
    last_asked_at: datetime | None
    last_said: str
    # Itself, or the page or channel where it would stand.
    look_at: str


def evidence(delivery: Delivery) -> Evidence:
    """What a person needs to judge whether it left; one query of the channel's beside the attempts."""
    attempts = attempts_of(delivery)
    sent = next((each for each in attempts if each.kind == AttemptKind.SEND), None)
    questions = [each for each in attempts if each.kind == AttemptKind.RECONCILE and each.finished_at]
    return Evidence(
        left_at=sent.started_at if sent else None,
        answer=sent.answer if sent else "",
        asked=len(questions),
        last_asked_at=questions[0].finished_at if questions else None,
        last_said=questions[0].answer if questions else "",
        look_at=delivery.remote_url or _page_of(delivery),
    )


def _page_of(delivery: Delivery) -> str:
    if not delivery.account or delivery.channel not in settings.OUTBOX_CHANNELS:
        return ""
    choices = channel(delivery.channel).accounts()
    return next((choice.url for choice in choices if choice.key == delivery.account), "")


def attempts_of(delivery: Delivery) -> list[Attempt]:
    """What was tried, newest first."""
    return sorted(delivery.attempts.all(), key=lambda attempt: (attempt.started_at, attempt.pk), reverse=True)
