"""YouTube through google-api-python-client against the simulated one."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox.channels.base import BadPayload, Story
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.sandbox import seed
from social.channels import youtube as youtube_channel
from social.channels import youtube_client
from social.channels.youtube_errors import until_tomorrow
from social.models import Profile
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, attachment, now, queue

Run = Callable[[Delivery], Delivery]

CHUNK = 256 * 1024
SIZE = 5 * CHUNK + 1000
PUT = {"method": "^PUT$"}
START = {"method": "^POST$", "path": "/upload/"}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six chunks of the smallest measure instead of six of eight megabytes."""
    monkeypatch.setattr(youtube_client, "CHUNK", CHUNK)
    monkeypatch.setattr(youtube_channel, "CHUNK", CHUNK)


def video(**more: Any) -> Delivery:
    payload = {
        "title": "Entrega de luminarias en El Mirador",
        "description": "La calle ya no está a oscuras.",
        "tags": ["luminarias", "El Mirador"],
        "privacy": "public",
        "video": attachment(mp4(SIZE), "entrega.mp4", "video/mp4"),
        **more,
    }
    return queue("youtube", ChannelFactory.create(), payload)


def test_a_video_arrives_whole_and_public(send: Run, sandbox: SandboxProcess):
    delivery = send(video())
    live = sandbox.videos()[0]
    assert (live["sha256"], live["privacyStatus"], live["title"], live["tags"]) == (
        hashlib.sha256(mp4(SIZE)).hexdigest(),
        "public",
        "Entrega de luminarias en El Mirador",
        ["luminarias", "El Mirador"],
    )
    assert (delivery.state, delivery.remote_id) == ("confirmed", live["id"])


def test_where_it_can_be_watched_is_kept(send: Run, sandbox: SandboxProcess):
    delivery = send(video())
    assert delivery.remote_url == f"https://www.youtube.com/watch?v={delivery.remote_id}"


def test_it_travels_in_chunks(send: Run, sandbox: SandboxProcess):
    send(video())
    assert sandbox.count("youtube PUT /youtube/upload/youtube/v3/videos") == 6


def test_the_session_is_written_down_before_any_byte(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "drop_before", match=PUT)
    delivery = send(video())
    sessions = sandbox.state()["youtube"][seed.CHANNEL_ID]["sessions"]
    assert (delivery.progress["session"].endswith(sessions[0]["id"]), sessions[0]["received"]) == (True, 0)


@pytest.mark.parametrize("fault", ["drop_before", "drop_during", "unavailable", "http_500", "accept_then_drop"])
def test_an_upload_goes_on_in_the_same_session(fault: str, send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", fault, match=PUT, skip=2)
    stopped = send(video())
    assert (stopped.state, sandbox.videos()) == ("queued", [])
    send(stopped)
    assert [item["sha256"] for item in sandbox.videos()] == [hashlib.sha256(mp4(SIZE)).hexdigest()]
    assert len(sandbox.state()["youtube"][seed.CHANNEL_ID]["sessions"]) == 1


@pytest.mark.parametrize("fault", ["session_lost", "session_gone"])
def test_a_lost_session_begins_anew(fault: str, send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", fault, skip=2)
    send(send(video()))
    assert [item["sha256"] for item in sandbox.videos()] == [hashlib.sha256(mp4(SIZE)).hexdigest()]


@pytest.mark.parametrize("fault", ["accept_then_drop", "accept_then_error", "accept_then_slow"])
def test_a_lost_last_answer_never_uploads_twice(fault: str, send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", fault, match=PUT, skip=5)
    unknown = send(video())
    assert unknown.state == "unknown"
    found = ask(unknown)
    assert (found.state, found.remote_id) == ("accepted", sandbox.videos()[0]["id"])
    send(found)
    assert len(sandbox.videos()) == 1


def test_a_last_chunk_that_never_arrived_is_sent_again(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "drop_before", match=PUT, skip=5)
    absent = ask(send(video()))
    assert (absent.state, sandbox.videos()) == ("queued", [])
    send(absent)
    assert len(sandbox.videos()) == 1


def test_a_session_that_forgot_everything_proves_nothing(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_drop", match=PUT, skip=5)
    unknown = send(video())
    sandbox.fault("youtube", "session_gone")
    assert ask(unknown).state == "unknown"


def test_a_crash_before_the_session_is_an_absence(ask: Run, sandbox: SandboxProcess):
    delivery = video()
    Delivery.objects.update(state="sending", lease_until=now())
    Delivery.objects.update(state="unknown", lease_until=None)
    assert ask(delivery).state == "queued"


# Fault of the first call → state that follows, whether the account must be connected again, and whether it waits
# for tomorrow in California.
MEANINGS = {
    "expired_token": ("held", True, False),
    "quota_exceeded": ("queued", False, True),
    "upload_limit": ("queued", False, True),
    "throttle": ("queued", False, True),
    "forbidden": ("rejected", False, False),
    "http_500": ("queued", False, False),
    "unavailable": ("queued", False, False),
    "bad_gateway": ("queued", False, False),
    "drop_before": ("queued", False, False),
    "drop_during": ("queued", False, False),
    "accept_then_drop": ("queued", False, False),
    "accept_then_error": ("queued", False, False),
}


@pytest.mark.parametrize("fault", MEANINGS)
def test_what_an_answer_means(fault: str, send: Run, sandbox: SandboxProcess):
    # A rejected token is renewed and tried again by the library: only the second refusal is final.
    sandbox.fault("youtube", fault, match=START, times=3 if fault == "expired_token" else 1)
    before = now()
    delivery = send(video())
    waits = delivery.not_before - before >= until_tomorrow(before) - timedelta(minutes=1)
    expected = MEANINGS[fault]
    assert (delivery.state, Profile.objects.get().state == "expired", waits) == expected


def test_the_daily_limit_is_not_knocked_at_again(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "throttle", times=None)
    send(video())
    assert sandbox.count("youtube POST /youtube/upload/youtube/v3/videos") == 1


def test_a_lost_answer_is_not_asked_for_twice_by_the_library(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_drop", match=START)
    send(video())
    assert sandbox.count("youtube POST /youtube/upload/youtube/v3/videos") == 1


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("invalid_grant", ("held", "expired")),
        ("invalid_client", ("held", "expired")),
        ("drop_before", ("queued", "connected")),
    ],
)
def test_what_the_token_endpoint_means(fault: str, state: tuple[str, str], send: Run, sandbox: SandboxProcess):
    sandbox.fault("token", fault, times=None)
    assert (send(video()).state, Profile.objects.get().state) == state


def test_a_video_kept_private_is_told(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "force_private")
    delivery = send(video())
    assert (delivery.state, "private" in Attempt.objects.get().answer) == ("accepted", True)


def test_a_video_rejected_after_all_is_rejected(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "reject_video")
    delivery = send(video())
    assert (delivery.state, "duplicate" in delivery.reason) == ("rejected", True)


def test_a_read_back_that_fails_takes_nothing_back(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "http_500", match={"method": "^GET$"}, times=None)
    assert (send(video()).state, len(sandbox.videos())) == ("accepted", 1)


def test_nothing_reached_is_only_later(send: Run, settings: Settings):
    settings.YOUTUBE_ROOT_URL = "http://127.0.0.1:9/youtube/"
    assert send(video()).state == "queued"


def test_no_secret_in_any_answer(send: Run, sandbox: SandboxProcess):
    sandbox.fault("token", "invalid_grant", times=None)
    send(video())
    words = "".join(Attempt.objects.values_list("answer", flat=True))
    secrets = [seed.GOOGLE_REFRESH_TOKEN, seed.GOOGLE_CLIENT_SECRET, "ya29."]
    assert [secret for secret in secrets if secret in words] == []


def test_midnight_in_california():
    # 20:00 the day before, on daylight time.
    assert until_tomorrow(datetime(2026, 10, 15, 3, 0, tzinfo=UTC)) == timedelta(hours=4)


def test_a_story_without_video_is_not_told():
    assert channel("youtube").compose(Story(title="Sin video")) is None


def test_a_story_is_cut_to_youtube_s_measure():
    film = {"name": "a.mp4"}
    story = Story(
        title="<b>" + "Entrega de luminarias " * 9, lead="ñ" * 4000, tags=["x" * 300, "y" * 300], videos=[film]
    )
    payload = channel("youtube").compose(story)
    assert payload is not None
    channel("youtube").check(payload)
    assert (payload["privacy"], payload["video"], payload["tags"]) == ("public", film, ["x" * 300])
    assert payload["title"].endswith("…")


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"title": "a < b"},
        {"description": "ñ" * 2501},
        {"privacy": ""},
        {"video": None},
    ],
)
def test_what_youtube_could_never_take_is_refused_at_once(change: dict[str, Any]):
    payload = {"title": "Bien", "description": "", "privacy": "public", "video": {"name": "a.mp4"}, **change}
    with pytest.raises(BadPayload):
        channel("youtube").check(payload)
