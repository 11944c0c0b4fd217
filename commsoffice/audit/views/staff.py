"""Reading the audit. The base views of the interface lie above this room, so Django's own serve."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.audit.forms import EntryFilter
from commsoffice.audit.models import Entry
from commsoffice.audit.queries import page_of


@require_safe
@login_required
def entries(request: HttpRequest) -> HttpResponse:
    """Everything that was done, newest first."""
    user = request.user
    if not isinstance(user, User) or not user.may(Permission.AUDIT_VIEW):
        raise PermissionDenied(_("The audit is read by the director and the auditor."))
    chosen = EntryFilter(request.GET, Entry.objects.all())
    page = page_of(chosen.qs, request.GET)
    return render(request, "audit/list.html", {"filter": chosen, "page": page})
