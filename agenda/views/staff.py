"""The agenda on the desk: lists, the page of an event, and its verbs."""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agenda import actions, permissions, queries
from agenda.enums import Answer, EventState, Level, StepKey
from agenda.forms import EventForm, FilterForm, ReasonForm, WaiverForm
from agenda.models import Event, Guest
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import NotAllowed, NotValid
from commsoffice.office.models import Area
from commsoffice.office.queries import local_day, office_zone
from commsoffice.outbox.enums import DeliveryState
from commsoffice.ui import seams
from commsoffice.ui.states import StateKind
from commsoffice.ui.steps import next_verb
from commsoffice.ui.views import StaffRequest, back, staff_page
from media_contacts.enums import Preference

_WEEK = dt.timedelta(days=6)
# So many guests stand on the page of an event before «see all».
_SHOWN = 12
# Whom somebody has to call stands first.
_PRESSING = (
    StateKind.LATE,
    StateKind.UNKNOWN,
    StateKind.DUE,
    StateKind.TODO,
    StateKind.BLOCKED,
    StateKind.RUNNING,
    StateKind.DONE,
    StateKind.WAIVED,
)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One cell of the calendar."""

    day: dt.date
    events: list[Event]
    is_today: bool
    # Of the month before or after.
    is_outside: bool


@staff_page(Permission.AGENDA_VIEW)
@require_safe
def event_list(request: StaffRequest) -> HttpResponse:
    """The agenda by month, week or day, with its filters in the address."""
    form = FilterForm(request.GET)
    today = local_day(timezone.now())
    day = form.day(today)
    view = form.chosen("vista") or "mes"
    first, last, previous, following = _span(view, day)
    events = list(
        queries.chosen(
            queries.between(first, last),
            area=form.chosen("area"),
            level=form.chosen("nivel"),
            state=form.chosen("estado"),
            text=form.chosen("q"),
        )
    )
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    cells = [
        CalendarDay(
            day=each,
            events=[event for event in events if event.date <= each <= event.last_day],
            is_today=each == today,
            is_outside=view == "mes" and each.month != day.month,
        )
        for each in days
    ]
    kept = request.GET.copy()
    for name in ("vista", "dia"):
        kept.pop(name, None)
    return render(
        request,
        "agenda/list.html",
        {
            "view": view,
            "day": day,
            "first": first,
            "last": last,
            "today": today,
            "previous": previous,
            "following": following,
            "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
            "days": [cell for cell in cells if cell.events and not cell.is_outside],
            "total": len({event.pk for cell in cells if not cell.is_outside for event in cell.events}),
            "kept": kept.urlencode(),
            "is_filtered": any(form.chosen(name) for name in ("area", "nivel", "estado", "q")),
            "chosen": {name: form.chosen(name) for name in ("area", "nivel", "estado", "q")},
            "areas": Area.objects.all(),
            "levels": Level,
            "states": EventState,
            "may_propose": request.user.may(Permission.AGENDA_PROPOSE) or request.user.may(Permission.AGENDA_EDIT),
        },
    )


def _span(view: str, day: dt.date) -> tuple[dt.date, dt.date, dt.date, dt.date]:
    """Return the first and last day shown, and a day of the span before and after."""
    if view == "dia":
        return day, day, day - dt.timedelta(days=1), day + dt.timedelta(days=1)
    if view == "semana":
        monday = day - dt.timedelta(days=day.weekday())
        return monday, monday + _WEEK, monday - dt.timedelta(days=7), monday + dt.timedelta(days=7)
    first = day.replace(day=1)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    monday = first - dt.timedelta(days=first.weekday())
    sunday = last + dt.timedelta(days=6 - last.weekday())
    return monday, sunday, (first - dt.timedelta(days=1)).replace(day=1), last + dt.timedelta(days=1)


@staff_page(Permission.AGENDA_VIEW)
@require_safe
def event_page(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything about one event: its six steps, its guests, what the other rooms have."""
    event = get_object_or_404(Event.objects.select_related("area", "locality", "confirmed_by"), pk=pk)
    return render(request, "agenda/event.html", _event_context(request, event))


def _event_context(request: StaffRequest, event: Event) -> dict[str, Any]:
    now = timezone.now()
    user = request.user
    steps = seams.route_steps([event], user=user, now=now)[event.pk]
    invitation = queries.invitation_of(event)
    guests = list(invitation.guests.all()) if invitation else []
    is_over = now >= event.over_at(office_zone())
    stands = event.state == EventState.CONFIRMED
    has_guests_to_come = stands and event.can_have_media and not is_over
    version = str(event.sequence)
    untold = [
        g for g in guests if g.answer != Answer.NO and (g.delivery is None or g.delivery.subject_version != version)
    ]
    # Names and telephones of journalists are the press's; how many come, everyone's.
    named = guests if user.may(Permission.MEDIA_VIEW) else []
    rows = sorted((_row(guest) for guest in named), key=lambda row: _PRESSING.index(row.kind))
    shown = len(rows) if "todos" in request.GET else _SHOWN
    return {
        "event": event,
        "steps": steps,
        "next_verb": next_verb(steps),
        "invitation": invitation,
        "rows": rows[:shown],
        "hidden": len(rows[shown:]),
        "tally": queries.tally(guests),
        "untold": len(untold) if has_guests_to_come else 0,
        "panels": seams.event_panels(event, request=request),
        "is_over": is_over,
        "may_edit": permissions.may_edit(user, event) and event.state != EventState.CANCELLED,
        "may_confirm": permissions.may_decide(user) and event.state == EventState.PROPOSED,
        "may_cancel": permissions.may_decide(user) and event.state != EventState.CANCELLED and not is_over,
        "may_reopen": permissions.may_decide(user) and event.state == EventState.CANCELLED,
        "may_waive": permissions.may_waive(user) and event.state != EventState.CANCELLED,
        "may_invite": permissions.may_invite(user) and has_guests_to_come,
        "may_record": permissions.may_record_answer(user) and event.state != EventState.CANCELLED,
        "waiver_form": WaiverForm(),
        "reason_form": ReasonForm(),
        "waivable": [(step.key, step.name) for step in steps if not step.kind.is_settled],
    }


@dataclass(frozen=True, slots=True)
class GuestRow:
    """One line of the table of guests."""

    guest: Guest
    way: str
    phone: str
    kind: StateKind
    word: str
    when: dt.datetime | None
    note: str


def _row(guest: Guest) -> GuestRow:
    delivery = guest.delivery
    by_hand = delivery is not None and delivery.channel != Preference.EMAIL
    kind, word = _answer(guest)
    # Why it did not arrive matters as long as the guest said nothing.
    reason = delivery.reason if delivery is not None and guest.answer == Answer.NONE else ""
    return GuestRow(
        guest=guest,
        way=str(Preference(delivery.channel).label) if delivery is not None else "",
        phone=guest.contact.phone if by_hand else "",
        kind=kind,
        word=word,
        when=guest.answered_at or (delivery.settled_at if delivery is not None else None),
        note=guest.note or reason,
    )


def _answer(guest: Guest) -> tuple[StateKind, str]:
    """Return what is known of a guest: the answer, else how far the invitation came."""
    answer = Answer(guest.answer)
    if answer != Answer.NONE:
        return StateKind(answer.kind), _("Confirmed attendance") if answer == Answer.YES else _("Declined")
    if guest.delivery is None:
        return StateKind.TODO, _("Not sent")
    state = DeliveryState(guest.delivery.state)
    words = {
        DeliveryState.ACCEPTED: _("Has not answered"),
        DeliveryState.CONFIRMED: _("Has not answered"),
        DeliveryState.REJECTED: _("Bounced"),
        DeliveryState.TO_DO: _("To be made by hand"),
    }
    kinds = {DeliveryState.ACCEPTED: StateKind.DUE, DeliveryState.CONFIRMED: StateKind.DUE}
    return kinds.get(state, StateKind(state.kind)), words.get(state, str(state.label))


@staff_page(Permission.AGENDA_PROPOSE)
def event_create(request: StaffRequest) -> HttpResponse:
    """Put an event on the agenda."""
    first: dict[str, object] = {}
    if day := FilterForm(request.GET).chosen("dia"):
        first["date"] = day
    form = EventForm(request.POST or None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.create_event(
                form.cleaned_data,
                submission_key=form.cleaned_data["submission_key"],
                by=request.user,
                now=timezone.now(),
            )
        except NotValid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("«%(title)s» is on the agenda.") % {"title": event.title})
            return redirect("agenda:event", pk=event.pk)
    status = 422 if form.is_bound else 200
    return render(request, "agenda/event_form.html", {"form": form}, status=status)


@staff_page(Permission.AGENDA_VIEW)
def event_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the data of an event."""
    event = get_object_or_404(Event.objects.select_related("area"), pk=pk)
    if not permissions.may_edit(request.user, event):
        raise NotAllowed
    sequence = event.sequence
    form = EventForm(request.POST or None, user=request.user, instance=event)
    form.fields.pop("submission_key")
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.edit_event(event, form.cleaned_data, by=request.user, now=timezone.now())
        except NotValid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            if saved.sequence != sequence:
                messages.warning(request, _("The guests still know the old data. Tell them from this page."))
            return redirect("agenda:event", pk=pk)
    status = 422 if form.is_bound else 200
    event_as_kept = Event.objects.get(pk=pk)
    return render(request, "agenda/event_form.html", {"form": form, "event": event_as_kept}, status=status)


@require_POST
@staff_page(Permission.AGENDA_EDIT)
def event_confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm a proposal."""
    event = actions.confirm_event(get_object_or_404(Event, pk=pk), by=request.user, now=timezone.now())
    messages.success(request, _("«%(title)s» is confirmed.") % {"title": event.title})
    return back(request, reverse("agenda:event", args=[pk]))


@staff_page(Permission.AGENDA_EDIT)
def event_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Cancel with a reason; says before how many will be told."""
    event = get_object_or_404(Event, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.cancel_event(event, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        messages.success(request, _("«%(title)s» is cancelled.") % {"title": event.title})
        return redirect("agenda:event", pk=pk)
    reached = queries.reached(event)
    status = 422 if form.is_bound else 200
    return render(request, "agenda/cancel.html", {"event": event, "form": form, "reached": reached}, status=status)


@require_POST
@staff_page(Permission.AGENDA_EDIT)
def event_reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a cancelled event a proposal again."""
    actions.reopen_event(get_object_or_404(Event, pk=pk), by=request.user, now=timezone.now())
    messages.success(request, _("It is a proposal again. Confirm it and tell the guests."))
    return back(request, reverse("agenda:event", args=[pk]))


@require_POST
@staff_page(Permission.AGENDA_WAIVE)
def event_waive(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that a step will not be done."""
    event = get_object_or_404(Event, pk=pk)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        raise NotValid(" ".join(str(error) for errors in form.errors.values() for error in errors))
    step = StepKey(form.cleaned_data["step"])
    actions.waive_step(event, step, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
    messages.success(request, _("Written down: «%(step)s» will not be done.") % {"step": step.label})
    return back(request, reverse("agenda:event", args=[pk]))


@require_POST
@staff_page(Permission.AGENDA_INVITE)
def event_tell(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell the guests of a change."""
    told = actions.tell_changes(get_object_or_404(Event, pk=pk), by=request.user, now=timezone.now())
    text = ngettext("%(n)s guest is being told.", "%(n)s guests are being told.", told)
    messages.success(request, text % {"n": told})
    return back(request, reverse("agenda:event", args=[pk]))
