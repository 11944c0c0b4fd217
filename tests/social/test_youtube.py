"""YouTube through google-api-python-client against the simulated one: what arrives, and what answers mean."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox.channels.base import BadPayload, Story
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import AccountStop, Attempt, Delivery
from commsoffice.sandbox import seed
from social.models import Profile
from social.quota import until_tomorrow
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now
from tests.social.youtube import LIST, SIZE, START, opened, video

Run = Callable[[Delivery], Delivery]


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


@pytest.mark.parametrize("privacy", ["public", "unlisted", "private"])
def test_who_may_see_it_is_always_said(privacy: str, send: Run, sandbox: SandboxProcess):
    delivery = send(video(privacy=privacy))
    assert (delivery.state, sandbox.videos()[0]["privacyStatus"]) == ("confirmed", privacy)


# Fault of the first call → state that follows, what stops the account, and whether until tomorrow in California.
MEANINGS: dict[str, tuple[str, list[str], bool]] = {
    "expired_token": ("held", ["expired"], False),
    "quota_exceeded": ("held", ["throttled"], True),
    "upload_limit": ("held", ["throttled"], True),
    "throttle": ("held", ["throttled"], True),
    "too_fast": ("held", ["throttled"], False),
    "forbidden": ("rejected", [], False),
    "http_500": ("queued", [], False),
    "unavailable": ("queued", [], False),
    "bad_gateway": ("queued", [], False),
    "drop_before": ("queued", [], False),
    "drop_during": ("queued", [], False),
    "accept_then_drop": ("queued", [], False),
    "accept_then_error": ("queued", [], False),
}


@pytest.mark.parametrize("fault", MEANINGS)
def test_what_an_answer_means(fault: str, send: Run, sandbox: SandboxProcess):
    # A rejected token is renewed and tried again once: only the second refusal is final.
    sandbox.fault("youtube", fault, match=START, times=2 if fault == "expired_token" else 1)
    before = now()
    delivery = send(video())
    waits = delivery.not_before - before >= until_tomorrow(before) - timedelta(minutes=1)
    stops = list(AccountStop.objects.values_list("kind", flat=True))
    assert (delivery.state, stops, waits) == MEANINGS[fault]


def test_an_account_that_was_too_fast_rests_for_minutes(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "too_fast", match=START)
    before = now()
    send(video())
    stop = AccountStop.objects.get()
    assert stop.until is not None
    assert timedelta(minutes=5) <= stop.until - before < timedelta(minutes=10)


def test_an_access_token_that_died_early_is_renewed_in_mid_upload(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "expired_token", match={"method": "^PUT$"}, skip=2)
    assert (send(video()).state, len(sandbox.videos()), opened(sandbox)) == ("confirmed", 1, 1)


def test_expired_credentials_are_told_to_whoever_answers_for_them(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "expired_token", match=START, times=2)
    send(video())
    assert Profile.objects.get().state == "expired"


def test_a_lost_answer_is_not_asked_for_twice_by_the_library(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_drop", match=START)
    send(video())
    assert opened(sandbox) == 1


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("invalid_grant", ("held", "expired")),
        ("invalid_client", ("held", "expired")),
        ("drop_before", ("queued", "connected")),
        ("http_500", ("queued", "connected")),
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
    sandbox.fault("youtube", "http_500", match=LIST, times=None)
    assert (send(video()).state, len(sandbox.videos())) == ("accepted", 1)


def test_nothing_reached_is_only_later(send: Run, settings: Settings):
    settings.YOUTUBE_ROOT_URL = "http://127.0.0.1:9/youtube/"
    assert send(video()).state == "queued"


def test_the_application_of_the_settings_is_used_where_an_account_has_none(send: Run, settings: Settings):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = seed.GOOGLE_CLIENT_ID, seed.GOOGLE_CLIENT_SECRET
    delivery = video()
    profile = Profile.objects.get()
    profile.credentials = {"refresh_token": seed.GOOGLE_REFRESH_TOKEN}
    profile.save()
    assert send(delivery).state == "confirmed"


def test_a_file_that_is_gone_is_a_refusal(send: Run, sandbox: SandboxProcess):
    film = {"name": "tests/none.mp4", "size": SIZE, "content_type": "video/mp4"}
    assert (send(video(video=film)).state, opened(sandbox)) == ("rejected", 0)


@pytest.mark.parametrize(
    "trouble",
    [
        {"service": "token", "fault": "invalid_grant"},
        {"service": "youtube", "fault": "expired_token", "match": START},
        {"service": "youtube", "fault": "session_gone"},
        {"service": "youtube", "fault": "forbidden", "match": START},
        {"service": "youtube", "fault": "drop_before"},
    ],
)
def test_no_secret_in_any_answer(trouble: dict[str, Any], send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault(**trouble, times=None)
    ask(send(video()))
    words = "".join(Attempt.objects.values_list("answer", flat=True)) + Delivery.objects.get().reason
    secrets = [seed.GOOGLE_REFRESH_TOKEN, seed.GOOGLE_CLIENT_SECRET, "ya29.", "upload_id"]
    assert [secret for secret in secrets if secret in words] == []


def test_a_story_without_video_is_not_told():
    assert channel("youtube").compose(Story(title="Sin video")) is None


def test_a_story_is_cut_to_youtube_s_measure():
    film, photo = {"name": "a.mp4"}, {"name": "a.webp"}
    story = Story(
        title="<b>" + "Entrega de luminarias " * 9,
        lead="ñ" * 4000,
        tags=["x" * 300, "y" * 300],
        videos=[film],
        photos=[photo],
    )
    payload = channel("youtube").compose(story)
    assert payload is not None
    channel("youtube").check(payload)
    assert (payload["privacy"], payload["video"], payload["thumbnail"], payload["tags"]) == (
        "public",
        film,
        photo,
        ["x" * 300],
    )
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
