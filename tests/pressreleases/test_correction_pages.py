"""Writing, reading and signing a correction; what the public and the desk see of it."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.office.models import Area
from commsoffice.outbox.actions import pause_all
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from pressreleases import actions, needs
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction
from pressreleases.queries import waiting_count
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import CORRECTED_LEAD, NOW, RIGHT, WRONG, all_left, bring, text

S, C = ReleaseState, CorrectionState
LATER = NOW + timedelta(hours=3)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def release(make_release):
    row = make_release(S.PUBLISHED)
    all_left(row)
    return row


def form_of(release, version=0, **changes):
    words = text(lead=CORRECTED_LEAD)
    return {
        "version": version,
        "note_wrong": WRONG,
        "note_right": RIGHT,
        "title": words.title,
        "highlights": "\n".join(words.highlights),
        "lead": words.lead,
        "body": words.body,
        "practical": words.practical,
        **changes,
    }


def times_of_notes(html):
    found = re.findall(r'role="note".*?datetime="([^"]+)"', html, re.DOTALL)
    return [datetime.fromisoformat(when) for when in found]


def correct(release):
    return reverse("releases:correct", args=[release.pk])


def page_of(correction, verb=""):
    return reverse(f"releases:correction{verb}", args=[correction.pk])


def test_the_form_begins_with_the_public_text(client, writer, release):
    client.force_login(writer)
    html = client.get(correct(release)).content.decode()
    assert release.lead in html
    assert Correction.objects.count() == 0


def test_from_the_form_to_the_signature(client, writer, director, release):
    client.force_login(writer)
    response = client.post(correct(release), form_of(release, submit="1"))
    correction = Correction.objects.get()
    assert (response["Location"], correction.state) == (page_of(correction), C.IN_REVIEW)
    client.force_login(director)
    html = client.get(page_of(correction)).content.decode()
    for words in (WRONG, RIGHT, "<del>148</del>", "<mark>184</mark>"):
        assert words in html
    response = client.post(page_of(correction, "_issue"), {"version": correction.version})
    correction.refresh_from_db()
    assert (response["Location"], correction.state) == (reverse("releases:release", args=[release.pk]), C.ISSUED)
    assert "<del>148</del>" in client.get(page_of(correction)).content.decode()


def test_signing_what_changed_since_it_was_read_is_refused(client, director, release, make_correction):
    correction = make_correction(release, C.IN_REVIEW)
    client.force_login(director)
    for sent in ({}, {"version": "7"}, {"version": "x"}):
        client.post(page_of(correction, "_issue"), sent)
        correction.refresh_from_db()
        assert correction.state == C.IN_REVIEW


def test_the_director_returns_it_with_the_reason(client, writer, director, release, make_correction):
    correction = make_correction(release, C.IN_REVIEW)
    client.force_login(director)
    client.post(page_of(correction, "_return"), {"note": "Falta la fuente."})
    client.force_login(writer)
    assert "Falta la fuente." in client.get(correct(release)).content.decode()


def test_the_writer_takes_it_back_and_gives_it_up(client, writer, release, make_correction):
    correction = make_correction(release, C.IN_REVIEW)
    client.force_login(writer)
    assert client.post(page_of(correction, "_take_back"))["Location"] == correct(release)
    client.post(page_of(correction, "_discard"))
    correction.refresh_from_db()
    assert correction.state == C.DISCARDED


@pytest.mark.parametrize(
    "wrong", [{"note_wrong": ""}, {"note_right": "x" * 10_000}, {"title": ""}, {"lead": "x" * 1001}, {"version": "x"}]
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, wrong, writer, release):
    client.force_login(writer)
    response = client.post(correct(release), form_of(release, **wrong))
    assert (response.status_code, Correction.objects.count()) == (422, 0)
    assert RIGHT in response.content.decode() or "note_right" in wrong


def test_two_who_write_at_once_see_both(client, head_of_press, release, make_correction):
    make_correction(release, C.DRAFT)
    client.force_login(head_of_press)
    response = client.post(correct(release), form_of(release, lead="Son 185 luminarias.", note_right="185"))
    html = response.content.decode()
    assert response.status_code == 409
    assert "<mark>185" in html
    assert 'name="version" value="1"' in html
    assert Correction.objects.get().lead == CORRECTED_LEAD


@pytest.mark.parametrize("state", [S.DRAFT, S.APPROVED, S.WITHDRAWN])
def test_there_is_no_form_for_what_is_not_public(client, state, director, make_release):
    row = make_release(state)
    client.force_login(director)
    assert client.get(correct(row))["Location"] == reverse("releases:release", args=[row.pk])


def test_an_intern_reads_what_others_correct(client, intern, release, make_correction):
    correction = make_correction(release, C.DRAFT)
    client.force_login(intern)
    assert client.get(correct(release))["Location"] == page_of(correction)


def test_the_public_page_before_and_after(client, release, make_correction, director):
    before = client.get(release.get_absolute_url())
    make_correction(release, C.IN_REVIEW)
    meanwhile = client.get(release.get_absolute_url())
    assert before["ETag"] == meanwhile["ETag"]
    actions.issue_correction(Correction.objects.get(), by=director, now=LATER)
    after = client.get(release.get_absolute_url())
    html = after.content.decode()
    assert before["ETag"] != after["ETag"]
    assert CORRECTED_LEAD in html
    assert release.lead not in html
    assert times_of_notes(html) == [LATER]
    assert WRONG in html
    assert RIGHT in html


def test_earlier_corrections_stay_listed_newest_first(client, release, make_correction):
    make_correction(release, now=NOW + timedelta(hours=1))
    make_correction(release, lead="Son 185.", now=NOW + timedelta(hours=2))
    html = client.get(release.get_absolute_url()).content.decode()
    assert times_of_notes(html) == [NOW + timedelta(hours=hours) for hours in (2, 1)]


def test_a_discarded_correction_is_nobodys_business(client, release, make_correction):
    make_correction(release, C.DISCARDED)
    assert RIGHT not in client.get(release.get_absolute_url()).content.decode()


def test_the_feeds_say_so(client, release, make_correction):
    make_correction(release, now=LATER)
    entry = ET.fromstring(client.get("/comunicados/feed.atom").content).find(f"{ATOM}entry")  # noqa: S314  our own answer
    assert entry is not None
    assert entry.findtext(f"{ATOM}updated") == LATER.isoformat()
    assert RIGHT in (entry.findtext(f"{ATOM}content") or "")
    assert CORRECTED_LEAD in (entry.findtext(f"{ATOM}summary") or "")
    rss = client.get("/comunicados/feed.rss").content.decode()
    assert RIGHT in rss
    assert LATER.isoformat()[:10] in client.get("/sitemap.xml").content.decode()


def test_script_in_a_note_is_harmless_everywhere(client, writer, director, release):
    notes = actions.Notes("<script>alert(1)</script>", "<img src=x onerror=alert(2)>")
    row = actions.write_correction(release, notes, text(title="<script>3</script>"), version=0, by=writer, now=NOW)
    actions.issue_correction(actions.submit_correction(row, by=writer, now=NOW), by=director, now=NOW)
    pages = [release.get_absolute_url(), "/comunicados/", "/comunicados/feed.atom", "/comunicados/feed.rss"]
    client.force_login(director)
    for page in (*pages, page_of(row), reverse("releases:release", args=[release.pk])):
        html = client.get(page).content.decode()
        assert not re.search(r"<script>(alert|3)|<img src=x", html), page


def test_the_pages_cost_the_same_whatever_the_rows(client, make_release, make_correction, head_of_press):
    client.force_login(head_of_press)
    counts = []
    for rows in (1, 3):
        media = MediaListFactory(contacts=[ContactFactory(email=f"{rows}-{n}@medio.example") for n in range(rows)])
        release = make_release(S.PUBLISHED, lists=[media])
        all_left(release)
        for number in range(rows):
            correction = make_correction(release, lead=f"Son {number}.", now=NOW + timedelta(hours=number))
            all_left(release)
        pages = (reverse("releases:release", args=[release.pk]), page_of(correction), release.get_absolute_url())
        counts.append([queries_of(client, page) for page in (*pages, "/comunicados/feed.atom")])
    assert counts[0] == counts[1]


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    return len(queries)


def test_the_page_counts_who_has_not_confirmed(client, head_of_press, release, make_correction):
    make_correction(release)
    for row in Delivery.objects.filter(purpose=Purpose.CORRECTION, channel="email"):
        bring(row, DeliveryState.ACCEPTED)
    client.force_login(head_of_press)
    html = client.get(reverse("releases:release", args=[release.pk])).content.decode()
    assert html.count('/acuse/"') == 2
    assert 'id="receipts"' in html


def test_a_reader_sees_no_buttons(client, auditor, release, make_correction):
    make_correction(release)
    client.force_login(auditor)
    html = client.get(reverse("releases:release", args=[release.pk])).content.decode()
    assert 'value="telephone"' not in html
    assert correct(release) not in html


def test_the_page_of_a_withdrawn_text_lists_whom_we_asked(client, director, release):
    actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    client.force_login(director)
    html = client.get(reverse("releases:release", args=[release.pk])).content.decode()
    assert "uno@medio.example" in html
    assert 'id="receipts"' in html


@pytest.fixture
def signing(client, director):
    client.force_login(director)
    return client


@pytest.mark.parametrize("verb", ["issue", "withdraw"])
@pytest.mark.parametrize("allowed", [[], ["A09"]])
def test_in_a_pause_it_says_that_nobody_is_told_yet_and_why(verb, allowed, signing, make_release, make_correction):
    area = Area.objects.get_or_create(key="A09", defaults={"name": "Protección Civil"})[0]
    release = make_release(S.PUBLISHED, area=area)
    all_left(release)
    correction = make_correction(release, C.IN_REVIEW)
    pause_all("Inundación en La Joya", allowed, by=release.approved_by, now=NOW)
    doors = {
        "issue": (page_of(correction, "_issue"), {"version": correction.version}),
        "withdraw": (reverse("releases:withdraw", args=[release.pk]), {"reason": "Una cifra."}),
    }
    (said,) = signing.post(*doors[verb], follow=True).context["messages"]
    is_held = not allowed
    assert (said.level_tag, "Inundación en La Joya" in str(said)) == ("warning" if is_held else "success", is_held)


def test_in_a_pause_what_told_nobody_is_not_held(signing, director, make_release, make_correction):
    release = make_release(S.PUBLISHED, lists=[])
    all_left(release)
    correction = make_correction(release, C.IN_REVIEW)
    pause_all("Inundación en La Joya", [], by=director, now=NOW)
    (said,) = signing.post(page_of(correction, "_issue"), {"version": 1}, follow=True).context["messages"]
    assert said.level_tag == "success"


def test_what_waits_for_the_signature_is_on_the_desk(release, make_correction, director, writer, head_of_press):
    correction = make_correction(release, C.IN_REVIEW)
    assert [need.verb.url for need in needs.corrections(director, NOW)] == [page_of(correction)]
    assert needs.corrections(writer, NOW) == needs.corrections(head_of_press, NOW) == []
    assert (waiting_count(director), waiting_count(writer)) == (1, 0)
    actions.return_correction(correction, note="Falta la fuente.", by=director, now=NOW)
    assert [need.verb.url for need in needs.corrections(writer, NOW)] == [correct(release)]
    assert (needs.corrections(director, NOW), waiting_count(director), waiting_count(writer)) == ([], 0, 1)


def test_after_two_days_the_desk_says_whom_to_call(release, make_correction, writer, auditor):
    make_correction(release)
    late = NOW + timedelta(hours=49)
    assert [need.title for need in needs.not_confirmed(writer, late)] == [str(release)]
    assert needs.not_confirmed(auditor, late) == needs.not_confirmed(writer, NOW) == []


def test_where_the_director_signs_stands_the_way_to_the_correction(client, director, release, make_correction):
    correction = make_correction(release, C.IN_REVIEW)
    client.force_login(director)
    html = client.get(reverse("admin:pressreleases_release_change", args=[release.pk])).content.decode()
    assert page_of(correction) in html
    actions.discard_correction(correction, by=director, now=NOW)
    html = client.get(reverse("admin:pressreleases_release_change", args=[release.pk])).content.decode()
    assert page_of(correction) not in html
