"""Coverage in the browser, with and without its module."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commsoffice.files import actions as files
from commsoffice.office.queries import local_day
from coverage import actions
from coverage.models import CoverageFile, CoverageOrder
from coverage.panels import event_panel
from tests.coverage.factories import NOW, event
from tests.files.samples import camera_jpeg, uploaded

pytestmark = pytest.mark.django_db

XHR = {"x-requested-with": "XMLHttpRequest", "accept-language": "en"}
ENGLISH = {"accept-language": "en"}


def jpeg(width=300, name="DSC_4412.JPG"):
    return uploaded(camera_jpeg(width, 200), name)


def page(covered):
    return reverse("coverage:upload", args=[covered.pk])


def test_one_file_alone_is_answered_in_json(client, head_of_press, photographer):
    covered = event(head_of_press)
    client.force_login(photographer)

    response = client.post(page(covered), {"photos": jpeg(), "author": ""}, headers=XHR)

    assert (response.status_code, response.json()) == (201, {"note": "Uploaded"})
    assert CoverageFile.objects.get().event == covered


def test_the_same_file_again_says_so_and_is_no_failure(client, head_of_press, photographer):
    covered = event(head_of_press)
    client.force_login(photographer)
    client.post(page(covered), {"photos": jpeg()}, headers=XHR)

    response = client.post(page(covered), {"photos": jpeg()}, headers=XHR)

    assert response.status_code == 200
    assert response.json() == {"note": "You had already uploaded this file to this event; it was not doubled."}


def test_a_refused_file_says_why(client, head_of_press, photographer):
    client.force_login(photographer)

    response = client.post(page(event(head_of_press)), {"photos": uploaded(b"%PDF-1.7", "acta.jpg")}, headers=XHR)

    assert response.status_code == 422
    assert response.json()["error"].startswith("This is a PDF file")


def test_a_heavy_photo_says_so(client, head_of_press, photographer, settings):
    settings.PHOTO_MAX_BYTES = 1_000
    client.force_login(photographer)

    response = client.post(page(event(head_of_press)), {"photos": jpeg()}, headers=XHR)

    assert response.status_code == 422
    assert response.json()["error"].startswith("The photo is heavier than")


def test_the_page_knows_the_limits_before_anything_is_sent(client, head_of_press, photographer, settings):
    settings.PHOTO_MAX_BYTES = 1_000
    client.force_login(photographer)

    html = client.get(page(event(head_of_press)), headers=ENGLISH).content.decode()

    assert ' data-photo-most="1000" data-photo-too-heavy="The photo is heavier than' in html
    assert f' data-video-most="{settings.VIDEO_MAX_BYTES}" data-video-too-heavy="The video is heavier' in html


def test_an_empty_file_says_so(client, head_of_press, photographer):
    client.force_login(photographer)

    response = client.post(page(event(head_of_press)), {"photos": uploaded(b"", "VID.MP4")}, headers=XHR)

    assert response.json()["error"].startswith("The file is empty")


def test_without_the_module_the_good_ones_stay_and_the_bad_ones_say_why(client, head_of_press, photographer):
    covered = event(head_of_press)
    client.force_login(photographer)

    response = client.post(
        page(covered),
        {"photos": [jpeg(), uploaded(b"%PDF-1.7", "acta.jpg")], "author": "M. Celis"},
        headers=ENGLISH,
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert "This is a PDF file" in text
    assert 'value="M. Celis"' in text
    assert CoverageFile.objects.count() == 1


def test_without_the_module_good_ones_go_back_to_the_page(client, head_of_press, photographer):
    covered = event(head_of_press)
    client.force_login(photographer)

    response = client.post(page(covered), {"photos": [jpeg(), jpeg(310)]})

    assert (response.status_code, response["Location"]) == (302, page(covered))


def test_nothing_chosen_is_said_beside_the_field(client, head_of_press, photographer):
    client.force_login(photographer)

    response = client.post(page(event(head_of_press)), {"author": ""}, headers=ENGLISH)

    assert response.status_code == 422
    assert response.context["form"].errors == {"photos": ["Choose at least one photo or video."]}


def test_an_intern_sees_and_does_not_upload(client, head_of_press, intern):
    covered = event(head_of_press)
    client.force_login(intern)

    assert "data-upload" not in client.get(page(covered)).content.decode()
    assert client.post(page(covered), {"photos": jpeg()}, headers=XHR).status_code == 403
    assert CoverageFile.objects.count() == 0


def test_a_liaison_finds_only_the_own_area(client, head_of_press, area_liaison):
    today = local_day(timezone.now())
    own = event(head_of_press, area_key="A13", date=today, title="Bacheo")
    other = event(head_of_press, area_key="A02", date=today, title="Cabildo")
    client.force_login(area_liaison)

    assert [row.event for row in client.get(reverse("coverage:list")).context["today"]] == [own]
    assert client.get(page(own)).status_code == 200
    assert client.get(page(other)).status_code == 404


def test_the_list_shows_today_what_comes_and_what_is_owed(client, head_of_press):
    today = local_day(timezone.now())
    now_there = event(head_of_press, date=today)
    coming = event(head_of_press, date=today + dt.timedelta(days=2))
    owed = event(head_of_press, date=today - dt.timedelta(days=1))
    event(head_of_press, date=today + dt.timedelta(days=30))
    client.force_login(head_of_press)

    context = client.get(reverse("coverage:list")).context

    assert [[row.event for row in context[name]] for name in ("today", "coming", "owed")] == [
        [now_there],
        [coming],
        [owed],
    ]


def test_the_list_costs_the_same_for_three_events_as_for_one(client, head_of_press, photographer):
    today = local_day(timezone.now())
    client.force_login(head_of_press)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            covered = event(head_of_press, date=today)
            actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)
            actions.add_file(covered, jpeg(), by=photographer, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("coverage:list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_page_costs_the_same_for_three_files_as_for_one(client, head_of_press, photographer):
    covered = event(head_of_press)
    client.force_login(photographer)
    counts = []
    for widths in ([300], [310, 320]):
        for width in widths:
            files.process(actions.add_file(covered, jpeg(width), by=photographer, now=NOW).asset_id)
        with CaptureQueriesContext(connection) as queries:
            client.get(page(covered))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_sheet_asks_again_until_the_copies_are_made(client, head_of_press, photographer):
    covered = event(head_of_press)
    file = actions.add_file(covered, jpeg(), by=photographer, now=NOW)
    client.force_login(photographer)
    url = reverse("coverage:files", args=[covered.pk])
    htmx = {"hx-request": "true"}
    assert 'hx-trigger="every 2s"' in client.get(url).content.decode()
    assert client.get(url, {"visto": "1-1"}, headers=htmx).status_code == 204

    files.process(file.asset_id)

    answer = client.get(url, {"visto": "1-1"}, headers=htmx)
    assert answer.status_code == 200
    assert 'hx-trigger="every 8s"' in answer.content.decode()
    assert "<img " in answer.content.decode()


def test_an_order_is_given_on_its_page(client, head_of_press, photographer):
    covered = event(head_of_press)
    client.force_login(head_of_press)
    url = reverse("coverage:order", args=[covered.pk])

    response = client.post(url, {"crew": [photographer.pk], "call_time": "09:30", "notes": "Mano firmando"})

    assert (response.status_code, response["Location"]) == (302, page(covered))
    assert list(CoverageOrder.objects.get(event=covered).crew.all()) == [photographer]


def test_an_order_without_crew_keeps_what_was_written(client, head_of_press):
    covered = event(head_of_press)
    client.force_login(head_of_press)

    response = client.post(reverse("coverage:order", args=[covered.pk]), {"notes": "Mano firmando"}, headers=ENGLISH)

    assert response.status_code == 422
    assert response.context["form"].errors == {"crew": ["Choose who covers the event."]}
    assert "Mano firmando" in response.content.decode()


def test_describing_leads_to_the_next_without_words(client, head_of_press, photographer):
    covered = event(head_of_press)
    first, second = (actions.add_file(covered, jpeg(width), by=photographer, now=NOW) for width in (300, 310))
    client.force_login(photographer)
    words = {"alt_text": "Una grúa", "caption": "Cuadrilla", "author": "E. Tzompa", "siguiente": "1"}

    response = client.post(reverse("coverage:describe", args=[first.pk]), words)

    first.refresh_from_db()
    assert (first.alt_text, first.caption) == ("Una grúa", "Cuadrilla")
    assert response["Location"] == reverse("coverage:describe", args=[second.pk])


def test_the_event_shows_its_panel_to_those_who_may_see_it(rf, head_of_press, photographer, citizen_desk):
    covered = event(head_of_press)
    order = actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)
    files.process(actions.add_file(covered, jpeg(), by=photographer, now=NOW).asset_id)
    request = rf.get("/")

    request.user = head_of_press
    shown = event_panel(covered, request=request)
    request.user = citizen_desk

    assert order.folio in shown
    assert "<img " in shown
    assert event_panel(covered, request=request) == ""
