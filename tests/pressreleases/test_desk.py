"""The pages of the people who write."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coverage.models import CoverageFile
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from tests.pressreleases.factories import NOW, chosen, photo, text

S = ReleaseState
HTMX = {"HX-Request": "true"}


def form_of(release, **changes):
    return {
        "version": release.version,
        "title": release.title,
        "highlights": "\n".join(release.highlights),
        "lead": release.lead,
        "body": release.body,
        "practical": release.practical,
        "kind": release.kind,
        "topic": release.topic,
        "lists": [row.pk for row in release.lists.all()],
        "accounts": release.accounts,
        **changes,
    }


def edit(release):
    return reverse("releases:edit", args=[release.pk])


@pytest.fixture
def desk(client, writer):
    client.force_login(writer)
    return client


def test_a_text_begins_from_an_event(desk, event):
    page = desk.get(f"/mesa/comunicados/nuevo/?evento={event.pk}")
    assert event.title in page.content.decode()
    sent = {"submission_key": uuid.uuid4(), "title": "Luminarias", "kind": "bulletin"}
    response = desk.post(f"/mesa/comunicados/nuevo/?evento={event.pk}", sent)
    release = Release.objects.get()
    assert (response["Location"], release.event) == (edit(release), event)


def test_the_same_form_twice_leads_to_the_same_text(desk):
    sent = {"submission_key": uuid.uuid4(), "title": "Luminarias", "kind": "bulletin"}
    first = desk.post("/mesa/comunicados/nuevo/", sent)
    assert desk.post("/mesa/comunicados/nuevo/", sent)["Location"] == first["Location"]
    assert Release.objects.count() == 1


def test_a_title_of_ten_thousand_characters_gets_its_error_and_stays(desk):
    sent = {"submission_key": uuid.uuid4(), "title": "x" * 10_000, "kind": "bulletin"}
    response = desk.post("/mesa/comunicados/nuevo/", sent)
    assert response.status_code == 422
    assert "x" * 10_000 in response.content.decode()


def test_saving_by_itself_answers_with_the_new_version(desk, make_release):
    release = make_release(S.DRAFT)
    response = desk.post(edit(release), form_of(release, lead="Una sola frase."), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert f'name="version" value="{release.version + 1}"' in html
    assert 'id="checklist"' in html


def test_saving_by_itself_says_what_is_wrong(desk, make_release):
    release = make_release(S.DRAFT)
    response = desk.post(edit(release), form_of(release, highlights="a\nb\nc\nd"), headers=HTMX)
    assert response.status_code == 422
    release.refresh_from_db()
    assert release.highlights == ["La colonia completa su alumbrado", "Reportes, al 072"]


def test_two_people_on_one_text_both_keep_their_words(desk, make_release, head_of_press):
    release = make_release(S.DRAFT)
    typed = form_of(release, lead="Lo que yo escribí.")
    hers = text(lead="Lo que ella guardó.", lists=list(release.lists.all()))
    actions.save(release, hers, version=release.version, by=head_of_press, now=NOW)
    response = desk.post(edit(release), typed)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Lo que yo escribí." in html
    assert "<del>" in html
    assert head_of_press.name in html
    assert re.search(rf'name="version" value="{release.version + 1}"', html)
    release.refresh_from_db()
    assert release.lead == "Lo que ella guardó."


def test_after_comparing_the_words_can_be_saved(desk, make_release, head_of_press):
    release = make_release(S.DRAFT)
    hers = text(lead="Lo que ella guardó.", lists=list(release.lists.all()))
    saved = actions.save(release, hers, version=release.version, by=head_of_press, now=NOW)
    desk.post(edit(release), form_of(saved, lead="Lo mío y lo suyo."))
    release.refresh_from_db()
    assert release.lead == "Lo mío y lo suyo."


def test_asking_for_approval_saves_first(desk, make_release):
    release = make_release(S.DRAFT)
    desk.post(edit(release), form_of(release, lead="Lo último.", submit="1"))
    release.refresh_from_db()
    assert (release.lead, release.state) == ("Lo último.", S.IN_REVIEW)


def test_asking_too_early_says_what_is_missing_and_loses_nothing(desk, make_release):
    release = make_release(S.DRAFT)
    response = desk.post(edit(release), form_of(release, lead="", submit="1"), follow=True)
    release.refresh_from_db()
    assert (release.lead, release.state) == ("", S.DRAFT)
    assert response.redirect_chain[0][0] == edit(release)
    assert "exclamation-octagon-fill" in response.content.decode()


def test_an_embargo_in_the_past_is_said_beside_the_field(desk, make_release):
    release = make_release(S.DRAFT)
    response = desk.post(edit(release), form_of(release, embargo_until="2020-01-01T10:00"))
    assert response.status_code == 422
    assert 'id="id_embargo_until_error"' in response.content.decode()


def test_a_published_text_is_only_read(desk, make_release):
    release = make_release(S.PUBLISHED)
    assert desk.get(edit(release))["Location"] == reverse("releases:release", args=[release.pk])
    assert desk.post(edit(release), form_of(release, lead="Otra."))["Location"] == reverse(
        "releases:release", args=[release.pk]
    )
    release.refresh_from_db()
    assert release.lead == text().lead


@pytest.mark.parametrize("state", S)
def test_every_state_has_its_page(state, desk, make_release, writer, event):
    release = make_release(state, photos=[chosen(photo(writer))], event=event)
    for name in ("release", "preview"):
        assert desk.get(reverse(f"releases:{name}", args=[release.pk]), follow=True).status_code == 200


def test_photos_of_the_coverage_are_chosen_with_their_words(desk, make_release, photographer, event):
    asset = photo(photographer)
    CoverageFile.objects.create(
        event=event, asset=asset, author="Efrén", caption="Calle", alt_text="Luz", added_by=photographer, added_at=NOW
    )
    release = make_release(S.DRAFT, event=event)
    address = reverse("releases:files", args=[release.pk])
    assert f'value="{asset.pk}"' in desk.get(address).content.decode()
    empty = {"f-TOTAL_FORMS": 0, "f-INITIAL_FORMS": 0, "version": release.version}
    desk.post(address, {**empty, "add": [asset.pk]})
    file = release.files.get()
    assert (file.asset, file.caption, file.credit, file.alt_text) == (asset, "Calle", "Efrén", "Luz")


def test_order_words_and_leaving_out(desk, make_release, writer):
    one, two, three = (photo(writer, name) for name in ("uno.jpg", "dos.jpg", "tres.jpg"))
    release = make_release(S.DRAFT, photos=[chosen(one), chosen(two), chosen(three)])
    sent = {"f-TOTAL_FORMS": 3, "f-INITIAL_FORMS": 3, "version": release.version}
    for number, (asset, position) in enumerate([(one, 2), (two, 1), (three, 3)]):
        sent |= {
            f"f-{number}-asset": asset.pk,
            f"f-{number}-position": position,
            f"f-{number}-caption": f"Pie {number}",
            f"f-{number}-credit": "Efrén",
            f"f-{number}-alt_text": "Luz",
        }
    sent["f-2-leave_out"] = "on"
    desk.post(reverse("releases:files", args=[release.pk]), sent)
    assert list(release.files.values_list("asset", "caption")) == [(two.pk, "Pie 1"), (one.pk, "Pie 0")]


def test_the_words_of_photos_survive_a_conflict(desk, make_release, writer, head_of_press):
    asset = photo(writer)
    release = make_release(S.DRAFT, photos=[chosen(asset)])
    hers = text(lead="Otra.", lists=list(release.lists.all()))
    actions.save(release, hers, version=release.version, by=head_of_press, now=NOW)
    sent = {
        "f-TOTAL_FORMS": 1,
        "f-INITIAL_FORMS": 1,
        "version": release.version,
        "f-0-asset": asset.pk,
        "f-0-position": 1,
        "f-0-caption": "Un pie nuevo",
        "f-0-alt_text": "Luz",
    }
    response = desk.post(reverse("releases:files", args=[release.pk]), sent)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Un pie nuevo" in html
    assert f'name="version" value="{release.version + 1}"' in html


def test_a_withdrawal_asks_for_its_reason(client, make_release, head_of_press):
    release = make_release(S.PUBLISHED)
    client.force_login(head_of_press)
    client.post(reverse("releases:withdraw", args=[release.pk]), {"reason": " "})
    release.refresh_from_db()
    assert release.state == S.PUBLISHED
    client.post(reverse("releases:withdraw", args=[release.pk]), {"reason": "Una cifra equivocada."})
    release.refresh_from_db()
    assert (release.state, release.withdrawn_reason) == (S.WITHDRAWN, "Una cifra equivocada.")


def test_the_list_filters_by_state_words_and_writer(desk, make_release, head_of_press):
    make_release(S.IN_REVIEW, title="Entregan luminarias")
    actions.draft(by=head_of_press, now=NOW, title="De otra persona")
    assert "De otra persona" not in desk.get("/mesa/comunicados/?mios=on").content.decode()
    assert "De otra persona" not in desk.get("/mesa/comunicados/?estado=in_review").content.decode()
    assert "Entregan luminarias" in desk.get("/mesa/comunicados/?q=luminaria").content.decode()


def test_versions_can_be_compared(desk, make_release, head_of_press):
    release = make_release(S.DRAFT)
    hers = text(lead="Otra entrada.", lists=list(release.lists.all()))
    actions.save(release, hers, version=release.version, by=head_of_press, now=NOW)
    page = desk.get(edit(release)).content.decode()
    address = re.search(rf'href="(/mesa/comunicados/{release.pk}/versiones/\d+/)"', page)
    assert address is not None
    assert "<mark>Otra</mark>" in desk.get(address[1]).content.decode()


def test_script_is_harmless_at_the_desk(desk, make_release, writer):
    bad = "<script>alert(1)</script>"
    photos = [chosen(photo(writer), caption=bad, alt_text=bad, credit=bad)]
    release = make_release(S.DRAFT, title=bad, lead=bad, highlights=[bad], topic=bad, practical=bad, photos=photos)
    Release.objects.filter(pk=release.pk).update(body=f"<p>Sí</p>{bad}", returned_note=bad)
    pages = [edit(release), "/mesa/comunicados/"]
    pages += [reverse(f"releases:{name}", args=[release.pk]) for name in ("preview", "files")]
    for page in pages:
        assert bad not in desk.get(page).content.decode()


@pytest.mark.parametrize("page", ["list", "edit", "release", "files"])
def test_the_number_of_queries_does_not_grow(page, desk, make_release, writer, event):
    counts = []
    photo(writer, "otra.jpg")
    for rows in (1, 3):
        for number in range(rows):
            photos = [chosen(photo(writer, f"{rows}-{number}-{n}.jpg")) for n in range(rows)]
            release = make_release(S.PUBLISHED if page == "release" else S.DRAFT, photos=photos, event=event)
        address = reverse("releases:list") if page == "list" else reverse(f"releases:{page}", args=[release.pk])
        with CaptureQueriesContext(connection) as queries:
            desk.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["photographer", "auditor", "administrator"])
def test_who_may_not_write_reads(name, client, make_release, request):
    release = make_release(S.DRAFT)
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("releases:release", args=[release.pk])).status_code == 200
    assert client.get(edit(release)).status_code == 403
    assert client.post(edit(release), form_of(release)).status_code == 403


def test_an_odd_number_in_the_address_is_not_found_or_ignored(desk, db):
    assert desk.get("/mesa/comunicados/nuevo/?evento=abc").status_code == 200
    assert desk.get("/mesa/comunicados/nuevo/?evento=999999").status_code == 404
    assert desk.get("/mesa/comunicados/999999/").status_code == 404
