"""The contact sheet and the page of a file."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.accounts.queries import system_user
from commsoffice.files import actions
from commsoffice.files.enums import RenditionName
from commsoffice.files.errors import NoSuchRendition
from commsoffice.files.queries import attachment
from tests.files.factories import NOW, ready, ready_video, received
from tests.files.samples import camera_jpeg

pytestmark = pytest.mark.django_db


def drawn(text, **context):
    return Template("{% load files_tags %}" + text).render(Context(context))


def names(response):
    return [asset.filename for asset in response.context["page"].rows]


def test_the_sheet_shows_the_newest_first(client, writer, photographer):
    ready(photographer, name="one.jpg")
    ready(photographer, name="two.jpg", now=NOW + timedelta(hours=1))
    client.force_login(writer)

    assert names(client.get(reverse("files_staff:list"))) == ["two.jpg", "one.jpg"]


def test_the_sheet_leaves_what_citizens_sent_at_their_desk(client, writer):
    received(system_user(), name="my street.jpg")
    client.force_login(writer)

    assert names(client.get(reverse("files_staff:list"))) == []


def test_the_sheet_filters_by_kind_person_and_day(client, writer, photographer, director):
    data = camera_jpeg(300, 200)
    received(photographer, data, name="photo.jpg")
    received(director, data, name="theirs.jpg")
    received(photographer, data, name="next day.jpg", now=NOW + timedelta(days=1))
    ready_video(photographer, name="film.mp4")
    client.force_login(writer)
    url = reverse("files_staff:list")

    assert names(client.get(url, {"tipo": "video"})) == ["film.mp4"]
    assert names(client.get(url, {"quien": director.pk})) == ["theirs.jpg"]
    assert names(client.get(url, {"dia": "2026-10-10"})) == ["next day.jpg"]
    assert len(names(client.get(url, {"dia": "not a day"}))) == 4


def test_the_sheet_takes_as_many_queries_for_three_as_for_one(client, writer, photographer):
    client.force_login(writer)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            ready(photographer, camera_jpeg(300, 200))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("files_staff:list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_page_of_a_file_says_where_the_public_sees_it(client, director, photographer):
    asset = ready(photographer)
    actions.publish(asset, subject=photographer, now=NOW)
    client.force_login(director)

    response = client.get(asset.get_absolute_url())

    assert [use.label for use in response.context["uses"]] == [photographer.name]
    assert "Amatista Optics Demo 24" in response.content.decode()


def test_the_page_of_a_failed_file_offers_another_try(client, photographer):
    asset = received(photographer)
    type(asset).objects.filter(pk=asset.pk).update(state="failed", error="It broke.")
    client.force_login(photographer)
    url = reverse("files_staff:retry", args=[asset.token])
    assert url in client.get(asset.get_absolute_url()).content.decode()

    client.post(url)

    asset.refresh_from_db()
    assert asset.state == "received"


def test_a_photo_is_an_image_with_its_measures_and_larger_copies(photographer):
    asset = ready(photographer, camera_jpeg(1200, 800))

    html = drawn('{% photo asset "small" alt=alt class="co-photo" %}', asset=asset, alt="Luminarias <nuevas>")

    assert html.startswith("<img ")
    assert 'height="533"' in html
    assert 'width="800"' in html
    assert 'alt="Luminarias &lt;nuevas&gt;"' in html
    assert 'loading="lazy"' in html
    assert 'class="co-photo"' in html
    assert re.findall(r" (\d+)w", html) == ["320", "800", "1200"]
    assert "style=" not in html


def test_a_photo_without_copies_says_so(photographer):
    asset = received(photographer)

    assert "Making the copies" in drawn('{% photo asset "small" %}', asset=asset)


def test_a_video_has_its_poster_and_waits(photographer):
    html = drawn("{% video asset %}", asset=ready_video(photographer))

    assert 'preload="none"' in html
    assert '/poster/"' in html
    assert 'type="video/mp4"' in html


def test_an_attachment_is_frozen_by_its_hash(photographer):
    asset = ready(photographer, name="DSC_4412.JPG")
    copy = asset.renditions.get(name="full")

    assert attachment(asset, RenditionName.FULL, alt="Luminarias") == {
        "name": copy.file.name,
        "filename": "DSC_4412.jpg",
        "content_type": "image/jpeg",
        "size": copy.size,
        "sha256": copy.sha256,
        "alt": "Luminarias",
    }


def test_another_copy_stands_in_for_one_that_an_older_file_lacks(photographer):
    asset = ready(photographer)
    asset.renditions.filter(name="press").delete()

    found = attachment(asset, RenditionName.PRESS, otherwise=RenditionName.FULL)
    assert found["name"] == asset.renditions.get(name="full").file.name


def test_what_is_not_there_yet_cannot_be_attached(photographer):
    with pytest.raises(NoSuchRendition):
        attachment(received(photographer), RenditionName.FULL)
