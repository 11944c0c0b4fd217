"""Where the director signs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from commsoffice.accounts.queries import system_user
from commsoffice.outbox.actions import pause_all
from commsoffice.ui.dates import long_datetime
from pressreleases import actions
from pressreleases.enums import CorrectionState, ReleaseState
from tests.pressreleases.factories import NOW, chosen, photo, text

S = ReleaseState
LIST = "/admin/pressreleases/release/"


def page(release):
    return reverse("admin:pressreleases_release_change", args=[release.pk])


def verb(release, name):
    return reverse(f"admin:pressreleases_release_{name}", args=[release.pk])


@pytest.fixture
def signing(client, director):
    client.force_login(director)
    return client


def test_the_page_shows_the_release_as_it_will_look_and_what_leaves(signing, make_release, writer):
    release = make_release(S.IN_REVIEW, photos=[chosen(photo(writer))])
    html = signing.get(page(release)).content.decode()
    for words in (release.title, release.lead, "«Ya se ve», dijo una vecina.", "Calle con luz nueva", writer.name):
        assert words in html
    assert "Medios locales" in html
    assert "baja@medio.example" not in html
    assert verb(release, "approve") in html


def test_nothing_can_be_changed_there(signing, make_release):
    release = make_release(S.IN_REVIEW)
    html = signing.get(page(release)).content.decode()
    assert 'name="title"' not in html
    assert signing.post(page(release), {"title": "Otro"}).status_code == 403
    assert signing.get("/admin/pressreleases/release/add/").status_code == 403
    assert signing.get(f"/admin/pressreleases/release/{release.pk}/delete/").status_code == 403


def test_the_director_approves(signing, make_release, director):
    release = make_release(S.IN_REVIEW)
    response = signing.post(verb(release, "approve"), {"version": release.version}, follow=True)
    release.refresh_from_db()
    assert (release.state, release.approved_by, release.folio) == (S.APPROVED, director, "BOL-2026-0001")
    assert "BOL-2026-0001" in response.content.decode()
    assert reverse("outbox:panel", args=["pressreleases.release", release.pk]) in response.content.decode()


def test_a_text_that_changed_while_it_was_read_is_not_approved(signing, make_release, head_of_press, media):
    release = make_release(S.IN_REVIEW)
    read = release.version
    actions.save(release, text(lead="Otra.", lists=[media]), version=read, by=head_of_press, now=NOW)
    signing.post(verb(release, "approve"), {"version": read})
    release.refresh_from_db()
    assert release.state == S.IN_REVIEW


def test_approving_without_saying_what_was_read_is_refused(signing, make_release):
    release = make_release(S.IN_REVIEW)
    signing.post(verb(release, "approve"))
    release.refresh_from_db()
    assert release.state == S.IN_REVIEW


def test_the_director_returns_with_words(signing, make_release):
    release = make_release(S.IN_REVIEW)
    signing.post(verb(release, "return_to_writer"), {"note": "Falta la fuente de 148."})
    release.refresh_from_db()
    assert (release.state, release.returned_note) == (S.DRAFT, "Falta la fuente de 148.")


def test_the_director_stops_before_it_is_public(signing, make_release):
    release = make_release(S.APPROVED)
    signing.post(verb(release, "stop"), {"reason": "Cambió la hora."})
    release.refresh_from_db()
    assert release.state == S.IN_REVIEW


def test_the_state_looks_again_while_it_leaves_and_stop_goes_once_it_is_public(signing, make_release, writer):
    release = make_release(S.IN_REVIEW)
    signing.post(verb(release, "approve"), {"version": release.version})
    live = verb(release, "live_state")
    leaving = signing.get(live, headers={"HX-Request": "true"}).content.decode()
    assert (live in leaving, 'hx-swap-oob="delete"' in leaving) == (True, False)
    release.refresh_from_db()
    actions.publish(release, by=system_user(), now=NOW)
    public = signing.get(live, headers={"HX-Request": "true"}).content.decode()
    assert (live in public, 'id="stop" hx-swap-oob="delete"' in public) == (False, True)


def test_a_release_that_was_stopped_meanwhile_reloads_the_page(signing, make_release):
    live = verb(make_release(S.IN_REVIEW), "live_state")
    assert signing.get(live, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_director_who_wrote_it_sees_why_he_cannot(signing, make_release, director, media):
    release = make_release(S.IN_REVIEW)
    actions.save(release, text(lead="La mía.", lists=[media]), version=release.version, by=director, now=NOW)
    html = signing.get(page(release)).content.decode()
    assert verb(release, "approve") not in html
    release.refresh_from_db()
    signing.post(verb(release, "approve"), {"version": release.version})
    release.refresh_from_db()
    assert release.state == S.IN_REVIEW


def test_what_changed_since_the_return_is_marked(signing, make_release, director, writer, media):
    release = make_release(S.IN_REVIEW)
    actions.return_to_writer(release, note="Falta la fuente.", by=director, now=NOW)
    changed = text(lead="Con su fuente.", lists=[media])
    release = actions.save(release, changed, version=release.version, by=writer, now=NOW)
    actions.submit(release, by=writer, now=NOW.replace(hour=20))
    html = signing.get(page(release)).content.decode()
    assert "<mark>Con" in html
    assert "<del>Desde" in html


@pytest.mark.parametrize("name", ["approve", "return_to_writer", "stop"])
def test_the_buttons_answer_only_to_a_post_of_those_who_may(name, client, make_release, administrator, writer):
    release = make_release(S.IN_REVIEW)
    assert client.post(verb(release, name)).status_code == 302
    client.force_login(writer)
    assert client.post(verb(release, name)).status_code == 302
    client.force_login(administrator)
    assert client.get(verb(release, name)).status_code == 405
    client.post(verb(release, name), {"version": release.version, "note": "x", "reason": "x"})
    release.refresh_from_db()
    assert release.state == S.IN_REVIEW


def test_the_list_shows_what_waits(signing, make_release):
    make_release(S.IN_REVIEW, title="Por firmar")
    make_release(S.PUBLISHED, title="Ya salió")
    html = signing.get("/admin/pressreleases/release/?estado=por-autorizar").content.decode()
    assert "Por firmar" in html
    assert "Ya salió" not in html


def test_the_list_shows_a_correction_that_waits_above_older_texts(signing, make_release, make_correction, director):
    release = make_release(S.PUBLISHED, title="Con cifra equivocada")
    make_release(S.IN_REVIEW, title="Por firmar", now=NOW + timedelta(hours=1))
    correction = make_correction(release, CorrectionState.IN_REVIEW, now=NOW + timedelta(hours=2))
    way = reverse("releases:correction", args=[correction.pk])
    for address in (LIST, f"{LIST}?estado=por-autorizar", f"{LIST}?estado=published"):
        assert f'href="{way}"' in signing.get(address).content.decode()
    html = signing.get(f"{LIST}?estado=por-autorizar").content.decode()
    assert html.index("Con cifra equivocada") < html.index("Por firmar")
    actions.return_correction(correction, note="Falta la fuente.", by=director, now=NOW)
    html = signing.get(f"{LIST}?estado=por-autorizar").content.decode()
    assert "Con cifra equivocada" not in html


@pytest.mark.parametrize("order", ["5", "-5", "2", "1.-5"])
def test_the_list_can_be_sorted_by_each_column(order, signing, make_release, make_correction):
    make_correction(make_release(S.PUBLISHED), CorrectionState.IN_REVIEW)
    assert signing.get(f"{LIST}?o={order}").status_code == 200


def test_the_list_costs_the_same_whatever_the_corrections(signing, make_release, make_correction):
    counts = []
    for rows in (1, 3):
        for _number in range(rows):
            make_correction(make_release(S.PUBLISHED), CorrectionState.IN_REVIEW)
        with CaptureQueriesContext(connection) as queries:
            signing.get(f"{LIST}?estado=por-autorizar")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_says_in_spanish_how_many_it_found(signing, make_release):
    make_release(S.IN_REVIEW)
    html = signing.get("/admin/pressreleases/release/?estado=por-autorizar").content.decode()
    assert "1 encontrado" in html
    assert "1 results" not in html


def test_the_door_to_what_waits_stands_first(signing):
    html = signing.get("/admin/").content.decode()
    assert html.index("Comunicados por autorizar") < html.index('id="content-main"')


@pytest.mark.parametrize("address", ["list", "page"])
def test_the_number_of_queries_does_not_grow(address, signing, make_release, writer):
    counts = []
    for rows in (1, 3):
        for _number in range(rows):
            photos = [chosen(photo(writer, f"{rows}-{n}.jpg")) for n in range(rows)]
            release = make_release(S.IN_REVIEW, photos=photos)
        with CaptureQueriesContext(connection) as queries:
            signing.get("/admin/pressreleases/release/" if address == "list" else page(release))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def told(client, release):
    """What the director is told on approving: how, and in which words."""
    response = client.post(verb(release, "approve"), {"version": release.version}, follow=True)
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


def test_approving_under_embargo_says_when_it_leaves(signing, make_release):
    until = timezone.now() + timedelta(hours=5)
    said = gettext("Approved as %(folio)s. It leaves on %(when)s, when the embargo ends.")
    assert told(signing, make_release(S.IN_REVIEW, embargo_until=until)) == [
        ("success", said % {"folio": "BOL-2026-0001", "when": long_datetime(until)})
    ]


def test_approving_in_a_pause_says_that_it_is_held(signing, make_release, director):
    pause_all("Inundación en La Joya", [], by=director, now=timezone.now())
    said = gettext("Approved as %(folio)s. It is held: everything is paused.")
    assert told(signing, make_release(S.IN_REVIEW)) == [("warning", said % {"folio": "BOL-2026-0001"})]


def test_a_pause_stands_above_every_page(signing, make_release, director):
    pause_all("Inundación en La Joya", [], by=director, now=timezone.now())
    for address in ("/admin/", page(make_release(S.IN_REVIEW))):
        assert "Inundación en La Joya" in signing.get(address).content.decode()
