"""The panel «Comunicado y entregas» of an event's page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from agenda.models import Event
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from pressreleases import permissions
from pressreleases.enums import ReleaseState
from pressreleases.queries import of_event, plan, whole


def event_panel(event: Event, *, request: HttpRequest) -> str:
    """Return the panel: the texts about the event, and what leaves or left with each."""
    user = request.user
    if not isinstance(user, User) or not user.may(Permission.RELEASES_VIEW):
        return ""
    releases = list(whole(of_event(event)))
    shown = [
        {
            "release": release,
            "plan": plan(release) if release.state in {ReleaseState.DRAFT, ReleaseState.IN_REVIEW} else None,
            "may_edit": permissions.may_edit(user, release) and release.is_open,
            "may_approve": permissions.may_approve(user, release) and release.state == ReleaseState.IN_REVIEW,
        }
        for release in releases
    ]
    context = {"event": event, "shown": shown, "may_draft": permissions.may_draft(user)}
    return render_to_string("pressreleases/_event_panel.html", context, request=request)
