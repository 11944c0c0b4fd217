"""Videos that YouTube makes public by itself at their hour: uploaded hidden, looked after, pulled back, sent again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.outbox.actions import pause_all, resolve_unknown, resume_all, send_due, sweep
from commsoffice.outbox.channels.base import Absent, Found, Scheduled, Undecided
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.sandbox import seed
from social.channels.youtube_client import YouTube
from social.models import Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now
from tests.social.youtube import LAST, LIST, PUT, UPDATE, in_an_hour, opened, updates, video

Run = Callable[[Delivery], Delivery]
HOUR = timedelta(hours=1)
AFTER = HOUR + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _gates(settings: Settings, _network: None) -> None:
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.paused"]


@pytest.fixture
def scheduled(send: Run, sandbox: SandboxProcess) -> Delivery:
    return send(video(publish_at=in_an_hour()))


@pytest.fixture
def pulled(scheduled: Delivery, head_of_press: User) -> Delivery:
    """A pause pulled it back."""
    return pull(scheduled, head_of_press)


def pull(delivery: Delivery, by: User) -> Delivery:
    pause_all("Sismo", [], by=by, now=now())
    sweep(now())
    return Delivery.objects.get(pk=delivery.pk)


def go_on(delivery: Delivery, by: User) -> Delivery:
    """The pause ends, and what is fresh leaves."""
    resume_all(by=by, now=now())
    sweep(now())
    send_due(now=now())
    return Delivery.objects.get(pk=delivery.pk)


def live(sandbox: SandboxProcess) -> list[tuple[str, str | None]]:
    return [(item["privacyStatus"], item["publishAt"]) for item in sandbox.videos()]


def google(delivery: Delivery) -> str:
    assert delivery.publish_at is not None
    return delivery.publish_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_it_is_uploaded_hidden_with_its_hour(scheduled: Delivery, sandbox: SandboxProcess):
    assert (scheduled.state, live(sandbox)) == ("scheduled", [("private", google(scheduled))])


def test_at_its_hour_it_is_public_and_seen_so(scheduled: Delivery, sandbox: SandboxProcess):
    sandbox.clock(AFTER.total_seconds())
    sweep(now() + AFTER)
    assert (Delivery.objects.get().state, live(sandbox)[0][0]) == ("confirmed", "public")


def test_before_its_hour_it_only_waits(scheduled: Delivery, sandbox: SandboxProcess):
    assert isinstance(channel("youtube").look(scheduled), Scheduled)


def test_a_network_that_is_late_is_waited_for(scheduled: Delivery, sandbox: SandboxProcess):
    sweep(now() + AFTER)
    assert Delivery.objects.get().state == "scheduled"


def test_a_video_taken_down_before_its_hour_is_told(scheduled: Delivery, sandbox: SandboxProcess):
    sandbox.reset()
    sweep(now() + AFTER)
    assert Delivery.objects.get().state == "rejected"


def test_an_hour_that_somebody_took_away_is_for_a_person(scheduled: Delivery, sandbox: SandboxProcess):
    youtube = YouTube(Profile.objects.get().credentials)
    youtube.set_status(scheduled.remote_id, {"privacyStatus": "private"})
    youtube.close()
    assert isinstance(channel("youtube").look(scheduled), Undecided)


def test_an_hour_that_has_passed_is_no_hour(send: Run, sandbox: SandboxProcess):
    assert (send(video(publish_at=now() - HOUR)).state, live(sandbox)) == ("confirmed", [("public", None)])


def test_what_is_for_those_with_the_link_waits_here(send: Run, sandbox: SandboxProcess):
    hour = in_an_hour()
    delivery = send(video(publish_at=hour, privacy="unlisted"))
    assert (delivery.state, delivery.not_before >= hour, opened(sandbox)) == ("queued", True, 0)


def test_a_read_back_that_fails_is_made_good_at_the_hour(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "http_500", match=LIST)
    assert send(video(publish_at=in_an_hour())).state == "scheduled"


def test_an_unknown_one_is_found_waiting(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_error", match=PUT, skip=LAST)
    assert ask(send(video(publish_at=in_an_hour()))).state == "scheduled"


def test_an_hour_that_somebody_gave_it_is_not_ours_to_wait_for(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "accept_then_error", match=PUT, skip=LAST)
    unknown = send(video())
    youtube = YouTube(Profile.objects.get().credentials)
    hour = in_an_hour().isoformat()
    youtube.set_status(sandbox.videos()[0]["id"], {"privacyStatus": "private", "publishAt": hour})
    youtube.close()
    assert (unknown.state, ask(unknown).state) == ("unknown", "accepted")


# --- Pulled back ------------------------------------------------------------------------------------------


def test_a_pause_takes_its_hour_away_and_leaves_it_private(pulled: Delivery, sandbox: SandboxProcess):
    assert (pulled.state, live(sandbox), updates(sandbox)) == ("held", [("private", None)], 1)


def test_pulled_back_it_stays_hidden_after_its_hour(pulled: Delivery, sandbox: SandboxProcess):
    sandbox.clock(AFTER.total_seconds())
    assert live(sandbox) == [("private", None)]


def test_nothing_else_of_it_changes(pulled: Delivery, sandbox: SandboxProcess):
    youtube = YouTube(Profile.objects.get().credentials)
    status = youtube.status(sandbox.videos()[0]["id"])
    youtube.close()
    assert status is not None
    kept = {"embeddable": True, "license": "youtube", "selfDeclaredMadeForKids": False}
    assert {name: status[name] for name in kept} == kept


def test_what_is_public_already_is_left_as_it_is(scheduled: Delivery, sandbox: SandboxProcess, head_of_press: User):
    sandbox.clock(AFTER.total_seconds())
    public = pull(scheduled, head_of_press)
    assert (public.state, live(sandbox)[0][0], updates(sandbox)) == ("confirmed", "public", 0)


def test_pulling_back_twice_does_no_harm(pulled: Delivery, sandbox: SandboxProcess):
    assert isinstance(channel("youtube").pull_back(pulled), Absent)
    assert (live(sandbox), updates(sandbox)) == ([("private", None)], 1)


@pytest.mark.parametrize("fault", ["accept_then_drop", "accept_then_error", "drop_before", "http_500"])
def test_a_pull_without_an_answer_is_tried_again(
    fault: str, scheduled: Delivery, sandbox: SandboxProcess, head_of_press: User
):
    sandbox.fault("youtube", fault, match=UPDATE)
    assert pull(scheduled, head_of_press).state == "scheduled"
    sweep(now() + timedelta(minutes=10))
    assert (Delivery.objects.get().state, live(sandbox)) == ("held", [("private", None)])


def test_a_pulled_one_that_is_not_there_is_no_harm(scheduled: Delivery, sandbox: SandboxProcess):
    sandbox.reset()
    assert isinstance(channel("youtube").pull_back(scheduled), Absent)


# --- Sent again after the pause ---------------------------------------------------------------------------


def test_sent_again_it_gets_its_hour_back_and_is_not_uploaded_again(
    pulled: Delivery, sandbox: SandboxProcess, head_of_press: User
):
    again = go_on(pulled, head_of_press)
    assert (again.state, live(sandbox), opened(sandbox)) == ("scheduled", [("private", google(again))], 1)


def test_sent_again_after_its_hour_it_is_public_at_once(pulled: Delivery, sandbox: SandboxProcess, head_of_press: User):
    with time_machine.travel(now() + HOUR + timedelta(minutes=1)):
        again = go_on(pulled, head_of_press)
    assert (again.state, live(sandbox), opened(sandbox)) == ("confirmed", [("public", None)], 1)


def test_it_can_be_pulled_back_and_sent_again_as_often_as_needed(
    pulled: Delivery, sandbox: SandboxProcess, head_of_press: User
):
    again = pull(go_on(pulled, head_of_press), head_of_press)
    assert (again.state, live(sandbox)) == ("held", [("private", None)])
    assert (go_on(again, head_of_press).state, opened(sandbox), updates(sandbox)) == ("scheduled", 1, 4)


@pytest.mark.parametrize(
    ("fault", "asked"),
    [("accept_then_drop", "scheduled"), ("accept_then_error", "scheduled"), ("drop_before", "queued")],
)
def test_an_hour_given_back_without_an_answer_is_asked_for(  # noqa: PLR0917  what pytest hands it
    fault: str, asked: str, pulled: Delivery, ask: Run, send: Run, sandbox: SandboxProcess, head_of_press: User
):
    sandbox.fault("youtube", fault, match=UPDATE)
    unknown = go_on(pulled, head_of_press)
    known = ask(unknown)
    assert (unknown.state, known.state) == ("unknown", asked)
    send(known)
    assert (Delivery.objects.get().state, live(sandbox), opened(sandbox)) == (
        "scheduled",
        [("private", google(known))],
        1,
    )


def test_pulled_back_and_taken_down_it_is_uploaded_again_only_by_a_person_s_word(
    pulled: Delivery, send: Run, sandbox: SandboxProcess, head_of_press: User
):
    sandbox.reset()
    unknown = go_on(pulled, head_of_press)
    assert (unknown.state, opened(sandbox)) == ("unknown", 0)
    resolve_unknown(unknown, "send_again", by=head_of_press, now=now())
    again = send(Delivery.objects.get())
    assert (again.state, live(sandbox)) == ("scheduled", [("private", google(again))])


def test_a_person_s_word_gives_an_hour_back_that_somebody_took_away(
    scheduled: Delivery, send: Run, sandbox: SandboxProcess, head_of_press: User
):
    youtube = YouTube(Profile.objects.get().credentials)
    youtube.set_status(scheduled.remote_id, {"privacyStatus": "private"})
    youtube.close()
    Delivery.objects.update(state="unknown")
    resolve_unknown(scheduled, "send_again", by=head_of_press, now=now())
    assert (send(Delivery.objects.get()).state, live(sandbox)) == ("scheduled", [("private", google(scheduled))])


def test_reconciled_after_its_hour_it_is_found(scheduled: Delivery, sandbox: SandboxProcess):
    sandbox.clock(AFTER.total_seconds())
    assert isinstance(channel("youtube").reconcile(scheduled), Found)


def test_no_secret_in_what_is_written_of_a_pull(scheduled: Delivery, sandbox: SandboxProcess, head_of_press: User):
    sandbox.fault("token", "invalid_grant", times=None)
    pull(scheduled, head_of_press)
    words = "".join(Attempt.objects.values_list("answer", flat=True))
    assert (seed.GOOGLE_REFRESH_TOKEN in words, seed.GOOGLE_CLIENT_SECRET in words) == (False, False)
