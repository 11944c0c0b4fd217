"""Where the ledger is looked at from: all of it, an account, a contact, a day. One list, kept by filters."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.outbox import queries
from commsoffice.outbox.forms import DeliveryFilter
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.permissions import may_record
from commsoffice.outbox.presenters import Shown
from commsoffice.outbox.views.hand import lists_with_counts
from commsoffice.ui.dates import POSSIBLE_DAYS
from commsoffice.ui.pages import PARAMETER, newest_first
from commsoffice.ui.views import StaffRequest, staff_page

# Of the filters, those that are seen at once; the rest is behind «more filters».
_MAIN = ("channel", "state", "recipient", "since", "until")
_FURTHER = ("purpose", "account", "area")


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def ledger(request: StaffRequest) -> HttpResponseBase:
    """Everything that left or will leave, newest first."""
    context = _listing(request, Delivery.objects.all())
    context |= {"waiting": queries.waiting_count(request.user), "hand_lists": lists_with_counts(request.user)}
    return render(request, "outbox/list.html", context)


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def senders(request: StaffRequest) -> HttpResponseBase:
    """Our accounts: which stand still and why, and what waits for each."""
    return render(request, "outbox/accounts.html", {"senders": queries.senders(timezone.now())})


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def account(request: StaffRequest, channel: str, account: str = "") -> HttpResponseBase:
    """One account: why it stands still, what it has scheduled, what waits and what left."""
    found = queries.account_of(channel, account, timezone.now())
    if found is None:
        raise Http404
    context = _listing(
        request, Delivery.objects.filter(channel=channel, account=account), {"channel": channel, "account": account}
    )
    context |= {
        "account": found,
        "scheduled": [Shown(row, request.user) for row in queries.next_scheduled(channel, account)],
        "recent_days": queries.RECENT_DAYS,
    }
    return render(request, "outbox/account.html", context)


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def contact(request: StaffRequest, ref: str) -> HttpResponseBase:
    """Everything that one recipient got, with what is known of its way."""
    got = queries.visible_to(request.user, Delivery.objects.filter(recipient_ref=ref))
    last = got.order_by("-pk").first()
    if last is None:
        if Delivery.objects.filter(recipient_ref=ref).exists():
            # A citizen, whose name not everyone may read.
            raise PermissionDenied
        raise Http404
    context = _listing(request, got, {"ref": ref})
    return render(request, "outbox/contact.html", context | {"last": Shown(last, request.user)})


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def today(request: StaffRequest) -> HttpResponseBase:
    """The day that it is at the office."""
    return redirect("outbox:day", timezone.localdate().isoformat())


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def day(request: StaffRequest, day: str) -> HttpResponseBase:
    """What was meant to leave on a day: by channel and outcome, and by the hour."""
    try:
        chosen = date.fromisoformat(day)
        for limit in POSSIBLE_DAYS:
            limit(chosen)
    except (ValueError, ValidationError):
        raise Http404 from None
    found = queries.day_of(chosen)
    context = {"found": found, "is_today": chosen == timezone.localdate(), "may_record": may_record(request.user)}
    return render(request, "outbox/day.html", context)


def _listing(
    request: StaffRequest, deliveries: QuerySet[Delivery], fixed: dict[str, str] | None = None
) -> dict[str, Any]:
    """The list with its filters; ``fixed`` are those that the page itself answers."""
    fixed = fixed or {}
    chosen = DeliveryFilter(request.GET, deliveries, user=request.user, now=timezone.now(), is_narrow="ref" in fixed)
    page = newest_first(queries.told(chosen.qs), request, by=chosen.order)
    asked = request.GET.copy()
    asked.pop(PARAMETER, None)
    form = chosen.form
    return {
        "filter": chosen,
        "main_fields": [form[name] for name in _MAIN if name not in fixed],
        "further_fields": [form[name] for name in _FURTHER if name not in fixed],
        "is_further": any(asked.get(name) for name in (*_FURTHER, "needs") if name not in fixed),
        "page": page,
        "rows": [Shown(delivery, request.user) for delivery in page.rows],
        # Of the address, without the page: what «nothing fits» and the views above the list look at.
        "query": asked.urlencode(),
        "exported": _with(asked, fixed),
    }


def _with(asked: QueryDict, fixed: dict[str, str]) -> str:
    whole = asked.copy()
    for name, value in fixed.items():
        if value:
            whole[name] = value
    return whole.urlencode()
