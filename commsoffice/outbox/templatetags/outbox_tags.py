"""``{% load outbox_tags %}``: the live panel of a thing's deliveries."""

from django import template
from django.utils import timezone

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.outbox import queries
from commsoffice.outbox.queries import Panel

register = template.Library()


@register.simple_tag(takes_context=True)
def delivery_panel(context: template.Context, subject_type: str, subject_id: int) -> Panel | None:
    """The deliveries of one thing, or nothing for who may not see them. Two queries."""
    user = context["request"].user
    if not isinstance(user, User) or not user.may(Permission.OUTBOX_VIEW):
        return None
    return queries.panel(subject_type, subject_id, user=user, now=timezone.now())
