"""The contact sheet of everything that was uploaded, and one file with its copies."""

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.files import actions, permissions
from commsoffice.files.forms import SheetFilter
from commsoffice.files.models import MediaAsset
from commsoffice.files.queries import sheet, uses_of, with_renditions
from commsoffice.files.responses import stored_file
from commsoffice.ui.pages import newest_first
from commsoffice.ui.views import StaffRequest, back, staff_page

PAGE = 60


@staff_page(Permission.FILES_VIEW)
@require_safe
def contact_sheet(request: StaffRequest) -> HttpResponseBase:
    """All files of the office, newest first."""
    form = SheetFilter(request.GET)
    # A filter that says nothing sensible filters nothing, and its field says why.
    form.is_valid()
    chosen = form.cleaned_data
    who = chosen.get("quien")
    rows = sheet(kind=chosen.get("tipo") or "", who=who.pk if who else None, day=chosen.get("dia"))
    page = newest_first(rows, request, by="uploaded_at", size=PAGE)
    is_filtered = any(chosen.values())
    return render(request, "files/sheet.html", {"form": form, "page": page, "is_filtered": is_filtered})


@staff_page(Permission.FILES_VIEW)
@require_safe
def asset(request: StaffRequest, token: UUID) -> HttpResponseBase:
    """One file: what it says of itself, its copies, and where the public sees it."""
    found = _found(request, token)
    context = {
        "asset": found,
        "uses": uses_of(found),
        "may_have_original": permissions.may_have_original(request.user, found),
        "may_retry": permissions.may_retry(request.user),
    }
    return render(request, "files/asset.html", context)


@staff_page(Permission.FILES_VIEW)
@require_safe
def original(request: StaffRequest, token: UUID) -> HttpResponseBase:
    """The file as it came, with everything inside it: always a download."""
    found = _found(request, token)
    if not permissions.may_have_original(request.user, found):
        raise Http404
    return stored_file(
        request,
        str(found.original.name),
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        filename=found.filename,
        as_attachment=True,
    )


@staff_page(Permission.FILES_VIEW)
@require_POST
def retry(request: StaffRequest, token: UUID) -> HttpResponseBase:
    """Have the copies made again."""
    found = _found(request, token)
    actions.retry(found, by=request.user, now=timezone.now())
    return back(request, found.get_absolute_url())


def _found(request: StaffRequest, token: UUID) -> MediaAsset:
    rows = with_renditions(MediaAsset.objects.select_related("uploaded_by"))
    found = get_object_or_404(rows, token=token)
    if not permissions.may_look(request.user, found):
        raise Http404
    return found
