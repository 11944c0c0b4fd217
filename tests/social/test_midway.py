"""What is paused or cancelled while a long upload is under way does not become public at its end."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area
from commsoffice.outbox.actions import cancel_for, pause_all, resume_all
from commsoffice.outbox.models import Delivery
from social.models import Profile
from tests.sandbox.conftest import mp4, png
from tests.sandbox.process import SandboxProcess
from tests.social import midway
from tests.social.factories import PageFactory, attachment, now, queue
from tests.social.youtube import opened, video

Run = Callable[[Delivery], Delivery]


@pytest.fixture(autouse=True)
def _midway(settings: Settings) -> Iterator[None]:
    settings.OUTBOX_CHANNELS["facebook"]["CLASS"] = "tests.social.midway.MidwayFacebook"
    settings.OUTBOX_CHANNELS["youtube"]["CLASS"] = "tests.social.midway.MidwayYouTube"
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.paused"]
    yield
    midway.changes.clear()


@pytest.fixture
def film(sandbox: SandboxProcess) -> Delivery:
    made = attachment(mp4(200_000), "obra.mp4", "video/mp4")
    return queue("facebook", PageFactory.create(), {"message": "Obra", "link": "", "photos": [], "video": made})


@pytest.fixture
def photos(sandbox: SandboxProcess) -> Delivery:
    made = [attachment(png(number), f"{number}.png", "image/png") for number in (1, 2)]
    return queue("facebook", PageFactory.create(), {"message": "Obra", "link": "", "photos": made})


def paused(director: User) -> midway.Change:
    def change(delivery: Delivery) -> None:
        pause_all("Inundación", [], by=director, now=now())

    return change


def cancelled(delivery: Delivery) -> None:
    subject = (Area if delivery.subject_type == "office.area" else Profile).objects.get(pk=delivery.subject_id)
    cancel_for(subject, by=system_user(), now=now(), reason="Withdrawn")


@pytest.mark.parametrize("kind", ["film", "photos"])
def test_a_pause_stops_a_post_before_it_is_public(
    kind: str, request: pytest.FixtureRequest, send: Run, sandbox: SandboxProcess, director: User
):
    delivery = request.getfixturevalue(kind)
    midway.changes.append(paused(director))
    assert (send(delivery).state, sandbox.posts()) == ("queued", [])
    assert (send(Delivery.objects.get(pk=delivery.pk)).state, sandbox.posts()) == ("held", [])


def test_a_post_that_was_cancelled_meanwhile_is_cancelled(send: Run, sandbox: SandboxProcess, film: Delivery):
    midway.changes.append(cancelled)
    stopped = send(film)
    assert (stopped.state, stopped.reason, sandbox.posts()) == ("cancelled", "Withdrawn", [])


def test_a_pause_stops_a_video_before_its_last_bytes(send: Run, sandbox: SandboxProcess, director: User):
    midway.changes.append(paused(director))
    assert (send(video()).state, sandbox.videos()) == ("queued", [])


def test_a_video_that_was_cancelled_meanwhile_is_cancelled(send: Run, sandbox: SandboxProcess):
    midway.changes.append(cancelled)
    assert (send(video()).state, sandbox.videos()) == ("cancelled", [])


def test_what_was_uploaded_before_the_pause_is_not_uploaded_again(
    send: Run, sandbox: SandboxProcess, director: User, settings: Settings
):
    midway.changes.append(paused(director))
    stopped = send(video())
    settings.OUTBOX_GATES = []
    resume_all(by=director, now=now())
    assert (send(stopped).state, len(sandbox.videos()), opened(sandbox)) == ("confirmed", 1, 1)
