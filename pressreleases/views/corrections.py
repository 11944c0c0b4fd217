"""Doors of a correction: writing it, reading it with what changes, signing it."""

from collections.abc import Sequence
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.office.queries import office
from commsoffice.ui.views import StaffRequest, staff_page
from pressreleases import actions, permissions
from pressreleases.diff import Piece, compare_parts
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.forms import CorrectionForm
from pressreleases.models import Correction, Release
from pressreleases.queries import as_corrected, being_corrected, dateline, holders, pause_over, whole
from pressreleases.queries.captions import CaptionChange, caption_changes, captions_of


def _correction(number: int) -> Correction:
    rows = Correction.objects.select_related("release", "author", "edited_by", "submitted_by", "approved_by")
    return get_object_or_404(rows, pk=number)


@staff_page(Permission.RELEASES_DRAFT)
def release_correct(request: StaffRequest, number: int) -> HttpResponse:
    """Write the correction of a public text. A POST saves; with ``submit`` it also asks for approval."""
    release = get_object_or_404(whole(Release.objects.all()), pk=number)
    if release.state != ReleaseState.PUBLISHED:
        return redirect("releases:release", release.pk)
    correction = being_corrected(release)
    if correction is not None and not permissions.may_correct(request.user, correction):
        return redirect("releases:correction", correction.pk)
    if request.method != "POST":
        return _editor(request, release, correction, CorrectionForm(release=release, correction=correction))
    form = CorrectionForm(request.POST, release=release, correction=correction)
    if not form.is_valid():
        return _editor(request, release, correction, form)
    return _save(request, release, form)


def _save(request: StaffRequest, release: Release, form: CorrectionForm) -> HttpResponse:
    now = timezone.now()
    try:
        saved = actions.write_correction(
            release,
            form.as_notes(),
            form.as_text(),
            version=form.cleaned_data["version"],
            by=request.user,
            now=now,
            captions=form.as_captions(),
        )
        if "submit" in request.POST and saved.state == CorrectionState.DRAFT:
            actions.submit_correction(saved, by=request.user, now=now)
            messages.success(request, _("Submitted. The director finds it under «To be approved»."))
        else:
            messages.success(request, _("Saved. The public text stays as it is until the director approves."))
    except actions.OldCorrection as conflict:
        return _conflict(request, release, form, conflict.current)
    except actions.NotReady as refusal:
        # The words are saved; only the step is refused.
        messages.error(request, str(refusal))
        return redirect("releases:correct", release.pk)
    return redirect("releases:correction", saved.pk)


def _editor(
    request: StaffRequest,
    release: Release,
    correction: Correction | None,
    form: CorrectionForm,
    *,
    conflict: dict[str, list[Piece]] | None = None,
    captions: Sequence[CaptionChange] = (),
    status: int | None = None,
) -> HttpResponse:
    context = {
        "release": release,
        "correction": correction,
        "form": form,
        "notes": [form["note_wrong"], form["note_right"]],
        "conflict": conflict,
        "captions": captions,
        "dateline": dateline(release, office(), timezone.localdate()),
        "may_submit": permissions.may_submit(request.user),
    }
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "pressreleases/correction_edit.html", context, status=status)


def _conflict(request: StaffRequest, release: Release, form: CorrectionForm, current: Correction) -> HttpResponse:
    """Both texts: what was typed stays in the fields, on top of the version that is there now."""
    typed = form.typed() | {
        "note_wrong": form.cleaned_data["note_wrong"],
        "note_right": form.cleaned_data["note_right"],
    }
    there = current.text_parts | {"note_wrong": current.note_wrong, "note_right": current.note_right}
    data = request.POST.copy()
    data["version"] = str(current.version)
    again = CorrectionForm(data, release=release, correction=current)
    changes = compare_parts(there, typed)
    captions = caption_changes(release, captions_of(release.files.all()) | current.captions, form.as_captions())
    return _editor(request, release, current, again, conflict=changes, captions=captions, status=HTTPStatus.CONFLICT)


@staff_page(Permission.RELEASES_VIEW)
@require_safe
def correction_page(request: StaffRequest, number: int) -> HttpResponse:
    """What was wrong, what changes word by word, the whole text, and who is told."""
    correction = _correction(number)
    release = whole(Release.objects.all()).get(pk=correction.release_id)
    is_issued = correction.state == CorrectionState.ISSUED
    before = correction.replaced if is_issued else release
    said = correction.replaced.captions if is_issued else captions_of(release.files.all())
    waits = correction.state == CorrectionState.IN_REVIEW
    user = request.user
    context = {
        "correction": correction,
        "release": release,
        "corrected": as_corrected(correction),
        "changes": compare_parts(before.text_parts, correction.text_parts),
        "captions": caption_changes(release, said, correction.captions),
        "holders": holders(release, now=timezone.now()) if correction.is_open else None,
        "may_edit": correction.is_open and permissions.may_correct(user, correction),
        "may_take_back": waits and permissions.may_submit(user),
        "may_discard": correction.is_open and permissions.may_discard(user, correction),
        "may_review": waits and permissions.may_review(user),
        "may_issue": waits and permissions.may_issue(user, correction),
    }
    return render(request, "pressreleases/correction.html", context)


@require_POST
@staff_page(Permission.RELEASES_SUBMIT)
def correction_take_back(request: StaffRequest, number: int) -> HttpResponse:
    """Go on writing a submitted correction."""
    row = actions.take_back_correction(_correction(number), by=request.user, now=timezone.now())
    messages.success(request, _("It is a draft again."))
    return redirect("releases:correct", row.release_id)


@require_POST
@staff_page(Permission.RELEASES_APPROVE)
def correction_return(request: StaffRequest, number: int) -> HttpResponse:
    """«Devolver», with the reason in words."""
    note = request.POST.get("note", "")
    row = actions.return_correction(_correction(number), note=note, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("Returned. %(who)s finds your words under «What waits for me».") % {"who": row.author.name},
    )
    return redirect("releases:correction", row.pk)


@require_POST
@staff_page(Permission.RELEASES_APPROVE)
def correction_issue(request: StaffRequest, number: int) -> HttpResponse:
    """«Autorizar»: the corrected text is public, and whoever has the wrong one is told."""
    version = request.POST.get("version", "")
    # Without a word of what was read, nothing is signed: no correction has version 0.
    seen = int(version) if version.isdecimal() else 0
    row = actions.issue_correction(_correction(number), by=request.user, now=timezone.now(), version=seen)
    if (pause := pause_over(row.release)) is not None:
        said = _(
            "Issued: the corrected text is public. Whoever got the wrong one is not told yet: "
            "everything is paused (%(reason)s)."
        )
        messages.warning(request, said % {"reason": pause.reason.rstrip(".")})
    else:
        said = _("Issued. The corrected text is public, and whoever got the wrong one is being told.")
        messages.success(request, said)
    return redirect("releases:release", row.release_id)


@require_POST
@staff_page(Permission.RELEASES_DRAFT)
def correction_discard(request: StaffRequest, number: int) -> HttpResponse:
    """Give it up."""
    row = actions.discard_correction(_correction(number), by=request.user, now=timezone.now())
    messages.success(request, _("Discarded. The public text stays as it is."))
    return redirect("releases:release", row.release_id)
