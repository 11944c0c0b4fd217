"""What people do by hand: the lists of calls, messages and papers, and one tap for what came of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.office.queries import office
from commsoffice.outbox import actions, queries
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.forms import HandForm
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_record
from commsoffice.outbox.presenters import Shown
from commsoffice.ui import dates
from commsoffice.ui.paper import pdf
from commsoffice.ui.views import StaffRequest, back, is_htmx, staff_page

# channel, name of its page, what people call its list.
HAND_LISTS = (
    ("telephone", "calls", gettext_lazy("Calls")),
    ("whatsapp", "messages", gettext_lazy("Messages")),
    ("print", "papers", gettext_lazy("Papers")),
)
_RECEIPTS = Path(__file__).resolve().parent.parent / "paper" / "receipts.typ"


@dataclass(frozen=True, slots=True)
class HandList:
    """One of the three lists, as the tabs above them show it."""

    url: str
    label: str
    count: int
    until: datetime | None


def lists_with_counts(user: User) -> list[HandList]:
    """The three lists with what this person has to do on each; one query."""
    counts = queries.counts_by_hand(user)
    return [
        HandList(reverse(f"outbox:{name}"), str(label), *counts.get(channel, (0, None)))
        for channel, name, label in HAND_LISTS
    ]


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def calls(request: StaffRequest) -> HttpResponseBase:
    """Whom to call, with what to say, and a button for what came of it."""
    return _page(request, "telephone", "outbox/calls.html")


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def messages_to_copy(request: StaffRequest) -> HttpResponseBase:
    """Whom to write by WhatsApp, with the text to copy."""
    return _page(request, "whatsapp", "outbox/messages.html")


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def papers(request: StaffRequest) -> HttpResponseBase:
    """Whom to bring paper, the list to sign, and who received it at what time."""
    return _page(request, "print", "outbox/papers.html")


@require_POST
@staff_page(Permission.OUTBOX_RECORD)
def done(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What came of one call, message or visit: the row alone for htmx, the list again without."""
    delivery = get_object_or_404(Delivery.objects.select_related("message"), pk=pk)
    form = HandForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was recorded: %(why)s") % {"why": _first_error(form)})
        return back(request, reverse("outbox:detail", args=[pk]))
    now = timezone.now()
    row, (shown,) = delivery, _judged([delivery], request.user, now)
    if shown.stop is None:
        row = actions.record_by_hand(
            delivery, outcome=form.outcome, by=request.user, now=now, note=form.note, put_aside=form.is_over
        )
        messages.success(request, _recorded(request, row))
    else:
        # The list was open since before. What was done all the same is recorded where it says that it is held.
        messages.error(
            request,
            _("Nothing was recorded. If it was done all the same, write it down on its own page. %(why)s")
            % {"why": shown.stop.reason},
        )
    return _answer(request, Shown(row, request.user, shown.verdict))


@require_POST
@staff_page(Permission.OUTBOX_RECORD)
def undo(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take back a mistaken tap: the row alone for htmx, as it was before."""
    delivery = get_object_or_404(Delivery.objects.select_related("message"), pk=pk)
    row = actions.undo_by_hand(delivery, by=request.user, now=timezone.now())
    messages.success(request, _("Undone. It is as it was before."))
    (shown,) = _judged([row], request.user, timezone.now())
    return _answer(request, shown)


def _answer(request: StaffRequest, row: Shown) -> HttpResponseBase:
    """The row as it stands now, beside the counts; without htmx, the page that it came from."""
    if not is_htmx(request):
        return back(request, reverse("outbox:detail", args=[row.delivery.pk]))
    came_from = request.POST.get("next", "")
    queries.with_calls(row.delivery)
    context = {
        "row": row,
        "may_record": True,
        "is_answer": True,
        "next": came_from,
        "lists": lists_with_counts(request.user),
        "here": came_from.partition("?")[0],
        "is_narrowed": "subject=" in came_from,
    }
    return render(request, "outbox/_hand_row.html", context)


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def receipts_pdf(request: StaffRequest, subject_type: str, subject_id: int) -> HttpResponseBase:
    """The list that goes along with the papers of one thing: a row each, with room for the receipt."""
    now, found = timezone.now(), list(queries.on_paper(subject_type, subject_id))
    if not found:
        raise Http404
    judged = _judged(found, request.user, now)
    if not (rows := [row for row in judged if row.stop is None]):
        messages.error(request, next(row.stop.reason for row in judged if row.stop))
        return redirect("outbox:papers")
    house, label = office(), rows[0].delivery.subject_label
    data = {
        "lang": (get_language() or "es").partition("-")[0],
        "title": label,
        "kind": _("List of receipts"),
        "office": house.name,
        "government": house.government,
        "address": " · ".join(part for part in (house.address, house.phone) if part),
        "hint": _("Who receives it writes name and post, the hour, and signs or stamps."),
        "brand": house.brand_color,
        "printed": _("Printed %(when)s by %(name)s")
        % {"when": dates.long_datetime(now, year=True), "name": request.user.name},
        # {page} and {pages} are filled while it is set.
        "pages": _("Page {page} of {pages}"),
        "headings": [
            _("No."),
            _("Recipient"),
            _("Received by (name and post)"),
            _("Hour"),
            _("Signature or stamp"),
        ],
        "rows": [
            {
                "number": str(row.delivery.pk),
                "name": row.name,
                "place": row.address,
                "received": row.received,
            }
            for row in rows
        ],
    }
    response = HttpResponse(pdf(_RECEIPTS, data, now=now), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slugify(_("List of receipts"))}-{slugify(label)[:60]}.pdf"'
    return response


def _page(request: StaffRequest, channel: str, template: str) -> HttpResponse:
    about = request.GET.get("subject", "")
    kind, _colon, number = about.rpartition(":")
    subject = (kind, int(number)) if number.isdecimal() else None
    now = timezone.now()
    found = queries.hand_list(channel, request.user, now, subject)
    judged = iter(_judged([row for work in found.works for row in work.deliveries], request.user, now))
    works = [(work, list(islice(judged, len(work.deliveries)))) for work in found.works]
    context: dict[str, Any] = {
        "works": works,
        "held": [work for work, rows in works if all(row.stop for row in rows)],
        "found": found,
        "lists": lists_with_counts(request.user),
        "here": request.path,
        "is_narrowed": subject is not None,
        "has_paper": channel == "print",
        "may_record": may_record(request.user),
        "next": request.get_full_path(),
    }
    return render(request, template, context)


def _recorded(request: StaffRequest, row: Delivery) -> str:
    """That it was; without htmx the row leaves the list, so the way to take it back stands there."""
    if is_htmx(request):
        return _("Recorded.")
    url = reverse("outbox:detail", args=[row.pk])
    return format_html('{} <a href="{}">{}</a>', _("Recorded."), url, _("Undo"))


def _judged(rows: Sequence[Delivery], user: User, now: datetime) -> list[Shown]:
    """The rows, each with what the gates say: no worker asks them before a person makes a call."""
    verdicts = actions.verdicts_on([row for row in rows if row.state == DeliveryState.TO_DO], now)
    return [Shown(row, user, verdicts.get(row.pk)) for row in rows]


def _first_error(form: HandForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")
