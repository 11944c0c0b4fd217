"""Who may open an address, and what the answer says."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.accounts.queries import system_user
from commsoffice.files import actions
from tests.files.factories import bytes_of, copy_of, ready, ready_video

NOW = datetime(2026, 10, 9, 18, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def address(asset, name="small"):
    return reverse("files:rendition", args=[asset.token, name])


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def subject(director):
    # Any row may show a file; a person's will do.
    return director


def test_the_public_sees_a_file_only_while_something_published_shows_it(client, photographer, subject):
    asset = ready(photographer)
    assert client.get(address(asset)).status_code == 404

    actions.publish(asset, subject=subject, now=NOW)
    assert client.get(address(asset)).status_code == 200

    actions.unpublish(subject)
    assert client.get(address(asset)).status_code == 404


def test_a_withdrawn_file_is_gone_also_for_those_who_have_it(client, photographer, subject):
    asset = ready(photographer)
    actions.publish(asset, subject=subject, now=NOW)
    etag = client.get(address(asset))["ETag"]
    assert client.get(address(asset), headers={"if-none-match": etag}).status_code == 304

    actions.unpublish(subject)

    assert client.get(address(asset), headers={"if-none-match": etag}).status_code == 404


def test_while_another_published_thing_shows_it_it_stays(client, photographer, subject, writer):
    asset = ready(photographer)
    actions.publish(asset, subject=subject, now=NOW)
    actions.publish(asset, subject=writer, now=NOW)

    assert actions.unpublish(subject) == 1
    assert client.get(address(asset)).status_code == 200


def test_publishing_twice_is_one_use(photographer, subject):
    asset = ready(photographer)
    actions.publish(asset, subject=subject, now=NOW)
    actions.publish(asset, subject=subject, now=NOW)

    assert actions.unpublish(subject) == 1


def test_the_office_sees_what_is_not_public(client, photographer, writer):
    asset = ready(photographer)
    client.force_login(writer)

    assert client.get(address(asset)).status_code == 200


def test_what_a_citizen_sent_is_seen_by_the_citizen_desk(client, citizen_desk):
    asset = ready(system_user())
    client.force_login(citizen_desk)

    assert client.get(address(asset)).status_code == 200


def test_the_citizen_desk_does_not_see_photos_of_events(client, photographer, citizen_desk):
    asset = ready(photographer)
    client.force_login(citizen_desk)

    assert client.get(address(asset)).status_code == 404


def test_an_unknown_address_and_a_private_one_answer_alike(client, photographer):
    private = client.get(address(ready(photographer)))
    unknown = client.get(reverse("files:rendition", args=[uuid.uuid4(), "small"]))

    assert (private.status_code, private.content) == (unknown.status_code, unknown.content)


def test_the_answer_is_what_it_says_and_runs_nothing(client, photographer, subject):
    asset = ready(photographer, name="Entrega día 1.JPG")
    actions.publish(asset, subject=subject, now=NOW)
    copy = copy_of(asset, "small")

    response = client.get(address(asset))

    assert response["Content-Type"] == "image/webp"
    assert response["Content-Length"] == str(copy.size) == str(len(body(response)))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["ETag"] == f'"{copy.sha256}"'
    assert response["Content-Disposition"] == "inline; filename*=utf-8''Entrega%20d%C3%ADa%201.webp"
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_original_is_a_download_for_the_office_only(client, photographer, writer, subject):
    asset = ready(photographer)
    actions.publish(asset, subject=subject, now=NOW)
    url = reverse("files_staff:original", args=[asset.token])
    assert client.get(url).status_code == 302

    client.force_login(writer)
    response = client.get(url)

    assert response["Content-Disposition"] == 'attachment; filename="DSC_4412.JPG"'
    with asset.original.open() as original:
        assert body(response) == original.read()


def test_the_original_of_a_citizen_is_for_those_who_may_see_the_person(client, writer, director):
    url = reverse("files_staff:original", args=[ready(system_user()).token])

    client.force_login(writer)
    assert client.get(url).status_code == 404
    client.force_login(director)
    assert client.get(url).status_code == 200


@pytest.fixture
def film(photographer, subject):
    asset = ready_video(photographer)
    actions.publish(asset, subject=subject, now=NOW)
    return asset


def whole(asset):
    return bytes_of(copy_of(asset, "video").file.name)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=10-999999999", 10, None)],
)
def test_a_film_is_watched_from_the_middle(client, film, asked, start, end):
    data = whole(film)

    response = client.get(address(film, "video"), headers={"range": asked})

    assert response.status_code == 206
    part = data[start:end]
    first = start if start >= 0 else len(data) + start
    assert body(response) == part
    assert response["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(data)}"
    assert response["Content-Length"] == str(len(part))


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=a-b", "items=0-5", "bytes=0-1,5-6", "bytes=-", f"bytes=0-{'9' * 5000}"]
)
def test_what_is_no_single_range_gets_the_whole(client, film, asked):
    response = client.get(address(film, "video"), headers={"range": asked})

    assert response.status_code == 200
    assert body(response) == whole(film)


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(client, film, asked):
    response = client.get(address(film, "video"), headers={"range": asked})

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(whole(film))}"


def test_a_range_of_another_version_gets_the_whole(client, film):
    headers = {"range": "bytes=0-9", "if-range": '"another"'}

    assert client.get(address(film, "video"), headers=headers).status_code == 200


def test_a_file_that_the_storage_lost_is_not_found(client, photographer, subject):
    asset = ready(photographer)
    actions.publish(asset, subject=subject, now=NOW)
    default_storage.delete(str(copy_of(asset, "small").file.name))

    assert client.get(address(asset)).status_code == 404


def test_an_address_takes_one_query_of_ours(client, photographer, subject):
    asset = ready(photographer)
    actions.publish(asset, subject=subject, now=NOW)

    with CaptureQueriesContext(connection) as queries:
        body(client.get(address(asset)))

    assert len([query for query in queries if '"files_' in query["sql"]]) == 1
