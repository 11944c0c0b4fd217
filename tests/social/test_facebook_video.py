"""Videos on a page: in pieces, resumed, published once."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox.channels.base import Found, Undecided
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Delivery
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, attachment, now, queue

Run = Callable[[Delivery], Delivery]
Strike = Callable[..., None]

PAGE = "100000000000001"
VIDEOS = f"graph POST /{PAGE}/videos"
# Facebook's own measure of a piece, here.
PIECE = 4 * 1024 * 1024
# Five pieces, the last of them short.
SIZE = 4 * PIECE + 1000


def phase(name: str) -> dict[str, str]:
    return {"path": "/videos$", "form.upload_phase": f"^{name}$"}


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.OUTBOX_CHANNELS["facebook"]["OPTIONS"] |= {"pause": 0}


@pytest.fixture(scope="module")
def film() -> bytes:
    return mp4(SIZE)


@pytest.fixture
def video(film: bytes) -> dict[str, Any]:
    return attachment(film, "obra.mp4", "video/mp4")


def post(video: dict[str, Any], text: str = "Así quedó la obra") -> Delivery:
    payload = {"message": text, "link": "", "photos": [], "video": video}
    return queue("facebook", PageFactory.create(), payload)


def live(sandbox: SandboxProcess) -> list[tuple[str, str, str]]:
    return [(item["message"], item["video"]["id"], item["video"]["sha256"]) for item in sandbox.posts()]


def sha256(film: bytes) -> str:
    return hashlib.sha256(film).hexdigest()


def bytes_at_most(sandbox: SandboxProcess) -> int:
    """How much travelled: each call but the start and the ends carried at most one piece."""
    return (sandbox.count(VIDEOS) - 2) * PIECE


def test_a_video_is_live_once_and_whole(send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes):
    delivery = send(post(video))
    assert live(sandbox) == [("Así quedó la obra", delivery.remote_id, sha256(film))]
    assert (delivery.state, sandbox.count(VIDEOS)) == ("accepted", 1 + 5 + 1)


def test_where_it_can_be_seen_is_a_whole_address(send: Run, sandbox: SandboxProcess, video: dict[str, Any]):
    assert send(post(video)).remote_url == f"{sandbox.http_url}/facebook/{PAGE}/#{sandbox.posts()[0]['id']}"


@pytest.mark.parametrize("fault", ["drop_before", "drop_during", "accept_then_drop", "bad_gateway", "http_500"])
def test_cut_at_several_pieces_it_goes_on_where_it_was(
    fault: str, send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    for number in (0, 1, 2):
        sandbox.fault("graph", fault, match=phase("transfer"), skip=number)
    delivery = send(post(video))
    assert (delivery.state, live(sandbox)) == ("accepted", [("Así quedó la obra", delivery.remote_id, sha256(film))])
    # Each cut costs one piece more, not the video again.
    assert bytes_at_most(sandbox) <= (5 + 3) * PIECE


def test_what_was_kept_in_part_is_not_sent_again(
    send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    sandbox.fault("graph", "chunk_lost", skip=1)
    delivery = send(post(video))
    assert live(sandbox) == [("Así quedó la obra", delivery.remote_id, sha256(film))]
    # The half that was lost travels with the pieces after it.
    assert sandbox.count(VIDEOS) == 1 + 5 + 1


def test_a_line_that_stays_cut_is_left_for_later_and_resumed(
    send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    sandbox.fault("graph", "drop_before", match=phase("transfer"), skip=2, times=None)
    waiting = send(post(video))
    assert (waiting.state, waiting.progress["video"]["start"]) == ("queued", 2 * PIECE)
    sandbox.clear_faults()
    before = sandbox.count(VIDEOS)
    send(waiting)
    assert (live(sandbox)[0][2], sandbox.count(VIDEOS) - before) == (sha256(film), 3 + 1)


def test_ten_cuts_are_one_delivery_and_one_attempt(
    send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    for number in range(10):
        sandbox.fault("graph", "drop_during" if number % 2 else "accept_then_drop", match=phase("transfer"), skip=1)
    delivery = send(post(video))
    while delivery.state == "queued":
        delivery = send(delivery)
    assert (delivery.state, len(live(sandbox)), live(sandbox)[0][2]) == ("accepted", 1, sha256(film))


@pytest.mark.parametrize("behind", [0, 1, 2])
def test_a_worker_that_died_before_it_wrote_down_a_piece_loses_nothing(
    behind: int, send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    sandbox.fault("graph", "drop_before", match=phase("transfer"), skip=3, times=None)
    delivery = send(post(video))
    known = delivery.progress["video"]
    start = known["start"] - behind * PIECE
    Delivery.objects.update(progress={"video": {**known, "start": start, "end": start + PIECE}})
    sandbox.clear_faults()
    send(delivery)
    assert [item[2] for item in live(sandbox)] == [sha256(film)]


def test_a_crash_while_uploading_is_an_absence_that_resumes(
    send: Run, ask: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    sandbox.fault("graph", "drop_before", match=phase("transfer"), skip=3, times=None)
    delivery = send(post(video))
    sandbox.clear_faults()
    Delivery.objects.update(state="sending", lease_until=now())
    Delivery.objects.update(state="unknown", lease_until=None)
    absent = ask(delivery)
    before = sandbox.count(VIDEOS)
    send(absent)
    assert (absent.state, live(sandbox)[0][2], sandbox.count(VIDEOS) - before) == ("queued", sha256(film), 2 + 1)


def test_a_lost_start_opens_another(send: Run, sandbox: SandboxProcess, video: dict[str, Any]):
    sandbox.fault("graph", "accept_then_drop", match=phase("start"))
    delivery = send(post(video))
    assert delivery.state == "queued"
    send(delivery)
    assert len(live(sandbox)) == 1


@pytest.mark.parametrize("skip", [0, 3, 5])
def test_an_upload_that_expired_begins_anew(
    skip: int, send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    sandbox.fault("graph", "session_lost", skip=skip)
    send(post(video))
    assert [item[2] for item in live(sandbox)] == [sha256(film)]


def test_an_upload_that_is_lost_every_time_is_left_for_later(send: Run, sandbox: SandboxProcess, video: dict[str, Any]):
    sandbox.fault("graph", "session_lost", times=None)
    assert (send(post(video)).state, live(sandbox)) == ("queued", [])


@pytest.mark.parametrize("fault", ["accept_then_drop", "accept_then_error", "accept_then_slow"])
def test_a_lost_end_is_found_by_the_video_s_number(
    strike: Strike, send: Run, ask: Run, sandbox: SandboxProcess, *, video: dict[str, Any], fault: str
):
    strike("graph", fault, match=phase("finish"))
    unknown = send(post(video))
    found = ask(unknown)
    assert (unknown.state, found.state, found.remote_id) == ("unknown", "accepted", live(sandbox)[0][1])
    send(found)
    assert len(live(sandbox)) == 1


def test_a_video_that_is_still_being_processed_has_arrived(
    send: Run, ask: Run, sandbox: SandboxProcess, video: dict[str, Any]
):
    sandbox.fault("graph", "processing", seconds=300)
    delivery = send(post(video))
    Delivery.objects.filter(pk=delivery.pk).update(remote_id="")
    said = channel("facebook").reconcile(Delivery.objects.get())
    assert isinstance(said, Found)
    assert (said.remote_id, live(sandbox)) == (delivery.remote_id, [])
    sandbox.clock(301)
    assert len(live(sandbox)) == 1


def test_a_video_that_could_not_be_processed_is_a_person_s(send: Run, sandbox: SandboxProcess, video: dict[str, Any]):
    sandbox.fault("graph", "processing", seconds=300, status="error")
    send(post(video))
    assert isinstance(channel("facebook").reconcile(Delivery.objects.get()), Undecided)


@pytest.mark.parametrize("fault", ["drop_before", "http_500", "unavailable", "bad_gateway"])
def test_an_end_that_did_not_come_is_proven_and_only_the_end_is_sent_again(
    fault: str, send: Run, ask: Run, sandbox: SandboxProcess, video: dict[str, Any]
):
    sandbox.fault("graph", fault, match=phase("finish"))
    unknown = send(post(video))
    absent = ask(unknown)
    before = sandbox.count(VIDEOS)
    assert (unknown.state, absent.state) == ("unknown", "queued")
    send(absent)
    assert (len(live(sandbox)), sandbox.count(VIDEOS) - before) == (1, 1)


def test_an_upload_lost_after_an_unheard_end_begins_anew_only_when_it_is_proven_absent(
    send: Run, ask: Run, sandbox: SandboxProcess, video: dict[str, Any]
):
    sandbox.fault("graph", "drop_before", match=phase("finish"))
    absent = ask(send(post(video)))
    sandbox.fault("graph", "session_lost")
    unknown = send(absent)
    assert (absent.state, unknown.state, live(sandbox)) == ("queued", "unknown", [])
    proven = ask(unknown)
    assert (proven.state, proven.progress["video"]) == ("queued", {})
    send(proven)
    assert len(live(sandbox)) == 1


def test_absence_of_a_video_proves_nothing_too_early(
    send: Run, ask: Run, sandbox: SandboxProcess, video: dict[str, Any], settings: Settings
):
    settings.OUTBOX_CHANNELS["facebook"]["OPTIONS"]["settle_seconds"] = 90
    sandbox.fault("graph", "drop_before", match=phase("finish"))
    assert ask(send(post(video))).state == "unknown"


def test_a_person_s_word_to_send_again_does_not_double_what_is_there(
    send: Run, sandbox: SandboxProcess, video: dict[str, Any]
):
    sandbox.fault("graph", "accept_then_drop", match=phase("finish"))
    unknown = send(post(video))
    Delivery.objects.filter(pk=unknown.pk).update(state="queued")
    again = send(unknown)
    assert (again.state, again.remote_id, len(live(sandbox))) == ("confirmed", live(sandbox)[0][1], 1)


def test_a_film_that_facebook_does_not_play_is_refused(send: Run, sandbox: SandboxProcess):
    delivery = send(post(attachment(b"no es un video", "obra.mp4", "video/mp4")))
    assert (delivery.state, delivery.progress["video"], live(sandbox)) == ("rejected", {}, [])


def test_a_throttle_in_mid_upload_keeps_what_is_there(
    send: Run, sandbox: SandboxProcess, video: dict[str, Any], film: bytes
):
    sandbox.fault("graph", "page_throttle", match=phase("transfer"), skip=3, minutes=30)
    held = send(post(video))
    assert (held.state, held.progress["video"]["start"]) == ("held", 3 * PIECE)
    Delivery.objects.update(state="queued", not_before=now())
    before = sandbox.count(VIDEOS)
    send(held)
    assert (live(sandbox)[0][2], sandbox.count(VIDEOS) - before) == (sha256(film), 2 + 1)


def test_two_deliveries_of_one_video_are_two_posts(send: Run, ask: Run, sandbox: SandboxProcess, video: dict[str, Any]):
    send(post(video))
    payload = {"message": "Así quedó la obra", "link": "", "photos": [], "video": video}
    sandbox.fault("graph", "drop_before", match=phase("finish"))
    unknown = send(queue("facebook", PageFactory.create(), payload, "v2"))
    send(ask(unknown))
    assert len({item[1] for item in live(sandbox)}) == 2
