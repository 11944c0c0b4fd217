"""An upload that stops anywhere goes on where it stopped, and never makes a second video."""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import resolve_unknown, resume_account, send_due, sweep
from commsoffice.outbox.actions.claim import begin, claim
from commsoffice.outbox.actions.moves import Clock
from commsoffice.outbox.channels.base import Absent, ChannelError, Found, OutcomeUnknown, Undecided
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Delivery
from social.fields import seal, unseal
from social.models import Profile
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now
from tests.social.youtube import LAST, PUT, SIZE, START, opened, sessions, video

Run = Callable[[Delivery], Delivery]
Strike = Callable[..., None]
WHOLE = hashlib.sha256(mp4(SIZE)).hexdigest()
SETTLED = timedelta(minutes=11)


def again(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def killed(delivery: Delivery) -> Delivery:
    """The worker dies before it writes the outcome: what the channel kept is all there is, and the lease runs out."""
    clock = Clock(now())
    claimed = claim(clock.now(), limit=1)[0]
    assert begin(claimed, channel("youtube"), clock) is not None
    with suppress(ChannelError):
        channel("youtube").send(claimed)
    Delivery.objects.filter(pk=delivery.pk).update(lease_until=now())
    sweep(now())
    return again(delivery)


def long_ago(delivery: Delivery) -> None:
    """The channel was seen without it before it settled, after the last bytes had left."""
    began = (now() - SETTLED - timedelta(minutes=1)).isoformat()
    left = (now() - SETTLED).isoformat()
    notes = {"began": began, "left": left, "missing_since": left}
    Delivery.objects.filter(pk=delivery.pk).update(progress={**delivery.progress, **notes})


def address_of(sandbox: SandboxProcess) -> str:
    """The address of the only upload session."""
    [session] = sessions(sandbox)
    return f"{settings.YOUTUBE_ROOT_URL}upload/youtube/v3/videos?upload_id={session['id']}"


def lose_the_session(sandbox: SandboxProcess, *, fault: str = "accept_then_drop") -> None:
    """The last chunk gets no answer, and its session is gone when it is asked."""
    sandbox.fault("youtube", fault, match=PUT, skip=LAST)
    sandbox.fault("youtube", "session_gone", skip=LAST)


def test_it_travels_in_chunks(send: Run, sandbox: SandboxProcess):
    send(video())
    assert sandbox.count("youtube PUT /youtube/upload/youtube/v3/videos") == LAST + 1


def test_the_session_is_written_down_before_any_byte(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "drop_before", match=PUT)
    delivery = send(video())
    kept = unseal(delivery.progress["session"]) or ""
    assert (kept.endswith(sessions(sandbox)[0]["id"]), sessions(sandbox)[0]["received"]) == (True, 0)


@pytest.mark.parametrize("fault", ["drop_before", "drop_during", "unavailable", "http_500"])
def test_an_upload_goes_on_in_the_same_session(fault: str, send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", fault, match=PUT, skip=2)
    stopped = send(video())
    assert (stopped.state, sandbox.videos()) == ("queued", [])
    send(stopped)
    assert ([item["sha256"] for item in sandbox.videos()], opened(sandbox)) == ([WHOLE], 1)


@pytest.mark.parametrize(
    ("fault", "skip"),
    [*(("accept_then_drop", skip) for skip in range(LAST + 1)), ("accept_then_slow", 2), ("accept_then_slow", LAST)],
)
def test_a_chunk_that_arrived_without_an_answer_stops_nothing(
    fault: str, skip: int, strike: Strike, send: Run, sandbox: SandboxProcess
):
    strike("youtube", fault, match=PUT, skip=skip)
    assert (send(video()).state, [item["sha256"] for item in sandbox.videos()], opened(sandbox)) == (
        "confirmed",
        [WHOLE],
        1,
    )


def test_a_storm_of_errors_is_waited_for_and_then_gone_on_from(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "unavailable", match=PUT, skip=3, times=4)
    delivery = video()
    states = [send(again(delivery)).state for _ in range(5)]
    assert states == ["queued"] * 4 + ["confirmed"]
    assert ([item["sha256"] for item in sandbox.videos()], opened(sandbox)) == ([WHOLE], 1)


@pytest.mark.parametrize("fault", ["session_lost", "session_gone"])
@pytest.mark.parametrize("skip", [0, 2, LAST - 1])
def test_a_session_lost_before_the_last_bytes_begins_anew(fault: str, skip: int, send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", fault, skip=skip)
    send(send(video()))
    assert ([item["sha256"] for item in sandbox.videos()], opened(sandbox)) == ([WHOLE], 2)


def test_an_error_after_the_last_byte_never_uploads_twice(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_error", match=PUT, skip=LAST)
    unknown = send(video())
    assert unknown.state == "unknown"
    found = ask(unknown)
    assert (found.state, found.remote_id) == ("accepted", sandbox.videos()[0]["id"])
    send(found)
    assert len(sandbox.videos()) == 1


def test_a_last_chunk_that_never_arrived_is_sent_again(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "drop_before", match=PUT, skip=LAST)
    absent = ask(send(video()))
    assert (absent.state, sandbox.videos()) == ("queued", [])
    send(absent)
    assert (len(sandbox.videos()), opened(sandbox)) == (1, 1)


# --- The session is gone, and the last bytes had left -----------------------------------------------------


def test_a_made_video_is_found_on_the_channel(send: Run, ask: Run, sandbox: SandboxProcess):
    lose_the_session(sandbox)
    unknown = send(video())
    assert unknown.state == "unknown"
    found = ask(unknown)
    assert (found.state, found.remote_id, found.progress["video"]) == (
        "accepted",
        sandbox.videos()[0]["id"],
        sandbox.videos()[0]["id"],
    )


def test_a_video_that_the_channel_lists_late_is_not_uploaded_twice(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "late_listing", seconds=500)
    lose_the_session(sandbox)
    early = ask(send(video()))
    sandbox.clock(501)
    assert (early.state, ask(early).state, opened(sandbox)) == ("unknown", "accepted", 1)


def test_a_channel_that_does_not_show_it_yet_proves_nothing(send: Run, ask: Run, sandbox: SandboxProcess):
    lose_the_session(sandbox, fault="drop_before")
    assert ask(send(video())).state == "unknown"


def test_an_hour_that_only_our_clock_says_has_passed_proves_nothing_either(
    send: Run, ask: Run, sandbox: SandboxProcess
):
    lose_the_session(sandbox, fault="drop_before")
    unknown = send(video())
    with time_machine.travel(time.time() + 3600.0, tick=True):
        unknown = ask(unknown)
        assert ask(unknown).state == "unknown"


def test_a_settled_channel_without_it_proves_its_absence(send: Run, ask: Run, sandbox: SandboxProcess):
    lose_the_session(sandbox, fault="drop_before")
    unknown = send(video())
    long_ago(unknown)
    absent = ask(unknown)
    assert absent.state == "queued"
    assert (send(absent).state, len(sandbox.videos()), opened(sandbox)) == ("confirmed", 1, 2)


def test_another_video_of_the_same_title_is_not_taken_for_it(send: Run, ask: Run, sandbox: SandboxProcess):
    send(video(description="Otra."))
    send(video(version="v2", size=SIZE + 1))
    lose_the_session(sandbox, fault="drop_before")
    unknown = send(video(version="v3"))
    long_ago(unknown)
    assert ask(unknown).state == "queued"


def test_the_video_of_another_delivery_is_not_taken_for_it(send: Run, ask: Run, sandbox: SandboxProcess):
    send(video())
    lose_the_session(sandbox, fault="drop_before")
    unknown = send(video(version="v2"))
    long_ago(unknown)
    assert ask(unknown).state == "queued"


def test_two_that_fit_are_for_a_person(send: Run, sandbox: SandboxProcess):
    for version in ("v1", "v2"):
        send(video(version=version))
    lose_the_session(sandbox)
    unknown = send(video(version="v3"))
    # Who made the others is forgotten.
    Delivery.objects.exclude(pk=unknown.pk).update(remote_id="", progress={})
    assert isinstance(channel("youtube").reconcile(again(unknown)), Undecided)


def test_an_older_video_like_it_is_not_looked_at(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.clock(-3600)
    send(video())
    Delivery.objects.update(remote_id="", progress={})
    sandbox.clock(0)
    lose_the_session(sandbox, fault="drop_before")
    unknown = send(video(version="v2"))
    long_ago(unknown)
    assert ask(unknown).state == "queued"


def test_a_person_s_word_uploads_anew(send: Run, ask: Run, sandbox: SandboxProcess, head_of_press: User):
    lose_the_session(sandbox, fault="drop_before")
    unknown = ask(send(video()))
    resolve_unknown(unknown, "send_again", by=head_of_press, now=now())
    assert (send(again(unknown)).state, len(sandbox.videos())) == ("confirmed", 1)


def test_without_a_word_it_is_not_uploaded_anew(sandbox: SandboxProcess, send: Run):
    lose_the_session(sandbox)
    unknown = send(video())
    with pytest.raises(OutcomeUnknown):
        channel("youtube").send(unknown)


def test_a_video_taken_down_meanwhile_is_not_uploaded_again_by_itself(send: Run, sandbox: SandboxProcess):
    lose_the_session(sandbox)
    unknown = send(video())
    unknown.progress = {**unknown.progress, "video": "gone"}
    assert isinstance(channel("youtube").reconcile(unknown), Undecided)
    with pytest.raises(OutcomeUnknown):
        channel("youtube").send(unknown)


# --- Killed -----------------------------------------------------------------------------------------------


def test_killed_before_the_session_nothing_was_sent(ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "drop_before", match=START)
    assert ask(killed(video())).state == "queued"


def test_killed_before_the_session_was_written_down(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_drop", match=START)
    send(ask(killed(video())))
    assert ([item["sha256"] for item in sandbox.videos()], opened(sandbox)) == ([WHOLE], 2)


@pytest.mark.parametrize("chunks", range(LAST + 1))
def test_killed_in_a_chunk(chunks: int, send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "drop_during", match=PUT, skip=chunks)
    absent = ask(killed(video()))
    assert absent.state == "queued"
    send(absent)
    assert ([item["sha256"] for item in sandbox.videos()], opened(sandbox)) == ([WHOLE], 1)


@pytest.mark.parametrize("lost", ["nothing", "video"])
def test_killed_after_the_last_byte(lost: str, ask: Run, sandbox: SandboxProcess):
    unknown = killed(video())
    if lost == "video":
        # Both are written at once: the video's number, and that the session is no longer needed.
        notes = {name: note for name, note in unknown.progress.items() if name != lost}
        Delivery.objects.update(progress={**notes, "session": seal(address_of(sandbox))})
    found = ask(unknown)
    assert (found.state, found.remote_id, len(sandbox.videos())) == ("accepted", sandbox.videos()[0]["id"], 1)


def test_asking_twice_changes_nothing(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_error", match=PUT, skip=LAST)
    unknown = send(video())
    way = channel("youtube")
    assert (type(way.reconcile(again(unknown))), type(way.reconcile(again(unknown)))) == (Found, Found)
    assert len(sandbox.videos()) == 1


def test_nothing_begun_is_nothing_there(sandbox: SandboxProcess):
    assert isinstance(channel("youtube").reconcile(video()), Absent)


# --- The account ------------------------------------------------------------------------------------------


def test_a_withdrawn_grant_stops_and_goes_on_in_the_same_session(
    send: Run, sandbox: SandboxProcess, settings: Settings
):
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.account_open"]
    sandbox.fault("youtube", "drop_during", match=PUT, skip=3)
    stopped = send(video())
    sandbox.fault("token", "invalid_grant", times=None)
    held = send(stopped)
    assert held.state == "held"
    sandbox.clear_faults()
    reconnect(held)
    sweep(now() + timedelta(minutes=1))
    send_due(now=now() + timedelta(minutes=2))
    assert (again(held).state, [item["sha256"] for item in sandbox.videos()], opened(sandbox)) == (
        "confirmed",
        [WHOLE],
        1,
    )


def reconnect(delivery: Delivery) -> None:
    Profile.objects.update(state="connected")
    resume_account("youtube", delivery.account, now=now())
