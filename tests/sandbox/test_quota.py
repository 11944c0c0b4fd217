"""YouTube's quota: three buckets a day, counted until midnight Pacific."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaIoBaseUpload

from tests.sandbox.conftest import Call, mp4, png
from tests.sandbox.process import SandboxProcess

PACIFIC = ZoneInfo("America/Los_Angeles")


def used(sandbox: SandboxProcess) -> dict[str, int]:
    return {name: bucket["used"] for name, bucket in sandbox.quota()["buckets"].items()}


def insert(youtube: Any, folder: Path) -> str:
    film = folder / "film.mp4"
    film.write_bytes(mp4(1000))
    body = {"snippet": {"title": "Informe"}, "status": {"privacyStatus": "private"}}
    media = MediaFileUpload(str(film), mimetype="video/mp4", resumable=True)
    return str(youtube.videos().insert(part="snippet,status", body=body, media_body=media).execute()["id"])


def reason(error: HttpError) -> tuple[int, str]:
    return error.status_code, json.loads(error.content)["error"]["errors"][0]["reason"]


def test_each_call_is_charged_to_its_bucket(youtube: Any, sandbox: SandboxProcess, tmp_path: Path):
    video = insert(youtube, tmp_path)
    media = MediaIoBaseUpload(io.BytesIO(png()), mimetype="image/png")
    youtube.thumbnails().set(videoId=video, media_body=media).execute()
    youtube.search().list(part="snippet", forMine=True, type="video").execute()
    youtube.channels().list(part="id", mine=True).execute()
    assert used(sandbox) == {"insert": 1, "search": 1, "pool": 51}


def test_the_last_upload_of_the_day_is_the_last(youtube: Any, sandbox: SandboxProcess, tmp_path: Path):
    sandbox.quota(insert=1)
    insert(youtube, tmp_path)
    with pytest.raises(HttpError) as caught:
        insert(youtube, tmp_path)
    assert (reason(caught.value), len(sandbox.videos())) == ((429, "rateLimitExceeded"), 1)


def test_an_empty_pool_refuses_everything_else(youtube: Any, sandbox: SandboxProcess):
    sandbox.quota(pool=0)
    with pytest.raises(HttpError) as caught:
        youtube.channels().list(part="id", mine=True).execute()
    assert reason(caught.value) == (403, "quotaExceeded")


def test_a_new_day_begins_at_midnight_pacific(youtube: Any, sandbox: SandboxProcess, tmp_path: Path):
    sandbox.quota(insert=1)
    insert(youtube, tmp_path)
    end = sandbox.quota()["resets_at"]
    now = sandbox.call("GET", "/control/clock")["now"]
    sandbox.clock(end - now + 1)
    insert(youtube, tmp_path)
    local = datetime.fromtimestamp(end, PACIFIC)
    assert ((local.hour, local.minute, local.second), used(sandbox)["insert"]) == ((0, 0, 0), 1)


def test_what_is_not_authorized_costs_nothing(sandbox: SandboxProcess, http: Call):
    http("GET", "/youtube/youtube/v3/channels?part=id&mine=true")
    assert used(sandbox) == {"insert": 0, "search": 0, "pool": 0}


def test_an_unknown_bucket_is_refused(http: Call):
    headers = {"Content-Type": "application/json"}
    assert http("POST", "/control/quota", b'{"bucket": 1}', headers)[0].status == 400
