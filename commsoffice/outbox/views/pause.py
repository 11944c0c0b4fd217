"""The page of the one switch."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.office.models import Area
from commsoffice.outbox import actions, pauses
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.forms import AllowForm, PauseForm, WordForm
from commsoffice.outbox.models import Delivery, Pause
from commsoffice.outbox.permissions import may_pause
from commsoffice.ui.views import StaffRequest, staff_page


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def pause(request: StaffRequest) -> HttpResponse:
    """What is held and why, or the switch."""
    return _page(request)


@require_POST
@staff_page(Permission.OUTBOX_PAUSE)
def start(request: StaffRequest) -> HttpResponse:
    """Hold everything."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    actions.pause_all(form.cleaned_data["reason"], form.keys, by=request.user, now=timezone.now())
    messages.success(request, _("Everything is paused. What the networks had for its hour is being pulled back."))
    return redirect("outbox:pause")


@require_POST
@staff_page(Permission.OUTBOX_PAUSE)
def allow(request: StaffRequest) -> HttpResponse:
    """Change who is let through."""
    form = AllowForm(request.POST)
    if not form.is_valid():
        return _page(request, allow_form=form, status=422)
    actions.allow_areas(form.keys, by=request.user, now=timezone.now())
    messages.success(request, _("Saved. What these areas had waiting is leaving."))
    return redirect("outbox:pause")


@require_POST
@staff_page(Permission.OUTBOX_PAUSE)
def end(request: StaffRequest) -> HttpResponse:
    """Let it go on."""
    stale = actions.resume_all(by=request.user, now=timezone.now())
    words = ngettext(
        "The pause is over. %(n)s delivery whose hour passed waits for your word.",
        "The pause is over. %(n)s deliveries whose hour passed wait for your word.",
        stale,
    )
    messages.success(request, words % {"n": stale} if stale else _("The pause is over. What waited is leaving."))
    return redirect("outbox:pause")


@require_POST
@staff_page(Permission.OUTBOX_PAUSE)
def word(request: StaffRequest) -> HttpResponse:
    """Whether stale ones of one thing still leave."""
    form = WordForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422)
    chosen = Delivery.objects.of(form.cleaned_data["subject_type"], form.cleaned_data["subject_id"]).filter(
        channel=form.cleaned_data["channel"], state=DeliveryState.HELD, asks_word=True
    )
    decided = actions.give_word(
        chosen.values_list("pk", flat=True), form.cleaned_data["word"], by=request.user, now=timezone.now()
    )
    messages.success(
        request, ngettext("%(n)s delivery decided.", "%(n)s deliveries decided.", decided) % {"n": decided}
    )
    return redirect("outbox:pause")


def _page(
    request: StaffRequest, *, form: PauseForm | None = None, allow_form: AllowForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    current = Pause.objects.select_related("started_by").current()
    context: dict[str, object] = {"pause": current, "may_pause": may_pause(request.user)}
    if current is None:
        context |= {
            "form": form or PauseForm(),
            "to_be_held": pauses.to_be_held(),
            "asking": pauses.asking_for_a_word(),
            "past": list(Pause.objects.select_related("started_by", "ended_by")[:5]),
        }
    else:
        held = pauses.held_by(current, now)
        context |= {
            "held": held,
            "stale": sum(row.stale for row in held),
            "fresh": sum(row.count - row.stale for row in held),
            "on_networks": pauses.on_networks(),
            "pulled_back": pauses.pulled_back(current),
            "allowed": list(Area.objects.filter(key__in=current.allowed_areas)),
            "allow_form": allow_form
            or AllowForm(initial={"areas": Area.objects.filter(key__in=current.allowed_areas)}),
        }
    return render(request, "outbox/pause.html", context, status=status)
