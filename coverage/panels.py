"""What coverage shows on the page of an event."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from agenda.models import Event
from commsoffice.accounts.models import User
from coverage.permissions import may_order, may_see, may_upload
from coverage.queries import files_of, order_of
from coverage.route import coverage_step

# As many as stand in one line and the next.
SHOWN = 8


def event_panel(event: Event, *, request: HttpRequest) -> str:
    """Draw who covers it and the first of what came back; nothing for those who may not see it."""
    user = request.user
    if not isinstance(user, User) or not may_see(user, event):
        return ""
    context = {
        "event": event,
        "order": order_of(event),
        "step": coverage_step([event], user=user, now=timezone.now())[event.pk],
        "files": files_of(event)[:SHOWN],
        "may_upload": may_upload(user, event),
        "may_order": may_order(user),
    }
    return render_to_string("coverage/_event_panel.html", context, request=request)
