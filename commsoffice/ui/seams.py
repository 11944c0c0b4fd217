"""What each app offers to pages of other rooms, found by name in its AppConfig.

- ``route_steps``: dotted paths of ``(events, *, user, now) -> dict[event id, Step]``
- ``route_waivers``: dotted paths of ``(events, *, user, now) -> dict[event id, list[Step]]``: steps waived in
  writing; one stands instead of the step of its key as long as that one is not settled by evidence
- ``event_panels``: dotted paths of ``(event, *, request) -> str`` (HTML, empty if nothing)
- ``staff_banners``: dotted paths of ``(user) -> Banner | None``, for the head of every page; one query each
- ``needs``: dotted paths of ``(user, *, now) -> list[Need]``

So a lower room shows what an upper one knows without importing it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe

from commsoffice.accounts.models import User
from commsoffice.ui.banners import Banner
from commsoffice.ui.steps import Need, Step

# The order of the trade, whatever the order of the apps.
STEP_ORDER = ("agenda", "invitation", "coverage", "release", "delivery", "publication")


@cache
def _offered(attribute: str) -> tuple[Callable[..., Any], ...]:
    return tuple(import_string(path) for config in apps.get_app_configs() for path in getattr(config, attribute, ()))


def route_steps(events: Sequence[Model], *, user: User, now: datetime) -> dict[int, tuple[Step, ...]]:
    """Return the six steps of each event by its number, in a constant number of queries."""
    found: dict[int, list[Step]] = {event.pk: [] for event in events}
    if events:
        for offer in _offered("route_steps"):
            for number, step in offer(events, user=user, now=now).items():
                found[number].append(step)
        for offer in _offered("route_waivers"):
            for number, waived in offer(events, user=user, now=now).items():
                instead = {step.key: step for step in waived}
                found[number] = [
                    step if step.kind.is_settled else instead.get(step.key, step) for step in found[number]
                ]
    return {
        number: tuple(sorted(steps, key=lambda step: STEP_ORDER.index(step.key))) for number, steps in found.items()
    }


def event_panels(event: Model, *, request: HttpRequest) -> list[SafeString]:
    """Return the panels of the rooms that have something to show about an event."""
    drawn = (offer(event, request=request) for offer in _offered("event_panels"))
    return [mark_safe(html) for html in drawn if html]  # noqa: S308  rendered by our own templates


def needs(user: User, *, now: datetime) -> list[Need]:
    """Return what waits for this person, the most pressing first."""
    waiting = [need for offer in _offered("needs") for need in offer(user, now=now)]
    return sorted(waiting, key=lambda need: need.order)


def banners(user: User) -> list[Banner]:
    """Return what every page says above everything else."""
    return [banner for offer in _offered("staff_banners") if (banner := offer(user)) is not None]
