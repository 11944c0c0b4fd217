"""``{% load audit_tags %}{% audit_trail object %}``: who did what to the thing of this page."""

from typing import Any

from django import template
from django.db.models import Model

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.audit.presenters import line, text_of
from commsoffice.audit.queries import entries_about

register = template.Library()

# More are on the page of the audit.
_SHOWN = 30


@register.inclusion_tag("audit/trail.html", takes_context=True)
def audit_trail(context: template.Context, target: Model) -> dict[str, Any]:
    """The last entries about a thing, for those who may read the audit; for all others nothing. One query."""
    user = context["request"].user
    if not isinstance(user, User) or not user.may(Permission.AUDIT_VIEW):
        return {"may": False}
    entries = list(entries_about(target)[: _SHOWN + 1])
    return {
        "may": True,
        "lines": [line(entry) for entry in entries[:_SHOWN]],
        "there_is_more": len(entries) > _SHOWN,
        "key": f"{target._meta.label_lower}:{target.pk}",  # noqa: SLF001  Django's public name for it
    }


@register.filter
def verb_words(verb: str) -> str:
    """«approved it» of "pressreleases.approve"."""
    return text_of(verb)
