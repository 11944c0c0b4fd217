"""What the page of an event shows of this room."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from agenda.models import Event
from commsoffice.accounts.models import User
from monitoring.permissions import may_record, may_view
from monitoring.queries import about


def event_panel(event: Event, *, request: HttpRequest) -> str:
    """Return who published it, for those who read the digest: one query."""
    user = request.user
    if not isinstance(user, User) or not may_view(user):
        return ""
    context = {"event": event, "clippings": about(event), "may_record": may_record(user)}
    return render_to_string("monitoring/_event_panel.html", context, request=request)
