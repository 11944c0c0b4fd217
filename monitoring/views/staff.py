"""The digest on the desk, and the form that records a piece."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agenda.models import Event
from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import NotValid
from commsoffice.office.queries import local_day
from commsoffice.ui.pages import newest_first
from commsoffice.ui.views import StaffRequest, staff_page
from monitoring import actions, queries
from monitoring.forms import ClippingForm
from monitoring.permissions import may_record


@staff_page(Permission.MONITORING_VIEW)
@require_safe
def clipping_list(request: StaffRequest) -> HttpResponse:
    """What the media published, by day, newest first."""
    page = newest_first(queries.clippings(), request, by="published_on")
    days = [(day, list(rows)) for day, rows in groupby(page.rows, key=lambda clipping: clipping.published_on)]
    context = {"page": page, "days": days, "may_record": may_record(request.user)}
    return render(request, "monitoring/list.html", context)


@staff_page(Permission.MONITORING_RECORD)
def record(request: StaffRequest) -> HttpResponse:
    """Record a piece; from the page of an event, about that event."""
    event = _event(request)
    first = {"published_on": local_day(timezone.now())}
    form = ClippingForm(request.POST or None, event=event, initial=first)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["submission_key"]
        try:
            actions.record_clipping(form.cleaned_data, submission_key=key, by=request.user, now=timezone.now())
        except actions.AlreadyRecorded as refusal:
            form.add_error("url", str(refusal))
        except actions.NotYet as refusal:
            form.add_error("published_on", str(refusal))
        except NotValid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded."))
            return redirect(reverse("agenda:event", args=[event.pk]) + "#h-pub" if event else "monitoring:list")
    status = 422 if form.is_bound else 200
    return render(request, "monitoring/form.html", {"form": form, "event": event}, status=status)


def _event(request: StaffRequest) -> Event | None:
    asked = request.GET.get("evento", "")
    return Event.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None  # noqa: PLR2004  what fits an integer
