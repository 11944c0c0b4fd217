"""Captions, credits and alternative texts in a correction."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from pressreleases import actions
from pressreleases.actions import Notes, NotReady, OldCorrection
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release, ReplacedText
from pressreleases.queries import content_hash
from tests.pressreleases.factories import NOW, all_left, chosen, photo, text

S, C = ReleaseState, CorrectionState
NOTES = Notes("Calle Cedro", "Calle Roble")
RIGHT_WORDS = {"caption": "Calle Roble de noche", "credit": "Efrén Tzompa", "alt_text": "Calle Roble con luz nueva"}


@pytest.fixture
def release(make_release, writer):
    """Published with two photographs; all of it left."""
    photos = [chosen(photo(writer, "una.jpg")), chosen(photo(writer, "dos.jpg"), caption="El presidium")]
    row = make_release(S.PUBLISHED, photos=photos)
    all_left(row)
    return row


@pytest.fixture
def first(release):
    return release.files.all()[0]


def key(file):
    return str(file.asset_id)


def write(release, by, captions, *, version=0):
    return actions.write_correction(release, NOTES, text(), version=version, by=by, now=NOW, captions=captions)


def issue(correction, by, director):
    return actions.issue_correction(actions.submit_correction(correction, by=by, now=NOW), by=director, now=NOW)


def correct(release):
    return reverse("releases:correct", args=[release.pk])


def page_of(correction):
    return reverse("releases:correction", args=[correction.pk])


def form_of(release, **changes):
    words = text()
    fields = {
        f"{part}_{file.asset_id}": getattr(file, part)
        for file in release.files.all()
        for part in ("caption", "credit", "alt_text")
    }
    return {
        "version": 0,
        "note_wrong": NOTES.wrong,
        "note_right": NOTES.right,
        "title": words.title,
        "highlights": "\n".join(words.highlights),
        "lead": words.lead,
        "body": words.body,
        "practical": words.practical,
        **fields,
        **changes,
    }


def test_until_it_is_signed_the_public_caption_stays(client, release, first, writer):
    write(release, writer, {key(first): RIGHT_WORDS})
    html = client.get(release.get_absolute_url()).content.decode()
    assert "Calle Cedro de noche" in html
    assert "Calle Roble" not in html


def test_the_newsroom_shows_the_corrected_caption(client, release, first, writer, director):
    before = client.get(release.get_absolute_url())["ETag"]
    issue(write(release, writer, {key(first): RIGHT_WORDS}), writer, director)
    after = client.get(release.get_absolute_url())
    html = after.content.decode()
    assert after["ETag"] != before
    assert "Calle Roble de noche" in html
    assert 'alt="Calle Roble con luz nueva"' in html
    assert "Calle Cedro de noche" not in html
    assert "El presidium" in html


def test_the_former_words_are_kept_and_the_new_ones_sealed(release, first, writer, director):
    old = release.approved_hash
    row = issue(write(release, writer, {key(first): RIGHT_WORDS}), writer, director)
    replaced = ReplacedText.objects.get(correction=row)
    assert replaced.captions == {
        key(first): {"caption": "Calle Cedro de noche", "credit": "Efrén Tzompa", "alt_text": "Calle con luz nueva"}
    }
    release.refresh_from_db()
    assert release.approved_hash not in {"", old}
    assert release.approved_hash == row.approved_hash == content_hash(release)


def test_a_second_correction_begins_with_the_corrected_words(client, release, first, writer, director):
    issue(write(release, writer, {key(first): RIGHT_WORDS}), writer, director)
    client.force_login(writer)
    assert "Calle Roble de noche" in client.get(correct(release)).content.decode()
    again = write(release, writer, {key(first): RIGHT_WORDS | {"credit": "Otra"}})
    assert again.captions == {key(first): RIGHT_WORDS | {"credit": "Otra"}}


def test_only_what_differs_is_a_correction(release, first, writer):
    row = write(release, writer, {key(first): RIGHT_WORDS})
    public = {"caption": first.caption, "credit": first.credit, "alt_text": first.alt_text}
    row = write(release, writer, {key(first): public}, version=row.version)
    assert (row.captions, row.version) == ({}, 2)


def test_a_photograph_of_another_text_is_not_touched(release, writer, make_release):
    other = make_release(S.PUBLISHED, photos=[chosen(photo(writer, "otra.jpg"))])
    row = write(release, writer, {key(other.files.get()): RIGHT_WORDS})
    assert row.captions == {}


def test_words_of_files_that_are_not_sent_stay(release, first, writer):
    row = write(release, writer, {key(first): RIGHT_WORDS})
    row = actions.write_correction(release, NOTES, text(lead="Otra."), version=row.version, by=writer, now=NOW)
    assert row.captions == {key(first): RIGHT_WORDS}


def test_no_photograph_goes_out_without_its_alternative_text(release, first, writer):
    row = write(release, writer, {key(first): RIGHT_WORDS | {"alt_text": "  "}})
    with pytest.raises(NotReady):
        actions.submit_correction(row, by=writer, now=NOW)


def test_whoever_saved_in_between_is_not_overwritten(release, first, writer, head_of_press):
    write(release, writer, {key(first): RIGHT_WORDS})
    with pytest.raises(OldCorrection):
        write(release, head_of_press, {key(first): RIGHT_WORDS | {"caption": "Calle Pino"}})


def test_from_the_form_to_the_page_of_who_signs(client, release, first, writer, director):
    client.force_login(writer)
    fields = {f"{part}_{first.asset_id}": words for part, words in RIGHT_WORDS.items()}
    client.post(correct(release), form_of(release, **fields, submit="1"))
    row = Correction.objects.get()
    assert (row.state, row.captions) == (C.IN_REVIEW, {key(first): RIGHT_WORDS})
    client.force_login(director)
    changes = "<del>Cedro</del><mark>Roble</mark>"
    before = client.get(page_of(row)).content.decode()
    actions.issue_correction(row, by=director, now=NOW)
    after = client.get(page_of(row)).content.decode()
    assert (changes in before, changes in after) == (True, True)


def test_what_a_form_does_not_send_stays(client, release, writer):
    client.force_login(writer)
    sent = {name: value for name, value in form_of(release).items() if not name.startswith(("caption", "alt", "cred"))}
    client.post(correct(release), sent)
    assert Correction.objects.get().captions == {}


def test_too_long_is_said_beside_the_field(client, release, first, writer):
    client.force_login(writer)
    response = client.post(correct(release), form_of(release, **{f"caption_{first.asset_id}": "x" * 301}))
    assert (response.status_code, Correction.objects.count()) == (422, 0)
    assert f'id="id_caption_{first.asset_id}_error"' in response.content.decode()


def test_two_who_write_at_once_see_both_captions(client, release, first, writer, head_of_press):
    write(release, writer, {key(first): RIGHT_WORDS})
    client.force_login(head_of_press)
    response = client.post(correct(release), form_of(release, **{f"caption_{first.asset_id}": "Calle Pino de noche"}))
    assert response.status_code == 409
    assert "<del>Roble</del><mark>Pino</mark>" in response.content.decode()


def test_the_notices_say_it(sandbox, release, first, writer, director):
    issue(write(release, writer, {key(first): RIGHT_WORDS}), writer, director)
    row = Delivery.objects.filter(purpose=Purpose.CORRECTION, channel="email").earliest("pk")
    channel("email").send(row)
    (mail,) = sandbox.inbox(row.recipient)
    call = Delivery.objects.get(purpose=Purpose.CORRECTION, channel="telephone").message.payload["text"]
    for words in (mail["text"], mail["html"], call):
        assert "Foto 1: Calle Roble de noche (Efrén Tzompa)" in words
        assert "El presidium" not in words


def test_an_alternative_text_alone_is_no_news(release, first, writer, director):
    only = {"caption": first.caption, "credit": first.credit, "alt_text": "Calle Roble"}
    issue(write(release, writer, {key(first): only}), writer, director)
    call = Delivery.objects.get(purpose=Purpose.CORRECTION, channel="telephone").message.payload["text"]
    assert "Foto 1" not in call


def test_script_and_marks_in_a_caption_are_harmless(client, release, first, writer, director):
    bad = {"caption": "<script>alert(1)</script> {{confirm_url}}", "credit": "<b>x", "alt_text": '"><script>alert(2)'}
    row = issue(write(release, writer, {key(first): bad}), writer, director)
    payload = Delivery.objects.filter(purpose=Purpose.CORRECTION, channel="email").earliest("pk").message.payload
    assert payload["text"].count("{{confirm_url}}") == 1
    client.force_login(director)
    pages = [client.get(page).content.decode() for page in (release.get_absolute_url(), page_of(row), correct(release))]
    for html in (*pages, payload["html"]):
        assert "<script>alert" not in html


def test_the_pages_cost_the_same_whatever_the_photographs(client, make_release, writer, director):
    counts = []
    client.force_login(writer)
    for rows in (1, 3):
        photos = [chosen(photo(writer, f"{rows}-{number}.jpg")) for number in range(rows)]
        release = make_release(S.PUBLISHED, photos=photos)
        row = write(release, writer, {key(file): RIGHT_WORDS for file in release.files.all()})
        pages = [correct(release), page_of(row)]
        counts.append([queries_of(client, page) for page in pages])
        actions.issue_correction(
            actions.submit_correction(row, by=writer, now=NOW), by=director, now=NOW + timedelta(minutes=1)
        )
        counts[-1].append(queries_of(client, page_of(row)))
    assert counts[0] == counts[1]
    assert Release.objects.count() == 2


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    return len(queries)
