"""Reading the audit."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.audit.forms import EntryFilter
from commsoffice.audit.models import Entry
from commsoffice.ui.pages import newest_first
from commsoffice.ui.views import StaffRequest, staff_page


@require_safe
@staff_page(Permission.AUDIT_VIEW)
def entries(request: StaffRequest) -> HttpResponse:
    """Everything that was done, newest first."""
    chosen = EntryFilter(request.GET, Entry.objects.all())
    page = newest_first(chosen.qs, request, by="at")
    return render(request, "audit/list.html", {"filter": chosen, "page": page})
