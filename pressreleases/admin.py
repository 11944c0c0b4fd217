"""Where the director reads and signs: a door to the verbs, never a way round them."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.modeladmin import RoleModelAdmin
from commsoffice.accounts.models import User
from commsoffice.office.queries import office
from commsoffice.ui.dates import long_datetime, short_datetime
from commsoffice.ui.templatetags.co import state as state_tag
from commsoffice.ui.views import is_htmx
from pressreleases import actions, permissions
from pressreleases.diff import compare_parts
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release
from pressreleases.queries import being_corrected, checks, dateline, missing, parts_before, pause_over, plan, whole

# A correction was submitted after its release.
SUBMITTED = Coalesce(F("correction_at"), F("submitted_at"))


class StateFilter(admin.SimpleListFilter):
    """«Por autorizar» first: what the director comes for, a release or the correction of a public one."""

    title = _("state")
    parameter_name = "estado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("por-autorizar", _("To be approved")), *[(s.value, s.label) for s in ReleaseState if s != "in_review"]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        value = self.value()
        if not value:
            return queryset
        if value == "por-autorizar":
            return queryset.filter(Q(state=ReleaseState.IN_REVIEW) | Q(correction_at__isnull=False))
        return queryset.filter(state=value)


@admin.register(Release)
class ReleaseAdmin(RoleModelAdmin[Release]):
    """Read-only; two buttons call the verbs."""

    view_permission = Permission.RELEASES_VIEW
    list_display = ("name", "state_shown", "kind", "author", "submitted", "folio")
    list_filter = (StateFilter, "kind")
    list_select_related = ("author",)
    search_fields = ("title", "folio", "lead")
    ordering = (SUBMITTED.desc(nulls_last=True), "-id")
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/pressreleases/release/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        """Add the correction that waits for the signature; there is at most one."""
        waits = Correction.objects.filter(release=OuterRef("pk"), state=CorrectionState.IN_REVIEW)
        return (
            super()
            .get_queryset(request)
            .annotate(
                correction_id=Subquery(waits.values("pk")[:1]),
                correction_at=Subquery(waits.values("submitted_at")[:1]),
            )
        )

    @admin.display(description=_("title"), ordering="title")
    def name(self, release: Release) -> str:
        return release.title

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, release: Release) -> SafeString:
        word = gettext("To be approved") if release.state == ReleaseState.IN_REVIEW else release.get_state_display()
        shown = format_html("{}", state_tag(release.state_kind, word))
        if (number := getattr(release, "correction_id", None)) is None:
            return shown
        waits = state_tag(CorrectionState.IN_REVIEW.kind, gettext("Correction to be approved"))
        return format_html('{}<br><a href="{}">{}</a>', shown, reverse("releases:correction", args=[number]), waits)

    @admin.display(description=_("submitted"), ordering=SUBMITTED)
    def submitted(self, release: Release) -> str:
        at = getattr(release, "correction_at", None) or release.submitted_at
        return short_datetime(at) if at else ""

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the buttons."""
        site = self.admin_site
        verbs = (("autorizar", self.approve), ("devolver", self.return_to_writer), ("detener", self.stop))
        doors = [
            path(
                f"<int:number>/{name}/",
                site.admin_view(require_POST(view)),
                name=f"pressreleases_release_{view.__name__}",
            )
            for name, view in verbs
        ]
        live = path(
            "<int:number>/estado/",
            site.admin_view(require_safe(self.live_state)),
            name="pressreleases_release_live_state",
        )
        return [*doors, live, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the release as it will look, and what its approval sends."""
        context = extra_context or {}
        if request.method in {"GET", "HEAD"} and object_id.isdecimal() and self.has_view_permission(request):
            release = whole(Release.objects.filter(pk=int(object_id))).first()
            if release is not None:
                context |= self._page(release, request)
        return super().change_view(request, object_id, form_url, context)

    def _page(self, release: Release, request: HttpRequest) -> dict[str, Any]:
        user = _person(request)
        waits = release.state == ReleaseState.IN_REVIEW
        being_written = waits or release.state == ReleaseState.DRAFT
        before = parts_before(release)
        planned = plan(release) if being_written else None
        return {
            "release": release,
            "dateline": dateline(release, office(), timezone.localdate()),
            "checks": checks(release) if being_written else [],
            "lacking": len(missing(release)),
            "plan": planned,
            "plan_sentence": _plan_sentence(planned) if planned else "",
            "changes": compare_parts(before, release.text_parts) if before is not None and being_written else None,
            "correction": being_corrected(release) if release.state == ReleaseState.PUBLISHED else None,
            "may_review": waits and permissions.may_review(user),
            "may_approve": waits and permissions.may_approve(user, release),
            "is_own": waits and permissions.may_review(user) and permissions.wrote_it(user, release),
            "may_stop": release.state == ReleaseState.APPROVED and permissions.may_review(user),
            "title": release.title,
            "subtitle": None,
        }

    def live_state(self, request: HttpRequest, number: int) -> HttpResponse:
        """The state alone: what htmx asks for while the release leaves."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not is_htmx(request):
            return HttpResponseRedirect(reverse("admin:pressreleases_release_change", args=[number]))
        release = get_object_or_404(Release, pk=number)
        if release.state not in {ReleaseState.APPROVED, ReleaseState.PUBLISHED}:
            # Someone stopped it: other buttons belong on the page.
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = {"release": release, "is_fragment": True}
        return render(request, "pressreleases/_live_state.html", context)

    def approve(self, request: HttpRequest, number: int) -> HttpResponse:
        """«Autorizar»."""
        version = request.POST.get("version", "")

        def verb(release: Release, user: User) -> tuple[int, str]:
            # Without a word of what was read, nothing is signed: no text has version 0.
            seen = int(version) if version.isdecimal() else 0
            now = timezone.now()
            return _approved(actions.approve(release, by=user, now=now, version=seen), now)

        return self._do(request, number, verb)

    def return_to_writer(self, request: HttpRequest, number: int) -> HttpResponse:
        """«Devolver», with the reason in words."""

        def verb(release: Release, user: User) -> tuple[int, str]:
            actions.return_to_writer(release, note=request.POST.get("note", ""), by=user, now=timezone.now())
            said = gettext("Returned. %(who)s finds your words under «What waits for me».")
            return messages.SUCCESS, said % {"who": release.author.name}

        return self._do(request, number, verb)

    def stop(self, request: HttpRequest, number: int) -> HttpResponse:
        """«Detener»: before it is public."""

        def verb(release: Release, user: User) -> tuple[int, str]:
            actions.stop(release, reason=request.POST.get("reason", ""), by=user, now=timezone.now())
            said = gettext("Stopped. It waits for approval again, and what was waiting to leave is cancelled.")
            return messages.SUCCESS, said

        return self._do(request, number, verb)

    def _do(self, request: HttpRequest, number: int, verb: Any) -> HttpResponse:
        release = get_object_or_404(Release.objects.select_related("author"), pk=number)
        try:
            messages.add_message(request, *verb(release, _person(request)))
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:pressreleases_release_change", args=[number]))


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user


def _approved(release: Release, now: datetime) -> tuple[int, str]:
    """What becomes of it now, in words: it leaves, its embargo has an hour, or a pause holds everything."""
    if pause_over(release) is not None:
        said = gettext("Approved as %(folio)s. It is held: everything is paused.")
        return messages.WARNING, said % {"folio": release.folio}
    if release.embargo_until is not None and release.embargo_until > now:
        said = gettext("Approved as %(folio)s. It leaves on %(when)s, when the embargo ends.")
        return messages.SUCCESS, said % {"folio": release.folio, "when": long_datetime(release.embargo_until)}
    return messages.SUCCESS, gettext("Approved as %(folio)s. It is leaving now.") % {"folio": release.folio}


def _plan_sentence(planned: Any) -> str:
    leaves = ngettext("%(n)s delivery", "%(n)s deliveries", planned.total) % {"n": planned.total}
    if not planned.total_left_out:
        return leaves
    return gettext("%(leaves)s, %(n)s left out") % {"leaves": leaves, "n": planned.total_left_out}
