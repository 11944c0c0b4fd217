"""``{% load outbox_tags %}``: the live panel of a thing's deliveries, and what corrects a delivery's address."""

from dataclasses import dataclass

from django import template
from django.utils import timezone

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.outbox import queries
from commsoffice.outbox.actions import resending
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.queries import Panel
from commsoffice.outbox.queries.corrected import corrected_by, corrected_from, directory_url

register = template.Library()


@register.simple_tag(takes_context=True)
def delivery_panel(context: template.Context, subject_type: str, subject_id: int) -> Panel | None:
    """The deliveries of one thing, or nothing for who may not see them. Two queries."""
    user = context["request"].user
    if not isinstance(user, User) or not user.may(Permission.OUTBOX_VIEW):
        return None
    return queries.panel(subject_type, subject_id, user=user, now=timezone.now())


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a delivery corrects, what corrects it, and where this person may correct the directory."""

    before: list[Delivery]
    after: list[Delivery]
    directory_url: str


@register.simple_tag(takes_context=True)
def corrections_of(context: template.Context, delivery: Delivery) -> Corrections:
    """The deliveries to an earlier and a later address."""
    first = corrected_from(delivery)
    url = directory_url(delivery, context["request"].user) if delivery.channel == "email" else ""
    return Corrections([first] if first else [], corrected_by(delivery), url)


@register.simple_tag
def without_address(subject_type: str, subject_id: int) -> int:
    """How many refused ones nobody can send again before their address is corrected."""
    return resending.without_address(subject_type, subject_id, now=timezone.now())
