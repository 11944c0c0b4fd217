"""Reads of single deliveries."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse

from commsoffice.accounts.models import User
from commsoffice.outbox.enums import AttemptKind, DeliveryState, Purpose
from commsoffice.outbox.models import Attempt, Delivery, DeliveryQuerySet
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
    DeliveryState.CANCELLED,
    DeliveryState.EXPIRED,
)
# Each of these gets a row of its own; what goes well is told in one.
ONE_BY_ONE = (DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.HELD)


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one that nobody answered for."""

    # When the last call began, what came back of it, and how the questions since then ended.
    left_at: datetime | None
    answer: str
    asked: int
    last_asked_at: datetime | None
    last_said: str
    # The newest of this account that can be seen: there a person may look for this one.
    look_at: str


def evidence(delivery: Delivery) -> Evidence:
    """What a person needs to judge whether it left; one query beside the attempts."""
    attempts = attempts_of(delivery)
    sent = next((each for each in attempts if each.kind == AttemptKind.SEND), None)
    questions = [each for each in attempts if each.kind == AttemptKind.RECONCILE and each.finished_at]
    # Mail can't be seen anywhere, and there is much of it.
    seen = (
        Delivery.objects.filter(channel=delivery.channel, account=delivery.account)
        .exclude(remote_url="")
        .order_by("-created_at")
        .values_list("remote_url", flat=True)
    )
    return Evidence(
        left_at=sent.started_at if sent else None,
        answer=sent.answer if sent else "",
        asked=len(questions),
        last_asked_at=questions[0].finished_at if questions else None,
        last_said=questions[0].answer if questions else "",
        look_at=delivery.remote_url or (delivery.account and seen.first()) or "",
    )


def attempts_of(delivery: Delivery) -> list[Attempt]:
    """What was tried, newest first."""
    return sorted(delivery.attempts.all(), key=lambda attempt: (attempt.started_at, attempt.pk), reverse=True)
