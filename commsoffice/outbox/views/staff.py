"""A thing's deliveries and a single one, and the doors of people's decisions about it."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.office.models import Area
from commsoffice.outbox import actions, queries
from commsoffice.outbox.actions.resending import failed
from commsoffice.outbox.enums import CAME_BACK, DeliveryState
from commsoffice.outbox.forms import CancelForm, RecordForm, ResolveForm, RetryForm
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_record, may_resolve
from commsoffice.outbox.presenters import Shown
from commsoffice.outbox.queries.corrected import corrections_of
from commsoffice.outbox.views.hand import HAND_LISTS
from commsoffice.ui.views import StaffRequest, back, is_htmx, staff_page

_TAKEN_BACK = {DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.TO_DO, DeliveryState.SCHEDULED}
_CONFIRMED_BY_TELEPHONE = {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def subject(request: StaffRequest, subject_type: str, subject_id: int) -> HttpResponseBase:
    """Everything that left about one thing."""
    now = timezone.now()
    alone = [Shown(row, request.user) for row in queries.one_by_one(subject_type, subject_id)]
    panel = queries.panel(subject_type, subject_id, user=request.user, now=now)
    last = get_object_or_404(Delivery, pk=panel.last_id)
    again, stuck = failed(subject_type, subject_id, now=now) if may_resolve(request.user) else ([], 0)
    context = {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "subject_key": str(subject_id),
        "label": last.subject_label,
        "url": queries.subject_url(subject_type, subject_id),
        "panel": panel,
        # Only those whom it did not reach, and only for who may.
        "failed": len(again),
        "stuck": stuck,
        "by_hand": _by_hand(panel),
        "alone": alone,
        "one_by_one": (*queries.ONE_BY_ONE, CAME_BACK),
        "unknown": [row for row in alone if row.delivery.state == DeliveryState.UNKNOWN],
        "tried": [row for row in alone if row.delivery.attempts.all()],
        "may_resolve": may_resolve(request.user),
    }
    return render(request, "outbox/subject.html", context)


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def panel(request: StaffRequest, subject_type: str, subject_id: int) -> HttpResponseBase:
    """The live panel alone: what htmx asks for every two seconds while something moves."""
    if not is_htmx(request):
        return redirect("outbox:subject", subject_type, subject_id)
    return render(request, "outbox/_panel.html", {"subject_type": subject_type, "subject_id": subject_id})


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def detail(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One delivery, with every attempt and what a person may decide."""
    return _page(request, _one(pk))


@require_POST
@staff_page(Permission.OUTBOX_RESOLVE)
def resolve(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A person's word where nobody knows."""
    delivery = _one(pk)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, status=422, resolve_form=form)
    actions.resolve_unknown(
        delivery,
        form.cleaned_data["decision"],
        by=request.user,
        now=timezone.now(),
        url=form.cleaned_data["url"],
    )
    messages.success(request, _("Your decision was recorded."))
    return _back(request, pk)


@require_POST
@staff_page(Permission.OUTBOX_RESOLVE)
def ask(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Ask the other side once more."""
    actions.ask_again(_one(pk), by=request.user, now=timezone.now())
    messages.success(request, _("The other side is being asked. The answer appears here."))
    return _back(request, pk)


@require_POST
@staff_page(Permission.OUTBOX_RECORD)
def record(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What a call, a message or a visit led to."""
    delivery = _one(pk)
    form = RecordForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, status=422, record_form=form)
    actions.record_by_hand(
        delivery,
        outcome=form.cleaned_data["outcome"],
        by=request.user,
        now=timezone.now(),
        note=form.cleaned_data["note"],
    )
    messages.success(request, _("Recorded."))
    return _back(request, pk)


@require_POST
@staff_page(Permission.OUTBOX_RESOLVE)
def cancel(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take back one that has not left, or that waits on a network for its hour."""
    delivery = _one(pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, status=422, cancel_form=form)
    row = actions.cancel(delivery, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
    if row.state == DeliveryState.SCHEDULED:
        messages.success(request, _("It is being pulled back from the network. The answer appears here."))
    else:
        messages.success(request, _("Cancelled. It does not leave."))
    return _back(request, pk)


@require_POST
@staff_page(Permission.OUTBOX_RESOLVE)
def retry(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Try a refused one again, there or at a corrected address."""
    delivery = _one(pk)
    form = RetryForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, status=422, retry_form=form)
    made = actions.retry_rejected(delivery, by=request.user, now=timezone.now(), address=form.cleaned_data["address"])
    said = _("It is being sent again.")
    if made.pk != delivery.pk and (url := corrections_of(made, request.user).directory_url):
        said = format_html('{} <a href="{}">{}</a>', said, url, _("Correct the directory too"))
    messages.success(request, said)
    return _back(request, made.pk)


@require_POST
@staff_page(Permission.OUTBOX_RECORD)
def seen(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put a refusal aside."""
    actions.mark_seen(_one(pk), by=request.user, now=timezone.now())
    messages.success(request, _("Put aside. It stays in the ledger."))
    return _back(request, pk)


def _one(pk: int) -> Delivery:
    return get_object_or_404(queries.told(Delivery.objects.select_related("message")), pk=pk)


def _back(request: StaffRequest, pk: int) -> HttpResponse:
    return back(request, reverse("outbox:detail", args=[pk]))


def _by_hand(panel: queries.Panel) -> list[tuple[str, str, int]]:
    """The lists that have work of one thing: their address, their name, how much."""
    counts: Counter[str] = Counter()
    for group in panel.groups:
        if group.state == DeliveryState.TO_DO:
            counts[group.channel] += group.count
    return [(f"outbox:{name}", str(label), counts[way]) for way, name, label in HAND_LISTS if way in counts]


def _page(request: StaffRequest, delivery: Delivery, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    state = DeliveryState(delivery.state)
    # No worker asks the gates before a person makes it.
    asked = [delivery] if state == DeliveryState.TO_DO else []
    shown = Shown(delivery, request.user, actions.verdicts_on(asked, timezone.now()).get(delivery.pk))
    corrections = corrections_of(delivery, request.user)
    is_same = corrections.address_today.casefold() == delivery.recipient.casefold()
    context: dict[str, Any] = {
        "shown": shown,
        "delivery": delivery,
        "subject_url": queries.subject_url(delivery.subject_type, delivery.subject_id),
        "may_resolve": may_resolve(request.user),
        "may_record": may_record(request.user),
        "may_cancel": may_resolve(request.user) and state in _TAKEN_BACK and not delivery.cancel_reason,
        "may_confirm": may_record(request.user) and shown.is_told_by_recipient and state in _CONFIRMED_BY_TELEPHONE,
        "area": Area.objects.filter(key=delivery.area).first() if delivery.area else None,
        "is_live": state in {DeliveryState.QUEUED, DeliveryState.SENDING},
        "evidence": shown.evidence() if state == DeliveryState.UNKNOWN else None,
        "resolve_form": ResolveForm(),
        "record_form": RecordForm(),
        "corrections": corrections,
        # The directory may know better by now.
        "retry_form": RetryForm(initial={"address": "" if is_same else corrections.address_today}),
        "cancel_form": CancelForm(),
        **bound,
    }
    return render(request, "outbox/detail.html", context, status=status)
