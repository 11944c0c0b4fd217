"""Inviting: what will happen before it happens, and the answers that come by telephone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agenda import actions, queries
from agenda.enums import Answer, AnsweredBy, EventState
from agenda.errors import EventCancelled, EventOver, NoMediaHere, NotConfirmed
from agenda.forms import AnswerForm, InviteForm
from agenda.models import Event, Guest
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotValid
from commsoffice.office.queries import office_zone
from commsoffice.ui.views import StaffRequest, back, staff_page
from media_contacts.models import MediaList


@staff_page(Permission.AGENDA_INVITE)
def invite(request: StaffRequest, pk: int) -> HttpResponse:
    """Say who would be invited and by which way; a POST invites them."""
    event = get_object_or_404(Event.objects.select_related("area", "locality"), pk=pk)
    why_not = _why_not(event)
    lists = list(MediaList.objects.all())
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        before = Guest.objects.filter(invitation__event=event).count()
        actions.invite(
            event,
            lists=form.cleaned_data["lists"],
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
        )
        added = Guest.objects.filter(invitation__event=event).count() - before
        text = ngettext("%(n)s invitation is leaving.", "%(n)s invitations are leaving.", added)
        messages.success(
            request, text % {"n": added} if added else _("Everyone on these lists had already been invited.")
        )
        return redirect("agenda:event", pk=pk)
    chosen = _chosen(request, lists)
    plan = queries.guest_plan(event, chosen)
    context = {
        "event": event,
        "why_not": why_not,
        "form": form,
        "lists": lists,
        "chosen": chosen,
        "plan": plan,
        "invitation": queries.invitation_of(event),
    }
    return render(request, "agenda/invite.html", context, status=422 if form.is_bound else 200)


def _chosen(request: StaffRequest, lists: list[MediaList]) -> list[MediaList]:
    """Return the lists that are ticked; the default one on a page just opened."""
    data = request.POST if request.method == "POST" else request.GET
    if request.method == "GET" and "elegir" not in request.GET and "lists" not in request.GET:
        return [media_list for media_list in lists if media_list.is_default]
    asked = set(data.getlist("lists"))
    return [media_list for media_list in lists if str(media_list.pk) in asked]


def _why_not(event: Event) -> ActionRefused | None:
    """Return the refusal that the verb would answer with, to say it before anybody writes anything."""
    if event.state == EventState.CANCELLED:
        return EventCancelled()
    if event.state == EventState.PROPOSED:
        return NotConfirmed()
    if not event.can_have_media:
        return NoMediaHere()
    return EventOver() if timezone.now() >= event.over_at(office_zone()) else None


@require_POST
@staff_page(Permission.AGENDA_RECORD_ANSWER)
def record_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down what a guest said by telephone or on paper."""
    guest = get_object_or_404(Guest.objects.select_related("invitation"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise NotValid(" ".join(str(error) for errors in form.errors.values() for error in errors))
    data = form.cleaned_data
    actions.record_answer(
        guest,
        Answer(data["answer"]),
        by=request.user,
        now=timezone.now(),
        how=AnsweredBy(data["how"] or AnsweredBy.TELEPHONE),
        note=data["note"],
    )
    messages.success(request, _("Answer recorded."))
    return back(request, reverse("agenda:event", args=[guest.invitation.event_id]) + "#h-inv")
