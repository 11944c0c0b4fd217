"""Posts that Facebook publishes by itself at their hour: given, looked after, pulled back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.outbox.actions import Recipient, enqueue, pause_all, resume_all
from commsoffice.outbox.actions.scheduled import tend_scheduled
from commsoffice.outbox.channels.base import (
    Absent,
    CredentialsExpired,
    Found,
    OutcomeUnknown,
    Scheduled,
    Throttled,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.sandbox import seed
from social.channels import facebook_client
from social.channels.facebook_hours import hour_fields, wait_until_near
from social.models import Profile
from tests.sandbox.conftest import mp4, png
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, attachment, now, queue

Run = Callable[[Delivery], Delivery]

PAGE = "100000000000001"
HOUR = timedelta(hours=1)
FEED = {"method": "^POST$", "path": "/feed$"}
DELETE = {"method": "^DELETE$"}
CONTENTS = ("text", "link", "photo", "photos", "video")


def payload(content: str) -> dict[str, Any]:
    base: dict[str, Any] = {"message": "Mañana abre el registro", "link": "", "photos": [], "video": None}
    photos = [attachment(png(number), f"foto-{number}.png", "image/png") for number in range(3)]
    more: dict[str, dict[str, Any]] = {
        "text": {},
        "link": {"link": "https://amatista.example/registro/"},
        "photo": {"photos": photos[:1]},
        "photos": {"photos": photos},
        "video": {"video": attachment(mp4(2000), "obra.mp4", "video/mp4")},
    }
    return base | more[content]


def plan(content: str = "text", ahead: timedelta = HOUR, version: str = "v1") -> Delivery:
    page = PageFactory.create()
    return enqueue(
        purpose=Purpose.RELEASE,
        channel="facebook",
        payload=payload(content),
        recipients=[Recipient(address=page.name, account=page.key)],
        subject=page,
        subject_version=version,
        by=system_user(),
        now=now(),
        publish_at=now() + ahead,
    )[0]


def waiting(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    return [item for item in sandbox.state()["facebook"][PAGE]["posts"] if not item["is_published"]]


def moment(delivery: Delivery) -> datetime:
    assert delivery.publish_at is not None
    return delivery.publish_at


@pytest.fixture(params=CONTENTS)
def scheduled(request: pytest.FixtureRequest, send: Run) -> Delivery:
    return send(plan(request.param))


def test_it_waits_there_whole_and_nobody_sees_it(scheduled: Delivery, sandbox: SandboxProcess):
    there = waiting(sandbox)
    assert (scheduled.state, len(there), sandbox.posts()) == ("scheduled", 1, [])
    sent = scheduled.message.payload
    assert (there[0]["message"], there[0]["link"], len(there[0]["photos"]), bool(there[0]["video"])) == (
        sent["message"],
        sent["link"],
        len(sent["photos"]),
        bool(sent["video"]),
    )
    assert 0 <= there[0]["scheduled_publish_time"] - moment(scheduled).timestamp() < 1
    assert scheduled.remote_url.startswith(sandbox.http_url)


def test_until_its_hour_it_waits_and_then_it_is_public(scheduled: Delivery, sandbox: SandboxProcess):
    way = channel("facebook")
    before = way.look(scheduled)
    sandbox.clock(3700)
    after = way.look(scheduled)
    assert isinstance(before, Scheduled)
    assert isinstance(after, Found)
    assert (before.remote_id, after.remote_id) == (scheduled.remote_id, scheduled.remote_id)


def test_pulled_back_it_is_gone_and_twice_does_no_harm(scheduled: Delivery, sandbox: SandboxProcess):
    way = channel("facebook")
    first = way.pull_back(scheduled)
    second = way.pull_back(scheduled)
    sandbox.clock(3700)
    assert isinstance(first, Absent)
    assert isinstance(second, Absent)
    assert (waiting(sandbox), sandbox.posts()) == ([], [])


def test_what_is_public_is_not_deleted(scheduled: Delivery, sandbox: SandboxProcess):
    sandbox.clock(3700)
    assert isinstance(channel("facebook").pull_back(scheduled), Found)
    assert (len(sandbox.posts()), sandbox.count(f"graph DELETE /{scheduled.remote_id}")) == (1, 0)


def test_pulled_back_and_sent_again_it_is_there_once_and_whole(scheduled: Delivery, send: Run, sandbox: SandboxProcess):
    channel("facebook").pull_back(scheduled)
    Delivery.objects.update(state="held", remote_id="", remote_url="")
    Delivery.objects.update(state="queued")
    again = send(scheduled)
    sandbox.clock(3700)
    assert (again.state, len(sandbox.posts())) == ("scheduled", 1)
    assert len(sandbox.posts()[0]["photos"]) == len(scheduled.message.payload["photos"])


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("fault", ["accept_then_drop", "accept_then_error"])
def test_a_lost_answer_finds_it_waiting(content: str, fault: str, send: Run, ask: Run, sandbox: SandboxProcess):
    call = {"path": "/videos$", "form.upload_phase": "^finish$"} if content == "video" else FEED
    sandbox.fault("graph", fault, match=call)
    unknown = send(plan(content))
    found = ask(unknown)
    assert (unknown.state, found.state, len(waiting(sandbox)), sandbox.posts()) == ("unknown", "scheduled", 1, [])
    there = waiting(sandbox)[0]
    assert found.remote_id == (there["video"]["id"] if content == "video" else there["id"])


def test_a_lost_answer_finds_it_public_when_its_hour_has_come(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "accept_then_drop", match=FEED)
    unknown = send(plan())
    sandbox.clock(3700)
    assert (ask(unknown).state, len(sandbox.posts())) == ("accepted", 1)


def test_what_waits_there_is_not_taken_for_a_post_without_an_hour(send: Run, ask: Run, sandbox: SandboxProcess):
    graph = facebook_client.Graph(seed.PAGE_GOVERNMENT_TOKEN)
    later = str(int((now() + HOUR).timestamp()))
    text = {"message": "Mañana abre el registro"}
    graph.post(f"{PAGE}/feed", text | {"published": "false", "scheduled_publish_time": later})
    graph.close()
    sandbox.fault("graph", "drop_before", match=FEED)
    unknown = send(queue("facebook", PageFactory.create(), payload("text")))
    assert (unknown.state, ask(unknown).state) == ("unknown", "queued")


@pytest.mark.parametrize("fault", ["drop_before", "unavailable", "http_500", "bad_gateway", "accept_then_drop"])
def test_a_lost_answer_to_the_pulling_back_is_tried_again(fault: str, send: Run, sandbox: SandboxProcess):
    delivery = send(plan())
    sandbox.fault("graph", fault, match=DELETE)
    with pytest.raises(OutcomeUnknown):
        channel("facebook").pull_back(delivery)
    assert isinstance(channel("facebook").pull_back(delivery), Absent)
    assert waiting(sandbox) == []


def test_a_throttle_stops_the_pulling_back_with_its_time(send: Run, sandbox: SandboxProcess):
    delivery = send(plan())
    sandbox.fault("graph", "page_throttle", match=DELETE, minutes=20)
    with pytest.raises(Throttled) as caught:
        channel("facebook").pull_back(delivery)
    assert caught.value.retry_after == timedelta(minutes=20)


def test_a_page_that_can_not_be_read_does_not_prove_that_it_is_gone(send: Run, sandbox: SandboxProcess):
    delivery = send(plan())
    channel("facebook").pull_back(delivery)
    sandbox.fault("graph", "unavailable", match={"path": "/scheduled_posts$"})
    with pytest.raises(OutcomeUnknown):
        channel("facebook").pull_back(delivery)


def test_an_account_to_be_connected_again_says_so(send: Run, sandbox: SandboxProcess):
    delivery = send(plan())
    sandbox.revoke_facebook("password_changed")
    with pytest.raises(CredentialsExpired):
        channel("facebook").pull_back(delivery)
    assert Profile.objects.get().state == "expired"


def test_what_somebody_deleted_on_the_page_is_gone(send: Run, sandbox: SandboxProcess):
    delivery = send(plan())
    graph = facebook_client.Graph(seed.PAGE_GOVERNMENT_TOKEN)
    graph.delete(delivery.remote_id)
    graph.close()
    assert isinstance(channel("facebook").look(delivery), Absent)


def test_a_text_that_somebody_changed_on_the_page_is_still_ours(send: Run, sandbox: SandboxProcess):
    delivery = send(plan())
    graph = facebook_client.Graph(seed.PAGE_GOVERNMENT_TOKEN)
    graph.post(delivery.remote_id, {"message": "Otra redacción"})
    graph.close()
    assert isinstance(channel("facebook").look(delivery), Scheduled)


# --- The window --------------------------------------------------------------------------------------


def test_an_hour_that_is_too_near_is_waited_for_and_nothing_is_public_before(send: Run, sandbox: SandboxProcess):
    delivery = send(plan("photos", ahead=timedelta(minutes=5)))
    assert (delivery.state, waiting(sandbox), sandbox.posts()) == ("queued", [], [])
    assert delivery.not_before >= moment(delivery)


def test_when_that_hour_has_come_it_is_published_at_once(send: Run, sandbox: SandboxProcess):
    delivery = send(plan("photos", ahead=timedelta(minutes=5)))
    with time_machine.travel(moment(delivery) + timedelta(seconds=1)):
        sent = send(delivery)
    assert (sent.state, [len(item["photos"]) for item in sandbox.posts()]) == ("accepted", [3])


def test_an_hour_beyond_thirty_days_is_not_given_yet(send: Run, sandbox: SandboxProcess):
    delivery = send(plan("photos", ahead=timedelta(days=45)))
    assert (delivery.state, sandbox.count(f"graph POST /{PAGE}/photos"), waiting(sandbox)) == ("queued", 0, [])
    assert timedelta(days=15) <= delivery.not_before - now() < timedelta(days=44)


@pytest.mark.parametrize("days", [31, 45, 90, 365, 3000])
def test_the_waiting_never_oversleeps_the_hour(days: int):
    at = now()
    hour = at + timedelta(days=days)
    # The engine adds up to a tenth.
    while hour - at > timedelta(days=30):
        with pytest.raises(Unavailable) as caught:
            wait_until_near(hour, at)
        assert caught.value.retry_after is not None
        at += caught.value.retry_after * 1.1
    assert hour - at > timedelta(minutes=11)


@pytest.mark.parametrize(
    ("ahead", "given"),
    [
        (timedelta(minutes=11, seconds=1), ["published", "scheduled_publish_time", "unpublished_content_type"]),
        (timedelta(days=30), ["published", "scheduled_publish_time", "unpublished_content_type"]),
        (timedelta(), []),
        (-HOUR, []),
    ],
)
def test_the_window_is_facebook_s(ahead: timedelta, given: list[str]):
    at = now()
    assert sorted(hour_fields(at + ahead, at)) == given


def test_an_hour_that_facebook_s_clock_refuses_is_waited_for(send: Run, sandbox: SandboxProcess):
    sandbox.clock(3600)
    delivery = send(plan(ahead=timedelta(minutes=30)))
    assert (delivery.state, sandbox.posts(), delivery.not_before >= moment(delivery)) == ("queued", [], True)
    with time_machine.travel(moment(delivery) + timedelta(seconds=1)):
        sent = send(delivery)
    assert (sent.state, len(sandbox.posts())) == ("accepted", 1)


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("content", CONTENTS)
def test_a_clock_that_is_wrong_by_an_hour_doubles_nothing(
    hours: int, content: str, send: Run, ask: Run, sandbox: SandboxProcess
):
    sandbox.clock(hours * 3600)
    call = {"path": "/videos$", "form.upload_phase": "^finish$"} if content == "video" else FEED
    sandbox.fault("graph", "accept_then_drop", match=call)
    found = ask(send(plan(content, ahead=timedelta(seconds=-1))))
    assert (found.state, len(sandbox.posts())) == ("accepted", 1)


def test_a_video_that_is_not_ready_at_its_hour_is_not_public_yet(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "processing", seconds=5400)
    delivery = send(plan("video"))
    way = channel("facebook")
    sandbox.clock(3700)
    assert isinstance(way.look(delivery), Scheduled)
    assert isinstance(way.pull_back(delivery), Absent)


def test_the_outbox_looks_for_it_at_its_hour(scheduled: Delivery, sandbox: SandboxProcess):
    sandbox.clock(3700)
    tend_scheduled(moment(scheduled) + timedelta(minutes=2))
    after = Delivery.objects.get()
    assert (after.state, after.remote_id) == ("confirmed", scheduled.remote_id)


def test_a_pause_pulls_it_back_and_after_it_everything_goes_on(
    scheduled: Delivery, send: Run, sandbox: SandboxProcess, director: User
):
    pause_all("Sismo", [], by=director, now=now())
    tend_scheduled(now())
    held = Delivery.objects.get()
    assert (held.state, waiting(sandbox)) == ("held", [])
    resume_all(by=director, now=now())
    Delivery.objects.filter(state="held").update(state="queued")
    assert (send(held).state, len(waiting(sandbox))) == ("scheduled", 1)


def test_without_a_number_nothing_can_be_pulled_back(send: Run, settings: Settings):
    delivery = send(plan())
    delivery.remote_id = ""
    assert isinstance(channel("facebook").pull_back(delivery), Undecided)
