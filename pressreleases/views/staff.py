"""Doors for the people who write."""

import uuid
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agenda.models import Event
from commsoffice.accounts.enums import Permission
from commsoffice.office.queries import office
from commsoffice.outbox.models import Delivery
from commsoffice.ui.pages import newest_first
from commsoffice.ui.views import StaffRequest, is_htmx, staff_page
from pressreleases import actions, permissions
from pressreleases.diff import Piece, compare_parts
from pressreleases.enums import ReleaseState
from pressreleases.forms import FilterForm, NewReleaseForm, ReasonForm, ReleaseForm
from pressreleases.models import Correction, Release
from pressreleases.prose import count_words, to_text
from pressreleases.queries import (
    being_corrected,
    checks,
    dateline,
    issued_corrections,
    missing,
    notices,
    pause_over,
    plan,
    posts_to_mend,
    sittings,
    whole,
)
from pressreleases.queries.desk import parts_at


def _release(number: int) -> Release:
    return get_object_or_404(whole(Release.objects.all()), pk=number)


@staff_page(Permission.RELEASES_VIEW)
@require_safe
def release_list(request: StaffRequest) -> HttpResponse:
    """«Comunicados»: all texts, by state, words and writer."""
    form = FilterForm(request.GET)
    issued = Correction.objects.issued().filter(release=OuterRef("pk")).order_by()
    releases = Release.objects.select_related("author", "event").annotate(is_corrected=Exists(issued))
    if form.is_valid():
        if state := form.cleaned_data["estado"]:
            releases = releases.filter(state=state)
        if words := form.cleaned_data["q"].replace("\x00", "").strip():
            releases = releases.saying(words)
        if form.cleaned_data["mios"]:
            releases = releases.filter(Q(author=request.user) | Q(edited_by=request.user))
    page = newest_first(releases, request, by="updated_at")
    context = {"form": form, "page": page, "may_draft": permissions.may_draft(request.user)}
    return render(request, "pressreleases/list.html", context)


@staff_page(Permission.RELEASES_DRAFT)
def release_new(request: StaffRequest) -> HttpResponse:
    """Begin a text, blank or from an event (``?evento=``)."""
    number = request.GET.get("evento", "")
    event = get_object_or_404(Event, pk=int(number)) if number.isdecimal() and len(number) < 10 else None  # noqa: PLR2004  what fits an integer column
    if request.method == "POST":
        form = NewReleaseForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            release = actions.draft(
                by=request.user,
                now=timezone.now(),
                event=event,
                title=data["title"],
                kind=data["kind"],
                key=data["submission_key"],
            )
            return redirect("releases:edit", release.pk)
    else:
        form = NewReleaseForm(initial={"submission_key": uuid.uuid4(), "title": event.title[:100] if event else ""})
    context = {"form": form, "event": event}
    return render(request, "pressreleases/new.html", context, status=_status(form))


@staff_page(Permission.RELEASES_VIEW)
@require_safe
def release_page(request: StaffRequest, number: int) -> HttpResponse:
    """Read a text and what became of it; whoever may go on writing gets the editor."""
    release = _release(number)
    being_written = release.state in {ReleaseState.DRAFT, ReleaseState.IN_REVIEW}
    if being_written and permissions.may_edit(request.user, release):
        return redirect("releases:edit", release.pk)
    context = (
        _article(release)
        | {
            "checks": checks(release),
            "sittings": sittings(release),
            "plan": plan(release) if being_written else None,
            "may_edit": release.is_open and permissions.may_edit(request.user, release),
            "may_approve": release.state == ReleaseState.IN_REVIEW and permissions.may_approve(request.user, release),
            "may_withdraw": release.state == ReleaseState.PUBLISHED and permissions.may_withdraw(request.user),
            "reason_form": ReasonForm(),
        }
        | _afterwards(release, request)
    )
    return render(request, "pressreleases/release.html", context)


def _afterwards(release: Release, request: StaffRequest) -> dict[str, object]:
    """What happened to a text after it was public: corrections, who was told, posts that a person has to mend."""
    if release.state not in {ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN}:
        return {}
    now = timezone.now()
    correction = being_corrected(release)
    return {
        "correction": correction,
        "corrections": issued_corrections(release),
        "may_correct": release.state == ReleaseState.PUBLISHED and permissions.may_correct(request.user, correction),
        "notices": notices(release, now=now),
        "posts": posts_to_mend(release, now=now),
        "may_take_down": permissions.may_take_down(request.user),
        "may_record": request.user.may(Permission.OUTBOX_RECORD),
    }


@staff_page(Permission.RELEASES_DRAFT)
def release_edit(request: StaffRequest, number: int) -> HttpResponse:
    """The editor. A POST saves; with ``submit`` it also asks for approval; htmx saves by itself."""
    release = _release(number)
    if not (release.is_open and permissions.may_edit(request.user, release)):
        return redirect("releases:release", release.pk)
    now = timezone.now()
    if request.method != "POST":
        return _editor(request, release, ReleaseForm(release=release, now=now))
    form = ReleaseForm(request.POST, release=release, now=now)
    if form.is_valid():
        return _save(request, release, form, now)
    if is_htmx(request):
        return render(request, "pressreleases/_not_saved.html", {"form": form}, status=_status(form))
    return _editor(request, release, form)


def _save(request: StaffRequest, release: Release, form: ReleaseForm, now: datetime) -> HttpResponse:
    was_approved = release.state == ReleaseState.APPROVED
    try:
        saved = actions.save(release, form.as_text(), version=form.cleaned_data["version"], by=request.user, now=now)
        if is_htmx(request):
            return _saved(request, _release(saved.pk))
        if "submit" in request.POST:
            actions.submit(saved, by=request.user, now=now)
            messages.success(request, _("Submitted. The director finds it under «To be approved»."))
        elif was_approved and saved.state != ReleaseState.APPROVED:
            messages.warning(request, _("It went back to review: its approval is void and what waited is cancelled."))
        else:
            messages.success(request, _("Saved."))
    except actions.OldVersion as conflict:
        return _conflict(request, form, conflict.current)
    except actions.NotReady as refusal:
        # The words are saved; only the step is refused.
        messages.error(request, str(refusal))
    return redirect("releases:edit", release.pk)


def _editor(
    request: StaffRequest,
    release: Release,
    form: ReleaseForm,
    *,
    conflict: dict[str, list[Piece]] | None = None,
    status: int | None = None,
) -> HttpResponse:
    context = _progress(release) | {
        "form": form,
        "data_fields": [form[name] for name in ("kind", "topic", "area", "embargo_until")],
        "conflict": conflict,
        "dateline": dateline(release, office(), timezone.localdate()),
        "sittings": sittings(release),
        "may_submit": permissions.may_submit(request.user),
        "photo_total": release.event.coverage_files.count() if release.event else 0,
    }
    return render(request, "pressreleases/edit.html", context, status=status or _status(form))


def _progress(release: Release) -> dict[str, object]:
    """What the side column says; the same after each save."""
    lacking = missing(release)
    words = count_words(to_text(release.body))
    return {
        "release": release,
        "checks": checks(release),
        "plan": plan(release) if release.state in {ReleaseState.DRAFT, ReleaseState.IN_REVIEW} else None,
        "missing_title": ngettext("%(n)s thing missing to go out", "%(n)s things missing to go out", len(lacking))
        % {"n": len(lacking)}
        if lacking
        else _("Ready to go out"),
        "counts": {
            "title": _("%(n)s of %(most)s") % {"n": len(release.title), "most": 100},
            "highlights": _("%(n)s of %(most)s") % {"n": len(release.highlights), "most": 3},
            "lead": _("%(n)s of %(most)s words") % {"n": count_words(release.lead), "most": 60},
            "body": ngettext("%(n)s word", "%(n)s words", words) % {"n": words},
        },
    }


def _saved(request: StaffRequest, release: Release) -> HttpResponse:
    return render(request, "pressreleases/_saved.html", _progress(release) | {"saved_at": timezone.now()})


def _conflict(request: StaffRequest, form: ReleaseForm, current: Release) -> HttpResponse:
    """Both texts: what was typed stays in the fields, on top of the version that is there now."""
    current = _release(current.pk)
    if is_htmx(request):
        return render(request, "pressreleases/_conflict.html", {"release": current}, status=HTTPStatus.CONFLICT)
    data = request.POST.copy()
    data["version"] = str(current.version)
    again = ReleaseForm(data, release=current, now=timezone.now())
    changes = compare_parts(current.text_parts, form.typed())
    return _editor(request, current, again, conflict=changes, status=HTTPStatus.CONFLICT)


@staff_page(Permission.RELEASES_VIEW)
@require_safe
def release_preview(request: StaffRequest, number: int) -> HttpResponse:
    """«Ver como se publicará»: the public page, before it is one."""
    return render(request, "pressreleases/preview.html", _article(_release(number)))


def _article(release: Release) -> dict[str, object]:
    return {"release": release, "dateline": dateline(release, office(), timezone.localdate())}


@staff_page(Permission.RELEASES_VIEW)
@require_safe
def release_compare(request: StaffRequest, number: int, row: int) -> HttpResponse:
    """What changed from one sitting to the text as it is now."""
    release = _release(number)
    before = parts_at(release, row)
    if before is None:
        return redirect("releases:release", release.pk)
    sitting = next((sitting for sitting in sittings(release, limit=50) if sitting.row == row), None)
    context = {"release": release, "sitting": sitting, "changes": compare_parts(before, release.text_parts)}
    return render(request, "pressreleases/compare.html", context)


@require_POST
@staff_page(Permission.RELEASES_SUBMIT)
def release_take_back(request: StaffRequest, number: int) -> HttpResponse:
    """Go on writing a submitted text."""
    release = actions.take_back(_release(number), by=request.user, now=timezone.now())
    messages.success(request, _("It is a draft again."))
    return redirect("releases:edit", release.pk)


@require_POST
@staff_page(Permission.RELEASES_WITHDRAW)
def release_withdraw(request: StaffRequest, number: int) -> HttpResponse:
    """Take a published text away from the public."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    release = actions.withdraw(_release(number), reason=reason, by=request.user, now=timezone.now())
    if (pause := pause_over(release)) is not None:
        said = _(
            "Withdrawn: its address says why. Nobody is asked yet not to publish it: everything is paused (%(reason)s)."
        )
        messages.warning(request, said % {"reason": pause.reason.rstrip(".")})
    else:
        said = _("Withdrawn. Its address says why, and whoever got it is being asked not to publish it.")
        messages.success(request, said)
    return redirect("releases:release", release.pk)


@require_POST
@staff_page(Permission.OUTBOX_RESOLVE)
def post_taken_down(request: StaffRequest, number: int) -> HttpResponse:
    """«Ya la borré»: a post of a withdrawn text is on its network no more."""
    post = get_object_or_404(Delivery, pk=number)
    row = actions.post_taken_down(post, by=request.user, now=timezone.now())
    said = _("Noted: %(where)s no longer shows it.") % {"where": post.recipient_name or post.recipient}
    messages.success(request, said)
    return redirect("releases:release", row.release_id)


def _status(form: NewReleaseForm | ReleaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
