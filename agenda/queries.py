"""Reads of the agenda."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from agenda.enums import Answer, EventState
from agenda.models import Event, EventQuerySet, Guest, Invitation, StepWaiver
from agenda.permissions import may_decide
from commsoffice.accounts.models import User
from commsoffice.office.queries import local_day
from commsoffice.outbox.enums import DeliveryState
from media_contacts.models import MediaList
from media_contacts.queries import ListPlan, plan

# May already be in the guest's hands.
LEFT = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.CONFIRMED, DeliveryState.UNKNOWN)
LEAVING = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING)
# How far the public agenda looks ahead, and the calendar feed back.
AHEAD = dt.timedelta(days=366)
BACK = dt.timedelta(days=60)


def day(day: dt.date) -> EventQuerySet:
    """Return the events of a day with their area and locality, in their order."""
    return Event.objects.on(day).select_related("area", "locality")


def between(first: dt.date, last: dt.date) -> EventQuerySet:
    """Return the events that touch these days, also those that began before."""
    touches = Q(date__lte=last) & (Q(end_date__gte=first) | Q(end_date=None, date__gte=first))
    return Event.objects.filter(touches).select_related("area", "locality")


def chosen(events: EventQuerySet, *, area: str = "", level: str = "", state: str = "", text: str = "") -> EventQuerySet:
    """Narrow a list by what the filters say; words match without accents."""
    if area:
        events = events.filter(area__key=area)
    if level:
        events = events.filter(level=level)
    if state:
        events = events.filter(state=state)
    for word in text.replace("\x00", "").split():
        events = events.filter(
            Q(title__unaccent__icontains=word) | Q(venue__unaccent__icontains=word) | Q(key__iexact=word)
        )
    return events


def proposals(today: dt.date) -> EventQuerySet:
    """Return what was proposed, is still to come, and nobody has confirmed."""
    return Event.objects.filter(state=EventState.PROPOSED, date__gte=today).select_related("area")


def waiting_count(user: User) -> int:
    """Count the proposals that this person may confirm: one query, or none."""
    if not may_decide(user):
        return 0
    return Event.objects.filter(state=EventState.PROPOSED, date__gte=timezone.localdate()).count()


def waivers_of(events: Iterable[Event]) -> QuerySet[StepWaiver]:
    """Return the waived steps of some events: one query."""
    return StepWaiver.objects.filter(event__in=list(events)).select_related("by")


def invitation_of(event: Event) -> Invitation | None:
    """Return the event's invitation with its guests, in three queries."""
    guests = Guest.objects.select_related("contact__outlet", "delivery", "recorded_by").order_by(
        "contact__outlet__name", "id"
    )
    return (
        Invitation.objects.filter(event=event)
        .select_related("sent_by")
        .prefetch_related(Prefetch("guests", guests))
        .first()
    )


def invitations_of(events: Sequence[Event]) -> dict[int, Invitation]:
    """Return the invitation of each event with its counts, in one query.

    The counts: ``total``, ``yes``, ``leaving``, ``by_hand`` (a person has to call), ``arrived``.
    """
    counted = Invitation.objects.filter(event__in=list(events)).select_related("sent_by")
    counted = counted.annotate(
        total=Count("guests"),
        yes=Count("guests", filter=Q(guests__answer=Answer.YES)),
        leaving=Count("guests", filter=Q(guests__delivery__state__in=LEAVING)),
        by_hand=Count("guests", filter=Q(guests__delivery__state=DeliveryState.TO_DO)),
        arrived=Count(
            "guests",
            filter=Q(guests__delivery__state__in=[DeliveryState.ACCEPTED, DeliveryState.CONFIRMED]),
        ),
    )
    return {invitation.event_id: invitation for invitation in counted}


@dataclass(frozen=True, slots=True)
class Tally:
    """What the guests of an invitation answered."""

    total: int
    yes: int
    no: int
    bounced: int

    @property
    def silent(self) -> int:
        """Who has not answered and did not bounce."""
        return self.total - self.yes - self.no - self.bounced

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """The bar of answers on a width of 900: its class, where each part begins, how wide it is."""
        parts = [("f-done", self.yes), ("f-ink", self.no), ("f-due", self.silent), ("f-late", self.bounced)]
        drawn: list[tuple[str, int, int]] = []
        at = 0
        for look, count in parts:
            width = 900 * count // self.total if self.total else 0
            if width:
                drawn.append((look, at, max(width - 3, 1)))
                at += width
        return drawn


def tally(guests: Iterable[Guest]) -> Tally:
    """Count the answers of guests already loaded."""
    rows = list(guests)
    return Tally(
        total=len(rows),
        yes=sum(guest.answer == Answer.YES for guest in rows),
        no=sum(guest.answer == Answer.NO for guest in rows),
        bounced=sum(is_bounced(guest) for guest in rows),
    )


def is_bounced(guest: Guest) -> bool:
    """Say whether the invitation was refused and nothing else was heard of the guest."""
    delivery = guest.delivery
    return guest.answer == Answer.NONE and delivery is not None and delivery.state == DeliveryState.REJECTED


def reached(event: Event) -> int:
    """Count the guests who may already hold the invitation, and so must hear that the event will not be."""
    return Guest.objects.filter(invitation__event=event, delivery__state__in=LEFT).count()


def untold(event: Event) -> QuerySet[Guest]:
    """Return the guests who know an older day, hour or place than the event has now; not who declined."""
    return (
        Guest.objects.filter(invitation__event=event)
        .exclude(answer=Answer.NO)
        .exclude(delivery__subject_version=str(event.sequence))
        .select_related("contact__outlet", "delivery")
    )


def guest_plan(event: Event, lists: Iterable[MediaList]) -> ListPlan:
    """Say who of these lists would be invited now; who already was appears nowhere."""
    invited = Guest.objects.filter(invitation__event=event).values_list("contact_id", flat=True)
    return plan(lists, besides=invited)


def guest_by_token(token: str) -> Guest | None:
    """Return whose personal link it is."""
    return (
        Guest.objects.select_related("contact__outlet", "invitation__event__area", "invitation__event__locality")
        .filter(token=token)
        .first()
    )


def coming(now: dt.datetime) -> EventQuerySet:
    """Return the public events from today on."""
    today = local_day(now)
    return between(today, today + AHEAD).public().order_by("date", "start_time", "id")


def feed_events(now: dt.datetime) -> EventQuerySet:
    """Return the public events of the calendar feed: two months back, a year ahead."""
    today = local_day(now)
    return between(today - BACK, today + AHEAD).public().order_by("date", "start_time", "id")
