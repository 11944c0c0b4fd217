"""Reads of what the media published."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from agenda.models import Event
from monitoring.models import Clipping
from pressreleases.enums import ReleaseState
from pressreleases.models import Release


def clippings() -> QuerySet[Clipping]:
    """Return all clippings with what a list shows of them."""
    return Clipping.objects.select_related("outlet", "event", "release", "recorded_by")


def about(event: Event) -> QuerySet[Clipping]:
    """Return what was published about an event or about a release of it, newest first."""
    return clippings().filter(Q(event=event) | Q(release__event=event)).order_by("-published_on", "-id")


@dataclass(frozen=True, slots=True)
class Echo:
    """How far an event came in the media."""

    # Media that published something.
    outlets: int
    # A release of it can be read on our own newsroom.
    is_published: bool
    # A release of it exists, whatever its state.
    is_written: bool
    last_by: str
    last_at: dt.datetime | None


def echoes(events: Iterable[Event]) -> dict[int, Echo]:
    """Return how far each event came: two queries."""
    numbers = [event.pk for event in events]
    states: dict[int, set[str]] = defaultdict(set)
    for number, state in Release.objects.filter(event_id__in=numbers).values_list("event_id", "state"):
        if number is not None:
            states[number].add(state)
    found: dict[int, list[Clipping]] = defaultdict(list)
    rows = clippings().filter(Q(event_id__in=numbers) | Q(release__event_id__in=numbers))
    for clipping in rows.order_by("recorded_at"):
        of = {clipping.event_id, clipping.release.event_id if clipping.release else None}
        for event_id in of & set(numbers):
            if event_id is not None:
                found[event_id].append(clipping)
    return {number: _echo(states[number], found[number]) for number in numbers}


def _echo(states: set[str], found: list[Clipping]) -> Echo:
    last = found[-1] if found else None
    return Echo(
        outlets=len({clipping.outlet_id for clipping in found}),
        is_published=ReleaseState.PUBLISHED in states,
        is_written=bool(states - {ReleaseState.WITHDRAWN}),
        last_by=last.recorded_by.short_name if last else "",
        last_at=last.recorded_at if last else None,
    )
