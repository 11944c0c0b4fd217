"""What anyone may read of the agenda, and the guest's personal page. No person's data on any of them."""

from datetime import datetime
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_GET, require_http_methods

from agenda import actions, ics, queries
from agenda.enums import Answer, EventState
from agenda.errors import EventCancelled, EventOver
from agenda.models import Event, Guest
from commsoffice.office.queries import local_day, office, office_zone

# What the two links of the e-mail and the two buttons of the page say.
ANSWERS = {"si": Answer.YES, "no": Answer.NO}
_CALENDAR = "text/calendar; charset=utf-8"


@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """The coming public events, by day."""
    today = local_day(timezone.now())
    days: dict[object, list[Event]] = {}
    for event in queries.coming(timezone.now()):
        # What began before today is shown under today.
        days.setdefault(max(event.date, today), []).append(event)
    return render(request, "agenda/public_list.html", {"days": list(days.items()), "today": today})


@require_GET
def event_page(request: HttpRequest, key: str) -> HttpResponse:
    """One public event."""
    event = get_object_or_404(Event.objects.public().select_related("area", "locality"), key=key)
    return render(request, "agenda/public_event.html", {"event": event})


@require_GET
def event_file(request: HttpRequest, key: str) -> HttpResponse:
    """One public event as a calendar file."""
    event = get_object_or_404(Event.objects.public(), key=key)
    return _file(ics.one(event, office(), now=event.updated_at), f"{event.key}.ics")


def _feed_version(request: HttpRequest) -> str:
    """Return what changes when the feed does: two queries, no calendar built."""
    newest: datetime | None = None
    count = 0
    for updated_at in queries.feed_events(timezone.now()).values_list("updated_at", flat=True):
        newest = updated_at if newest is None else max(newest, updated_at)
        count += 1
    return quote_etag(f"{count}-{newest.isoformat() if newest else ''}-{office().updated_at.isoformat()}")


@require_GET
@condition(etag_func=_feed_version)
def feed(request: HttpRequest) -> HttpResponse:
    """The public agenda as a calendar to subscribe to."""
    response = _file(ics.feed(queries.feed_events(timezone.now()), office()), "agenda.ics")
    patch_cache_control(response, public=True, max_age=300)
    return response


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=_CALENDAR, headers={"Content-Disposition": f'inline; filename="{name}"'})


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """The guest's page: a GET shows, a POST answers."""
    guest = _guest(token)
    if request.method != "POST":
        return _reply_page(request, guest)
    answer = ANSWERS.get(request.POST.get("r", ""))
    if answer is None:
        return _reply_page(request, guest, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        actions.answer_by_link(guest, answer, now=timezone.now())
    except (EventCancelled, EventOver):
        return _reply_page(request, _guest(token))
    return _private(redirect("public_agenda:reply", token=token))


@require_GET
def reply_file(request: HttpRequest, token: str) -> HttpResponse:
    """The event of a personal page as a calendar file, also when it is not on the public agenda."""
    event = _guest(token).invitation.event
    return _private(_file(ics.one(event, office(), now=event.updated_at), "evento.ics"))


def _guest(token: str) -> Guest:
    guest = queries.guest_by_token(token)
    if guest is None:
        raise Http404
    return guest


def _reply_page(request: HttpRequest, guest: Guest, *, status: int = HTTPStatus.OK) -> HttpResponse:
    event = guest.invitation.event
    is_over = timezone.now() >= event.over_at(office_zone())
    is_cancelled = event.state == EventState.CANCELLED
    if is_over:
        status = HTTPStatus.GONE
    context = {
        "guest": guest,
        "outlet": guest.contact.outlet,
        "event": event,
        "invitation": guest.invitation,
        "is_over": is_over,
        "is_cancelled": is_cancelled,
        # The e-mail's button leads here; the tap that counts is the one on this page.
        "first": ANSWERS.get(request.GET.get("r", "")),
    }
    return _private(render(request, "agenda/reply.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the personal link out of caches, search engines and the addresses sent to other sites.

    "same-origin" and not "no-referrer": under the latter browsers post with ``Origin: null``, which the protection
    against forged posts refuses.
    """
    patch_cache_control(response, private=True, no_store=True)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
