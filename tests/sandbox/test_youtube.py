"""YouTube as google-api-python-client sees it."""

import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import google.auth.exceptions
import pytest
from googleapiclient.errors import HttpError, ResumableUploadError
from googleapiclient.http import MediaFileUpload, MediaIoBaseUpload

from commsoffice.sandbox import seed
from tests.sandbox.conftest import Call, mp4, png
from tests.sandbox.process import SandboxProcess

CHUNK = 256 * 1024


def insert(youtube: Any, path: Path, *, chunk: int = CHUNK, status: object = None, snippet: object = None) -> Any:
    body = {"snippet": snippet or {"title": "Luminarias"}, "status": status or {"privacyStatus": "unlisted"}}
    media = MediaFileUpload(str(path), mimetype="video/mp4", chunksize=chunk, resumable=True)
    return youtube.videos().insert(part="snippet,status", body=body, media_body=media)


def reasons(error: HttpError) -> list[str]:
    return [entry["reason"] for entry in json.loads(error.content)["error"]["errors"]]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(5 * CHUNK + 1000))
    return path


def test_a_video_arrives_whole(youtube, sandbox: SandboxProcess, film: Path):
    answer = insert(youtube, film).execute()
    video = sandbox.videos()[0]
    assert (video["id"], video["sha256"], video["privacyStatus"]) == (
        answer["id"],
        hashlib.sha256(film.read_bytes()).hexdigest(),
        "unlisted",
    )


def test_one_request_may_carry_the_whole_video(youtube, sandbox: SandboxProcess, film: Path):
    insert(youtube, film, chunk=-1).execute()
    assert sandbox.videos()[0]["size"] == film.stat().st_size


def test_privacy_left_out_means_public(youtube, sandbox: SandboxProcess, film: Path):
    insert(youtube, film, status={"embeddable": True}).execute()
    assert sandbox.videos()[0]["privacyStatus"] == "public"


def test_no_video_before_the_final_byte(youtube, sandbox: SandboxProcess, film: Path):
    request = insert(youtube, film)
    for _ in range(5):
        request.next_chunk()
    before = sandbox.videos()
    request.next_chunk()
    assert (before, len(sandbox.videos())) == ([], 1)


def test_the_session_lives_on_this_sandbox(youtube, sandbox: SandboxProcess, film: Path):
    request = insert(youtube, film)
    request.next_chunk()
    assert request.resumable_uri.startswith(f"{sandbox.youtube_root_url}upload/youtube/v3/videos?")


def test_a_probe_tells_how_much_is_there(youtube, sandbox: SandboxProcess, film: Path, http: Call):
    request = insert(youtube, film)
    request.next_chunk()
    path = request.resumable_uri.removeprefix(sandbox.http_url)
    answer, _ = http("PUT", path, b"", {"Content-Range": f"bytes */{film.stat().st_size}"})
    assert (answer.status, answer.headers["Range"]) == (308, f"bytes=0-{CHUNK - 1}")


def test_a_probe_of_a_finished_session_gives_the_video(youtube, sandbox: SandboxProcess, film: Path, http: Call):
    request = insert(youtube, film)
    video = request.execute()
    path = request.resumable_uri.removeprefix(sandbox.http_url)
    answer, body = http("PUT", path, b"", {"Content-Range": f"bytes */{film.stat().st_size}"})
    assert (answer.status, body["id"], len(sandbox.videos())) == (200, video["id"], 1)


def test_an_upload_goes_on_after_a_server_error(youtube, sandbox: SandboxProcess, film: Path):
    request = insert(youtube, film)
    request.next_chunk()
    sandbox.fault("youtube", "unavailable", match={"method": "PUT"})
    with pytest.raises(HttpError) as caught:
        request.next_chunk()
    request.execute()
    assert (caught.value.status_code, sandbox.videos()[0]["sha256"]) == (
        503,
        hashlib.sha256(film.read_bytes()).hexdigest(),
    )


def give_up_soon(youtube: Any) -> None:
    """httplib2 answers a closed connection by sending the request again, with a body that is used up: it hangs."""
    youtube._http.http.timeout = 4


def test_an_upload_goes_on_after_a_broken_line(youtube, sandbox: SandboxProcess, film: Path):
    give_up_soon(youtube)
    request = insert(youtube, film, chunk=4 * CHUNK)
    sandbox.fault("youtube", "drop_during", match={"method": "PUT"}, bytes=CHUNK + 100)
    with pytest.raises(OSError):  # noqa: PT011 - which of the socket's errors is a matter of the moment
        request.next_chunk()
    received = sandbox.state()["youtube"][seed.CHANNEL_ID]["sessions"][0]["received"]
    request.execute()
    assert (received, sandbox.videos()[0]["sha256"]) == (CHUNK, hashlib.sha256(film.read_bytes()).hexdigest())


def test_a_lost_final_answer_leaves_one_video(youtube, sandbox: SandboxProcess, film: Path):
    give_up_soon(youtube)
    request = insert(youtube, film, chunk=-1)
    sandbox.fault("youtube", "accept_then_drop", match={"method": "PUT"})
    with pytest.raises(OSError):  # noqa: PT011 - which of the socket's errors is a matter of the moment
        request.next_chunk()
    answer = request.execute()
    assert [video["id"] for video in sandbox.videos()] == [answer["id"]]


@pytest.mark.parametrize(("fault", "status"), [("session_lost", 404), ("session_gone", 410)])
def test_a_lost_session_stays_lost(youtube, sandbox: SandboxProcess, film: Path, fault: str, status: int):
    request = insert(youtube, film)
    request.next_chunk()
    sandbox.fault("youtube", fault)
    seen = []
    for _ in range(2):
        with pytest.raises(HttpError) as caught:
            request.next_chunk()
        seen.append(caught.value.status_code)
    assert seen == [status, 404]


def test_a_chunk_out_of_measure_is_refused(youtube, film: Path):
    with pytest.raises(HttpError) as caught:
        insert(youtube, film, chunk=100_000).next_chunk()
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ({"title": ""}, "invalidTitle"),
        ({"title": "x" * 101}, "invalidTitle"),
        ({"title": "a < b"}, "invalidTitle"),
        ({"description": "ñ" * 2501}, "invalidDescription"),
        ({"tags": ["luminarias"] * 60}, "invalidTags"),
        ({"categoryId": "999"}, "invalidCategoryId"),
    ],
)
def test_a_bad_snippet_is_refused_before_any_byte(youtube, film: Path, snippet: dict[str, object], reason: str):
    with pytest.raises(ResumableUploadError) as caught:
        insert(youtube, film, snippet={"title": "Luminarias", **snippet}).next_chunk()
    assert (caught.value.status_code, reasons(caught.value)) == (400, [reason])


def test_publish_at_needs_private(youtube, film: Path):
    moment = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    with pytest.raises(ResumableUploadError) as caught:
        insert(youtube, film, status={"privacyStatus": "public", "publishAt": moment}).next_chunk()
    assert reasons(caught.value) == ["invalidPublishAt"]


def test_a_private_video_becomes_public_at_its_hour(youtube, sandbox: SandboxProcess, film: Path):
    moment = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    insert(youtube, film, status={"privacyStatus": "private", "publishAt": moment}).execute()
    assert sandbox.videos()[0]["privacyStatus"] == "public"


def test_an_update_of_the_status_without_privacy_makes_it_public(youtube, sandbox: SandboxProcess, film: Path):
    video = insert(youtube, film, status={"privacyStatus": "private"}).execute()
    youtube.videos().update(part="status", body={"id": video["id"], "status": {"embeddable": False}}).execute()
    assert sandbox.videos()[0]["privacyStatus"] == "public"


def test_an_update_leaves_other_parts_alone(youtube, sandbox: SandboxProcess, film: Path):
    video = insert(youtube, film, status={"privacyStatus": "private"}).execute()
    body = {"id": video["id"], "snippet": {"title": "Otro título", "categoryId": "25"}}
    youtube.videos().update(part="snippet", body=body).execute()
    found = sandbox.videos()[0]
    assert (found["title"], found["privacyStatus"]) == ("Otro título", "private")


def test_a_list_leaves_missing_ids_out(youtube, film: Path):
    video = insert(youtube, film).execute()
    items = youtube.videos().list(part="status", id=f"{video['id']},nada1234567").execute()["items"]
    assert [(item["id"], item["status"]["uploadStatus"]) for item in items] == [(video["id"], "processed")]


def test_a_deleted_video_is_gone(youtube, sandbox: SandboxProcess, film: Path):
    video = insert(youtube, film).execute()
    youtube.videos().delete(id=video["id"]).execute()
    assert sandbox.videos() == []


def test_the_channel_is_the_callers(youtube):
    items = youtube.channels().list(part="snippet,contentDetails", mine=True).execute()["items"]
    assert [(item["id"], item["snippet"]["title"]) for item in items] == [(seed.CHANNEL_ID, seed.CHANNEL_TITLE)]


def test_uploads_are_found_in_the_playlist(youtube, film: Path):
    ids = [insert(youtube, film, snippet={"title": f"Video {number}"}).execute()["id"] for number in range(3)]
    channel = youtube.channels().list(part="contentDetails", mine=True).execute()["items"][0]
    playlist = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    request = youtube.playlistItems().list(part="contentDetails", playlistId=playlist, maxResults=2)
    found = []
    while request is not None:
        answer = request.execute()
        found += [item["contentDetails"]["videoId"] for item in answer["items"]]
        request = youtube.playlistItems().list_next(request, answer)
    assert found == ids[::-1]


def test_search_finds_ones_own(youtube, film: Path):
    video = insert(youtube, film, snippet={"title": "Entrega de luminarias"}).execute()
    items = youtube.search().list(part="id", forMine=True, type="video", q="LUMINARIAS").execute()["items"]
    assert [item["id"]["videoId"] for item in items] == [video["id"]]


def test_a_thumbnail_is_kept(youtube, sandbox: SandboxProcess, film: Path):
    video = insert(youtube, film).execute()
    media = MediaIoBaseUpload(io.BytesIO(png()), mimetype="image/png")
    youtube.thumbnails().set(videoId=video["id"], media_body=media).execute()
    assert sandbox.videos()[0]["thumbnail_sha256"] == hashlib.sha256(png()).hexdigest()


def test_a_thumbnail_must_be_a_picture(youtube, film: Path):
    video = insert(youtube, film).execute()
    media = MediaIoBaseUpload(io.BytesIO(b"GIF89a..."), mimetype="image/png")
    with pytest.raises(HttpError) as caught:
        youtube.thumbnails().set(videoId=video["id"], media_body=media).execute()
    assert reasons(caught.value) == ["invalidImage"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("quota_exceeded", (403, "quotaExceeded")),
        ("upload_limit", (400, "uploadLimitExceeded")),
        ("throttle", (429, "rateLimitExceeded")),
        ("too_fast", (429, "rateLimitExceeded")),
        ("forbidden", (403, "forbidden")),
        ("http_500", (500, "backendError")),
        ("unavailable", (503, "backendError")),
    ],
)
def test_an_error_has_its_recorded_shape(youtube, sandbox, film: Path, fault: str, answer: tuple[int, str]):
    sandbox.fault("youtube", fault)
    with pytest.raises(ResumableUploadError) as caught:
        insert(youtube, film).next_chunk()
    assert ((caught.value.status_code, reasons(caught.value)[0]), sandbox.videos()) == (answer, [])


def test_the_daily_limit_names_its_metric(youtube, sandbox: SandboxProcess, film: Path):
    sandbox.fault("youtube", "throttle")
    with pytest.raises(ResumableUploadError, match="Video Uploads per day"):
        insert(youtube, film).next_chunk()


def test_an_unverified_project_uploads_privately(youtube, sandbox: SandboxProcess, film: Path):
    sandbox.fault("youtube", "force_private")
    answer = insert(youtube, film, status={"privacyStatus": "public"}).execute()
    assert (answer["status"]["privacyStatus"], sandbox.videos()[0]["privacyStatus"]) == ("private", "private")


def test_a_video_may_be_rejected_after_its_upload(youtube, sandbox: SandboxProcess, film: Path):
    sandbox.fault("youtube", "reject_video")
    answer = insert(youtube, film).execute()
    later = youtube.videos().list(part="status", id=answer["id"]).execute()["items"][0]["status"]
    assert (answer["status"]["uploadStatus"], later["uploadStatus"], later["rejectionReason"]) == (
        "uploaded",
        "rejected",
        "duplicate",
    )


def test_a_dead_access_token_is_renewed(youtube, sandbox: SandboxProcess):
    sandbox.fault("token", "short_lived", seconds=-1)
    youtube.channels().list(part="id", mine=True).execute()
    assert sandbox.count("token POST /google/token") == 2


def test_a_rejected_access_token_is_401(sandbox: SandboxProcess, http: Call):
    path = "/youtube/youtube/v3/channels?part=id&mine=true"
    answer, body = http("GET", path, None, {"Authorization": "Bearer ya29.nobody"})
    error = body["error"]
    assert (answer.status, error["errors"][0]["reason"], error["status"]) == (401, "authError", "UNAUTHENTICATED")


def test_a_withdrawn_grant_is_told(youtube, sandbox: SandboxProcess):
    sandbox.fault("token", "invalid_grant")
    with pytest.raises(google.auth.exceptions.RefreshError, match="invalid_grant"):
        youtube.channels().list(part="id", mine=True).execute()


def test_a_wrong_secret_is_invalid_client(http: Call):
    form = {
        "grant_type": "refresh_token",
        "refresh_token": seed.GOOGLE_REFRESH_TOKEN,
        "client_id": seed.GOOGLE_CLIENT_ID,
        "client_secret": "wrong",
    }
    answer, body = http("POST", "/google/token", form)
    assert (answer.status, body["error"]) == (401, "invalid_client")
