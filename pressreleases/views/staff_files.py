"""The contact sheet of a release: which photographs and videos, in what order, with what words."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from commsoffice.accounts.enums import Permission
from commsoffice.files.enums import AssetState
from commsoffice.files.queries import sheet
from commsoffice.ui.views import StaffRequest, staff_page
from coverage.models import CoverageFile
from pressreleases import actions, permissions
from pressreleases.actions import FileChoice
from pressreleases.forms import ChosenFileFormSet, choices_of
from pressreleases.models import Release
from pressreleases.queries import whole

# The newest ones of the whole archive; older ones are found by name.
_ARCHIVE = 24


@staff_page(Permission.RELEASES_DRAFT)
def release_files(request: StaffRequest, number: int) -> HttpResponse:
    """Choose from the event's coverage and from all files; write caption, credit and alternative text."""
    release = get_object_or_404(whole(Release.objects.all()), pk=number)
    if not (release.is_open and permissions.may_edit(request.user, release)):
        return redirect("releases:release", release.pk)
    if request.method == "POST":
        formset = ChosenFileFormSet(request.POST, prefix="f")
        version = request.POST.get("version", "")
        if formset.is_valid() and version.isdecimal():
            return _choose(request, release, formset, int(version))
    else:
        formset = ChosenFileFormSet(initial=_initial(release), prefix="f")
    return _page(request, release, formset)


def _choose(request: StaffRequest, release: Release, formset: Any, version: int) -> HttpResponse:
    numbers = [int(number) for number in request.POST.getlist("add") if number.isdecimal()]
    known = [form.cleaned_data["asset"] for form in formset.forms]
    assets = sheet().in_bulk([*numbers, *known])
    covered = {file.asset_id: file for file in CoverageFile.objects.filter(asset__in=numbers)}
    added = [
        FileChoice(
            assets[number],
            caption=covered[number].caption if number in covered else "",
            alt_text=covered[number].alt_text if number in covered else "",
            credit=covered[number].author if number in covered else "",
        )
        for number in dict.fromkeys(numbers)
        if number in assets and number not in known
    ]
    try:
        actions.choose_files(
            release, choices_of(formset, added, assets), version=version, by=request.user, now=timezone.now()
        )
    except actions.OldVersion:
        # What was typed stays on the page, on top of the version that is there now.
        release.refresh_from_db()
        messages.warning(
            request,
            _("Somebody else saved this release in the meantime. Your words are still here: look and save again."),
        )
        return _page(request, release, formset, status=409)
    messages.success(request, _("Photographs saved."))
    if "stay" in request.POST or added:
        return redirect("releases:files", release.pk)
    return redirect("releases:edit", release.pk)


def _initial(release: Release) -> list[dict[str, object]]:
    return [
        {
            "asset": file.asset_id,
            "position": number,
            "caption": file.caption,
            "credit": file.credit,
            "alt_text": file.alt_text,
        }
        for number, file in enumerate(release.files.all(), start=1)
    ]


def _page(request: StaffRequest, release: Release, formset: Any, status: int | None = None) -> HttpResponse:
    chosen = {file.asset_id: file.asset for file in release.files.all()}
    rows = [(form, chosen.get(_asset_of(form))) for form in formset.forms]
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    covered: list[CoverageFile] = []
    if release.event_id is not None:
        covered = list(
            CoverageFile.objects.filter(event=release.event_id)
            .exclude(asset__in=chosen)
            .exclude(asset__state=AssetState.FAILED)
            .select_related("asset")
            .prefetch_related("asset__renditions")
        )
    archive = sheet().filter(state=AssetState.READY).exclude(pk__in=[*chosen, *(file.asset_id for file in covered)])
    if words:
        archive = archive.filter(filename__icontains=words)
    context = {
        "release": release,
        "formset": formset,
        "rows": rows,
        "covered": covered,
        "archive": archive.order_by("-id")[:_ARCHIVE],
        "q": words,
    }
    invalid = formset.is_bound and not formset.is_valid()
    return render(request, "pressreleases/files.html", context, status=status or (422 if invalid else 200))


def _asset_of(form: Any) -> int:
    value = form["asset"].value()
    return int(value) if str(value).isdecimal() else 0
