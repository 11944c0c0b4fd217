"""``{% load receipts_tags %}``: the buttons of what happens after a mailing, for who may press them.

``{% confirm_button delivery %}`` on a delivery's row or page, ``{% resend_button subject_type subject_id %}`` on the
page of a thing's deliveries. Each draws nothing where there is nothing to press.
"""

from typing import Any

from django import template
from django.utils import timezone

from commsoffice.accounts.models import User
from commsoffice.outbox.actions.resending import failed
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_record, may_resolve

register = template.Library()


@register.inclusion_tag("outbox/_confirm.html", takes_context=True)
def confirm_button(context: template.Context, delivery: Delivery, name: str = "") -> dict[str, Any]:
    """«Confirmó por teléfono», for what left and is not confirmed yet. No query. ``name`` is read aloud with it."""
    user = context["request"].user
    is_open = delivery.confirmed_at is None and delivery.state in {
        DeliveryState.ACCEPTED,
        DeliveryState.UNKNOWN,
        DeliveryState.REJECTED,
    }
    # Of a post on a network nobody telephones.
    is_mail = delivery.channel == "email"
    may = is_open and is_mail and isinstance(user, User) and may_record(user)
    return {"delivery": delivery if may else None, "name": name, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("outbox/_resend.html", takes_context=True)
def resend_button(context: template.Context, subject_type: str, subject_id: int) -> dict[str, Any]:
    """«Reenviar a los 2 que fallaron». A constant number of queries."""
    user = context["request"].user
    count = 0
    if isinstance(user, User) and may_resolve(user):
        count = len(failed(subject_type, subject_id, now=timezone.now()))
    return {
        "count": count,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "csrf_token": context.get("csrf_token"),
    }
