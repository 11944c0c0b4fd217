"""What anyone may read."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.accounts.queries import system_user
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from tests.agenda.factories import EventFactory
from tests.pressreleases.factories import NOW, chosen, photo

S = ReleaseState
PAGES = ["/", "/comunicados/", "/comunicados/feed.atom", "/comunicados/feed.rss", "/sitemap.xml"]
MOST_QUERIES = 6


@pytest.fixture
def published(make_release, writer):
    return make_release(S.PUBLISHED, photos=[chosen(photo(writer))])


@pytest.mark.parametrize("page", [*PAGES, "/robots.txt"])
def test_an_empty_newsroom_answers(page, client, db):
    assert client.get(page).status_code == 200


def test_the_front_page_shows_the_story_with_its_photograph(client, published):
    html = client.get("/").content.decode()
    assert published.title in html
    assert f"/archivos/{published.files.get().asset.token}/medium/" in html


def test_the_front_page_shows_the_public_agenda(client, head_of_press):
    shown = EventFactory(created_by=head_of_press, title="Noche de museos")
    hidden = EventFactory(created_by=head_of_press, title="Reunión cerrada", is_public=False)
    html = client.get("/").content.decode()
    assert shown.title in html
    assert hidden.title not in html


def test_a_story_with_a_photograph_leads(client, make_release, published):
    make_release(S.PUBLISHED, now=NOW + timedelta(hours=1), title="Sin foto")
    html = client.get("/").content.decode()
    assert html.index(published.title) < html.index("Sin foto")


def test_the_page_of_a_release(client, published):
    response = client.get(published.get_absolute_url())
    html = response.content.decode()
    photo_ = published.files.get()
    for words in (published.title, published.lead, photo_.caption, photo_.credit, photo_.alt_text, "-o0o-"):
        assert words in html
    assert f'href="/archivos/{photo_.asset.token}/full/"' in html
    assert '<meta property="og:image"' in html


@pytest.mark.parametrize(
    "name", ["bol-2026-0001", "bol-2026-0001-otra-cosa", "BOL-2026-0001-el-mirador-estrena-148-luminarias"]
)
def test_another_wording_of_the_address_leads_to_the_right_one(name, client, published):
    response = client.get(f"/comunicados/2026/{name}/")
    assert (response.status_code, response["Location"]) == (301, published.get_absolute_url())


def test_another_year_leads_to_the_right_one(client, published):
    response = client.get(published.get_absolute_url().replace("/2026/bol", "/2025/bol"))
    assert response["Location"] == published.get_absolute_url()


@pytest.mark.parametrize("state", [S.DRAFT, S.IN_REVIEW, S.APPROVED])
def test_what_is_not_public_is_not_there(state, client, make_release):
    release = make_release(state, title="Secreto")
    address = release.get_absolute_url() or "/comunicados/2026/bol-2026-0001-secreto/"
    assert client.get(address).status_code == 404
    for page in PAGES:
        assert "Secreto" not in client.get(page).content.decode()


@pytest.mark.parametrize("name", ["x", "bol-2026-9999-nada", "..%2Fetc", "%00"])
def test_a_torn_address_is_not_there(name, client, db):
    assert client.get(f"/comunicados/2026/{name}/").status_code == 404


def test_a_withdrawn_release_says_why_and_nothing_else(client, make_release, writer):
    release = make_release(S.WITHDRAWN, photos=[chosen(photo(writer))], title="Cifra equivocada de luminarias")
    response = client.get(release.get_absolute_url())
    html = response.content.decode()
    assert response.status_code == 410
    assert release.withdrawn_reason in html
    assert release.title not in html
    assert release.lead not in html
    assert release.title not in client.get("/").content.decode()


def test_files_open_with_the_release_and_close_with_it(client, make_release, writer, director):
    release = make_release(S.APPROVED, photos=[chosen(photo(writer))])
    address = reverse("files:rendition", args=[release.files.get().asset.token, "small"])

    def answer():
        response = client.get(address)
        # Its file; closing the whole answer would close the test's connection as well.
        for close in response._resource_closers:
            close()
        return response.status_code

    before = answer()
    public = actions.publish(release, by=system_user(), now=NOW)
    during = answer()
    actions.withdraw(public, reason="Una cifra.", by=director, now=NOW)
    assert (before, during, answer()) == (404, 200, 404)


def test_the_list_finds_words_in_their_forms_and_years(client, make_release):
    make_release(S.PUBLISHED, title="Entregan luminarias")
    make_release(
        S.PUBLISHED,
        title="Vacunación",
        now=NOW - timedelta(days=400),
        body="<p>Once módulos.</p>",
        lead="Hoy.",
        highlights=[],
        practical="",
    )
    found = client.get("/comunicados/?q=luminaria").content.decode()
    assert "Entregan luminarias" in found
    assert "Vacunación" not in found
    older = client.get("/comunicados/?anio=2025").content.decode()
    assert "Vacunación" in older
    assert "Entregan luminarias" not in older


@pytest.mark.parametrize("query", ["q=%00", "anio=abc", "q=" + "x" * 500, "desde=x", "q=%27%22%3C"])
def test_odd_questions_get_an_answer(query, client, db):
    assert client.get(f"/comunicados/?{query}").status_code in {200, 400}


@pytest.mark.parametrize(
    ("page", "entry"),
    [("/comunicados/feed.atom", "{http://www.w3.org/2005/Atom}entry"), ("/comunicados/feed.rss", "channel/item")],
)
def test_the_feeds_parse(page, entry, client, published):
    root = ET.fromstring(client.get(page).content)  # noqa: S314  our own answer
    assert len(root.findall(entry)) == 1


def test_the_sitemap_parses_and_knows_the_release(client, published):
    root = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314  our own answer
    addresses = [found.text or "" for found in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert addresses[-1].endswith(published.get_absolute_url())


def test_a_reader_with_a_fresh_copy_gets_304(client, published):
    for page in ("/", "/comunicados/", published.get_absolute_url()):
        etag = client.get(page)["ETag"]
        assert client.get(page, headers={"if-none-match": etag}).status_code == 304


def test_a_withdrawal_is_seen_at_once_even_with_a_copy(client, published, director):
    etag = client.get(published.get_absolute_url())["ETag"]
    actions.withdraw(published, reason="Una cifra.", by=director, now=NOW)
    assert client.get(published.get_absolute_url(), headers={"if-none-match": etag}).status_code == 410


def test_script_is_harmless_on_every_page(client, make_release, writer):
    release = make_release(
        S.PUBLISHED,
        title="<script>alert(1)</script>",
        highlights=["<script>alert(2)</script>"],
        lead="<script>alert(3)</script>",
        topic="<script>alert(4)</script>",
        practical="<script>alert(5)</script>",
        photos=[chosen(photo(writer), caption="<script>alert(6)</script>", alt_text='"><script>alert(7)</script>')],
    )
    # Someone who writes to the row itself, round the verb that cleans.
    Release.objects.filter(pk=release.pk).update(body='<p onclick="x()">Sí</p><script>alert(8)</script>')
    for page in ("/", "/comunicados/", release.get_absolute_url()):
        html = client.get(page).content.decode()
        assert not re.search(r"<script>alert|<script[^>]*>alert|onclick", html)
    for page in ("/comunicados/feed.atom", "/comunicados/feed.rss"):
        assert "<script" not in client.get(page).content.decode()


@pytest.mark.parametrize("page", ["/", "/comunicados/", "/comunicados/feed.atom", "release"])
def test_the_number_of_queries_is_small_and_constant(page, client, make_release, writer, head_of_press):
    counts = []
    for rows in (1, 2):
        for number in range(rows):
            EventFactory(created_by=head_of_press)
            release = make_release(S.PUBLISHED, photos=[chosen(photo(writer, f"{rows}-{number}.jpg"))])
        with CaptureQueriesContext(connection) as queries:
            client.get(release.get_absolute_url() if page == "release" else page)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES
