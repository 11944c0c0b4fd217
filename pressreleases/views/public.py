"""The newsroom: what anyone may read."""

import hashlib
import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from agenda.models import Event
from commsoffice.office.models import Office
from commsoffice.office.queries import office
from commsoffice.ui.pages import newest_first
from pressreleases.enums import ReleaseState
from pressreleases.forms import NewsroomFilterForm
from pressreleases.models import Release
from pressreleases.queries import dateline, issued_corrections, plain_text
from pressreleases.queries.newsroom import arranged, load_files, newest, upcoming_events, years

_NAME = re.compile(r"^(?P<folio>[a-z]+-\d{4}-\d+)(?:-(?P<slug>.*))?$", re.IGNORECASE)
_PER_PAGE = 24


def _fresh(request: HttpRequest, build: Callable[[], HttpResponse], *marks: object) -> HttpResponseBase:
    """Answer 304 to a reader whose copy still stands; build the page for the others.

    ``marks`` are what the page depends on. A reader always asks first, so a withdrawal is seen at once.
    """
    always = (get_language(), timezone.localdate(), getattr(staticfiles_storage, "manifest_hash", ""))
    text = "|".join(str(mark) for mark in (*always, request.get_full_path(), *marks))
    etag = quote_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag) or build()
    response["ETag"] = etag
    patch_cache_control(response, no_cache=True)
    return response


def _marks(*rows: Office | Release | Event) -> list[str]:
    return [f"{row.pk}@{row.updated_at.isoformat()}" for row in rows]


@require_safe
def newsroom_front(request: HttpRequest) -> HttpResponseBase:
    """«Portada»: the leading story, the newest ones, the agenda, whom to call, where to report."""
    house = office()
    events = upcoming_events(timezone.localdate())
    releases = newest()

    def build() -> HttpResponse:
        load_files(releases)
        context = {"front": arranged(releases), "events": events, "office": house}
        return render(request, "pressreleases/public/front.html", context)

    return _fresh(request, build, *_marks(house, *releases, *events))


@require_safe
def newsroom_list(request: HttpRequest) -> HttpResponseBase:
    """«Comunicados»: all of them, by year and words."""
    house = office()
    form = NewsroomFilterForm(request.GET)
    releases = Release.objects.public()
    if form.is_valid():
        if year := form.cleaned_data["anio"]:
            releases = releases.filter(published_at__year=year)
        if words := form.cleaned_data["q"]:
            releases = releases.saying(words)
    page = newest_first(releases, request, by="published_at", size=_PER_PAGE)

    def build() -> HttpResponse:
        load_files(page.rows)
        context = {"form": form, "page": page, "years": years(), "office": house}
        return render(request, "pressreleases/public/list.html", context)

    return _fresh(request, build, page.more, *_marks(house, *page.rows))


@require_safe
def newsroom_release(request: HttpRequest, year: int, name: str) -> HttpResponseBase:
    """One release. Another wording of its address leads to the right one; a withdrawn one says why."""
    found = _NAME.match(name)
    release = (
        Release.objects.filter(folio=found["folio"].upper(), state__in=[ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN])
        .select_related("event")
        .first()
        if found
        else None
    )
    if release is None:
        raise Http404
    if request.path != release.get_absolute_url():
        return redirect(release, permanent=release.state == ReleaseState.PUBLISHED)
    house = office()
    if release.state == ReleaseState.WITHDRAWN:
        # Neither its title nor its words: only that there was one, and why it is not there.
        context = {
            "folio": release.folio,
            "reason": release.withdrawn_reason,
            "withdrawn_at": release.withdrawn_at,
            "office": house,
        }
        response = render(request, "pressreleases/public/withdrawn.html", context, status=HTTPStatus.GONE)
        patch_cache_control(response, no_cache=True)
        return response

    def build() -> HttpResponse:
        load_files([release])
        corrections = issued_corrections(release)
        context = {
            "release": release,
            "corrections": corrections,
            "dateline": dateline(release, house, timezone.localdate()),
            "plain": plain_text(release, house, timezone.localdate(), corrections),
            "office": house,
            "site_url": settings.SITE_URL,
        }
        return render(request, "pressreleases/public/release.html", context)

    return _fresh(request, build, *_marks(release, house))


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses for search engines, newest first; the protocol allows 50,000."""
    releases = Release.objects.public().order_by("-published_at").only("folio", "slug", "updated_at")[:49_000]
    last = max((release.updated_at for release in releases), default=None)
    context = {
        "pages": [(_whole("/"), last), (_whole("/comunicados/"), last)]
        + [(_whole(release.get_absolute_url()), release.updated_at) for release in releases]
    }
    return render(request, "pressreleases/public/sitemap.xml", context, content_type="application/xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone: everything behind a sign-in, and personal pages."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), f"Sitemap: {_whole('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


_CLOSED = ("/mesa/", "/admin/", "/cuenta/", "/i/", "/suscripciones/", "/atencion/seguimiento/")


def _whole(path: str) -> str:
    return urljoin(f"{settings.SITE_URL}/", path.lstrip("/"))
