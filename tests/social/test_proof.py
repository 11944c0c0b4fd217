"""A video is taken with its last byte, and made or thrown away minutes later: only what was made is confirmed."""

from collections.abc import Callable

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import retry_rejected, sweep
from commsoffice.outbox.models import Delivery
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, attachment, queue
from tests.social.youtube import video

Run = Callable[[Delivery], Delivery]


def film() -> Delivery:
    payload = {
        "message": "Así quedó",
        "link": "",
        "photos": [],
        "video": attachment(mp4(1000), "obra.mp4", "video/mp4"),
    }
    return queue("facebook", PageFactory.create(), payload)


def later(delivery: Delivery, sandbox: SandboxProcess) -> Delivery:
    """Five minutes have passed there, and it is asked."""
    sandbox.clock(301)
    sweep(now=delivery.not_before)
    return Delivery.objects.get(pk=delivery.pk)


def test_youtube_still_processing_is_not_confirmed(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "processing", seconds=300)
    assert send(video()).state == "accepted"


def test_youtube_processed_is_confirmed(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "processing", seconds=300)
    assert later(send(video()), sandbox).state == "confirmed"


def test_youtube_not_yet_processed_is_asked_again(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "processing", seconds=900)
    delivery = send(video())
    again = later(delivery, sandbox)
    assert (again.state, again.not_before > delivery.not_before) == ("accepted", True)


def test_youtube_rejecting_it_minutes_later_is_a_persons(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "reject_video", seconds=300)
    taken = send(video())
    thrown = later(taken, sandbox)
    assert (taken.state, thrown.state, "duplicate" in thrown.reason, thrown.seen_at) == (
        "accepted",
        "rejected",
        True,
        None,
    )


def test_youtube_keeping_it_private_is_not_confirmed_by_being_processed(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "force_private")
    kept = send(video())
    assert (kept.state, later(kept, sandbox).state) == ("accepted", "accepted")


def test_facebook_processed_is_confirmed(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "processing", seconds=300)
    taken = send(film())
    assert (taken.state, later(taken, sandbox).state, len(sandbox.posts())) == ("accepted", "confirmed", 1)


def test_facebook_still_processing_is_asked_again(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "processing", seconds=900)
    assert later(send(film()), sandbox).state == "accepted"


def test_facebook_failing_on_it_minutes_later_is_a_persons(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "processing_fails", seconds=300)
    taken = send(film())
    thrown = later(taken, sandbox)
    assert (taken.state, thrown.state, thrown.seen_at, sandbox.posts()) == ("accepted", "rejected", None, [])


def test_what_facebook_failed_on_is_uploaded_anew_on_a_persons_word(
    send: Run, sandbox: SandboxProcess, head_of_press: User
):
    sandbox.fault("graph", "processing_fails", seconds=300)
    thrown = later(send(film()), sandbox)
    again = send(retry_rejected(thrown, by=head_of_press, now=thrown.not_before))
    assert (again.state, len(sandbox.posts())) == ("accepted", 1)
