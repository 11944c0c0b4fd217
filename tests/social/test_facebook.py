"""Facebook through facebook-sdk against the simulated Graph API."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox.channels.base import BadPayload, Story
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import AccountStop, Attempt, Delivery
from commsoffice.stack import processes
from social.channels import facebook_client
from social.models import Profile
from tests.sandbox.conftest import png
from tests.sandbox.process import SandboxProcess
from tests.social.conftest import PATIENCE
from tests.social.factories import PageFactory, attachment, now, queue

Run = Callable[[Delivery], Delivery]
Strike = Callable[..., None]

FEED = {"method": "^POST$", "path": "/feed$"}
PHOTOS = {"method": "^POST$", "path": "/photos$"}


def photo(colour: int = 0, alt: str = "") -> dict[str, Any]:
    return attachment(png(colour), f"foto-{colour}.png", "image/png", alt)


def post(text: str = "Hoy se entregan luminarias", version: str = "v1", **more: Any) -> Delivery:
    return queue("facebook", PageFactory.create(), {"message": text, "link": "", "photos": [], **more}, version)


def test_a_text_is_live_once(send: Run, sandbox: SandboxProcess):
    delivery = send(post())
    assert [item["message"] for item in sandbox.posts()] == ["Hoy se entregan luminarias"]
    assert (delivery.state, delivery.remote_id) == ("accepted", sandbox.posts()[0]["id"])


def test_where_it_can_be_seen_is_kept(send: Run, sandbox: SandboxProcess):
    delivery = send(post())
    page, number = delivery.remote_id.split("_")
    assert delivery.remote_url == f"{sandbox.http_url}/facebook/{page}/#{page}_{number}"


@pytest.mark.parametrize("fault", ["drop_before", "bad_gateway", "page_throttle", "expired_token", "slow"])
def test_whatever_happens_after_publishing_it_is_published(
    fault: str, strike: Strike, send: Run, sandbox: SandboxProcess
):
    strike("graph", fault, match={"method": "^GET$"})
    delivery = send(post())
    address = f"{sandbox.http_url}/{delivery.remote_id}"
    assert (delivery.state, delivery.remote_url, len(sandbox.posts())) == ("accepted", address, 1)


def test_a_link_travels_with_the_text(send: Run, sandbox: SandboxProcess):
    send(post(link="https://amatista.example/comunicados/2026/1/"))
    assert sandbox.posts()[0]["link"] == "https://amatista.example/comunicados/2026/1/"


def test_one_photo_is_one_post_with_its_text(send: Run, sandbox: SandboxProcess):
    delivery = send(post(photos=[photo(1, "Una luminaria encendida")]))
    live = sandbox.posts()
    assert [(item["id"], item["message"]) for item in live] == [(delivery.remote_id, "Hoy se entregan luminarias")]
    assert live[0]["photos"][0]["alt_text"] == "Una luminaria encendida"


def test_several_photos_are_one_post_with_all_of_them_in_order(send: Run, sandbox: SandboxProcess):
    photos = [photo(number) for number in range(1, 6)]
    send(post(photos=photos))
    live = sandbox.posts()
    assert len(live) == 1
    assert [item["sha256"] for item in live[0]["photos"]] == [item["sha256"] for item in photos]
    assert live[0]["photos"][0]["sha256"] == hashlib.sha256(png(1)).hexdigest()


def test_an_upload_goes_on_where_it_stopped(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "drop_before", match=PHOTOS, skip=2)
    first = send(post(photos=[photo(number) for number in range(1, 5)]))
    assert (first.state, len(first.progress["photos"])) == ("queued", 2)
    send(first)
    assert [len(item["photos"]) for item in sandbox.posts()] == [4]
    assert sandbox.count("graph POST /100000000000001/photos") == 5
    assert sandbox.state()["facebook"]["100000000000001"]["unpublished_photos"] == []


def test_photos_that_facebook_threw_away_are_uploaded_anew(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "app_throttle", match=FEED)
    waits = send(post(photos=[photo(1), photo(2)]))
    AccountStop.objects.all().delete()
    Delivery.objects.update(state="queued")
    sandbox.clock(25 * 3600)
    refused = send(waits)
    posted = send(refused)
    assert (waits.state, refused.state, posted.state, [len(p["photos"]) for p in sandbox.posts()]) == (
        "held",
        "queued",
        "accepted",
        [2],
    )


def test_photos_that_waited_too_long_are_uploaded_anew(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "unavailable", match=FEED)
    sandbox.fault("graph", "drop_before", match=PHOTOS, skip=1)
    delivery = send(post(photos=[photo(1), photo(2)]))
    old = (now() - timedelta(hours=13)).isoformat()
    Delivery.objects.update(progress={**delivery.progress, "photos_since": old})
    sandbox.clear_faults()
    send(delivery)
    assert sandbox.count("graph POST /100000000000001/photos") == 4


# Fault → state that follows, and whether the account must be connected again.
MEANINGS = {
    "expired_token": ("held", True),
    "password_changed": ("held", True),
    "checkpoint": ("held", True),
    "app_removed": ("held", True),
    "permission": ("rejected", False),
    "invalid_parameter": ("rejected", False),
    "blocked": ("held", False),
    "duplicate": ("rejected", False),
    "app_throttle": ("held", False),
    "user_throttle": ("held", False),
    "page_throttle": ("held", False),
    "throttle": ("held", False),
    "http_500": ("unknown", False),
    "unavailable": ("unknown", False),
    "bad_gateway": ("unknown", False),
    "drop_before": ("unknown", False),
    "drop_during": ("unknown", False),
    "accept_then_drop": ("unknown", False),
    "accept_then_error": ("unknown", False),
    "accept_then_slow": ("unknown", False),
    "slow": ("unknown", False),
}


@pytest.mark.parametrize("fault", MEANINGS)
def test_what_an_answer_to_the_publishing_call_means(fault: str, strike: Strike, send: Run, sandbox: SandboxProcess):
    strike("graph", fault, match=FEED)
    delivery = send(post())
    # What is done late must not be done in the next test.
    sandbox.let_go()
    assert processes.wait_until(lambda: sandbox.count("graph POST /100000000000001/feed") > 0, PATIENCE)
    assert (delivery.state, Profile.objects.get().state == "expired") == MEANINGS[fault]


@pytest.mark.parametrize(
    "fault", ["http_500", "unavailable", "bad_gateway", "drop_before", "accept_then_drop", "accept_then_slow"]
)
def test_before_the_publishing_call_nothing_is_unknown(fault: str, strike: Strike, send: Run, sandbox: SandboxProcess):
    strike("graph", fault, match=PHOTOS)
    delivery = send(post(photos=[photo(1), photo(2)]))
    assert (delivery.state, sandbox.posts()) == ("queued", [])
    send(delivery)
    assert [len(item["photos"]) for item in sandbox.posts()] == [2]


@pytest.mark.parametrize("photos", [0, 1, 3])
@pytest.mark.parametrize("fault", ["accept_then_drop", "accept_then_error", "accept_then_slow"])
def test_a_lost_answer_never_posts_twice(
    strike: Strike, send: Run, ask: Run, sandbox: SandboxProcess, *, fault: str, photos: int
):
    strike("graph", fault, match=FEED)
    unknown = send(post(photos=[photo(number) for number in range(photos)]))
    assert unknown.state == "unknown"
    found = ask(unknown)
    assert (found.state, found.remote_id) == ("accepted", sandbox.posts()[0]["id"])
    send(found)
    assert len(sandbox.posts()) == 1


def test_a_proven_absence_sends_again(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "drop_before", match=FEED)
    absent = ask(send(post()))
    assert absent.state == "queued"
    send(absent)
    assert len(sandbox.posts()) == 1


def test_absence_proves_nothing_too_early(send: Run, ask: Run, sandbox: SandboxProcess, settings: Settings):
    settings.OUTBOX_CHANNELS["facebook"]["OPTIONS"]["settle_seconds"] = 90
    sandbox.fault("graph", "drop_before", match=FEED)
    assert ask(send(post())).state == "unknown"


def test_a_page_that_can_not_be_read_proves_nothing(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "drop_before", match=FEED)
    sandbox.fault("graph", "unavailable", match={"method": "^GET$"}, times=None)
    assert ask(send(post())).state == "unknown"


def test_a_crash_before_publishing_is_an_absence(ask: Run, sandbox: SandboxProcess):
    delivery = post(photos=[photo(1), photo(2)])
    Delivery.objects.update(state="sending", lease_until=now())
    Delivery.objects.update(state="unknown", lease_until=None)
    assert ask(delivery).state == "queued"


def test_another_delivery_s_post_is_not_taken_for_ours(send: Run, ask: Run, sandbox: SandboxProcess):
    send(post("Aviso"))
    send(queue("facebook", PageFactory.create(), {"message": "Otro", "link": "", "photos": []}, "v2"))
    sandbox.fault("graph", "drop_before", match=FEED)
    unknown = send(queue("facebook", PageFactory.create(), {"message": "Aviso", "link": "", "photos": []}, "v3"))
    assert ask(unknown).state == "queued"


def test_a_post_among_hundreds_is_found(send: Run, ask: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch):
    sandbox.fault("graph", "accept_then_drop", match=FEED)
    unknown = send(post("La nuestra"))
    graph = facebook_client.Graph("EAAG-sandbox-gobierno")
    for number in range(120):
        graph.post("100000000000001/feed", {"message": f"Otra {number}"})
    graph.close()
    assert ask(unknown).state == "accepted"


def test_a_page_that_is_too_much_at_once_is_read_in_smaller_pieces(send: Run, ask: Run, sandbox: SandboxProcess):
    for number in range(30):
        send(post(f"Otra {number}", version=f"o{number}"))
    sandbox.fault("graph", "accept_then_drop", match=FEED)
    unknown = send(post("La nuestra"))
    sandbox.fault("graph", "too_much_data", times=None, most=12)
    assert (unknown.state, ask(unknown).state) == ("unknown", "accepted")


def test_a_page_that_is_too_much_in_any_piece_proves_nothing(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "drop_before", match=FEED)
    sandbox.fault("graph", "too_much_data", times=None, most=0)
    assert ask(send(post())).state == "unknown"


def test_a_post_that_the_page_lists_late_is_not_posted_twice(
    send: Run, ask: Run, sandbox: SandboxProcess, settings: Settings
):
    settings.OUTBOX_CHANNELS["facebook"]["OPTIONS"]["settle_seconds"] = 90
    sandbox.fault("graph", "late_listing", seconds=80)
    sandbox.fault("graph", "accept_then_drop", match=FEED)
    early = ask(send(post()))
    sandbox.clock(81)
    assert (early.state, ask(early).state, len(sandbox.posts())) == ("unknown", "accepted", 1)


def test_a_post_whose_photos_are_told_late_is_not_posted_twice(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "late_media", seconds=300)
    sandbox.fault("graph", "accept_then_drop", match=FEED)
    early = ask(send(post(photos=[photo(1), photo(2)])))
    sandbox.clock(301)
    assert (early.state, ask(early).state, len(sandbox.posts())) == ("unknown", "accepted", 1)


def test_nothing_reached_is_only_later(send: Run, settings: Settings):
    settings.FACEBOOK_GRAPH_URL = "http://127.0.0.1:9/graph/"
    assert send(post()).state == "queued"


def test_facebook_s_own_waiting_time_is_kept(send: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "throttle", match=FEED, minutes=47)
    assert send(post()).not_before - now() > timedelta(minutes=45)


def test_no_secret_in_any_answer(send: Run, ask: Run, sandbox: SandboxProcess):
    sandbox.fault("graph", "drop_before", times=None)
    ask(send(post()))
    words = "".join(Attempt.objects.values_list("answer", flat=True)) + "".join(
        Delivery.objects.values_list("reason", flat=True)
    )
    assert "EAAG" not in words


def test_an_expired_account_is_not_even_tried(send: Run, sandbox: SandboxProcess):
    PageFactory.create(state="expired")
    assert (send(post()).state, sandbox.count("graph POST /100000000000001/feed")) == ("held", 0)


def test_a_story_with_photos_carries_its_address_in_the_text():
    story = Story(
        title="Encienden El Mirador",
        highlights=["211 luminarias"],
        lead="La calle ya no está a oscuras.",
        url="https://amatista.example/1/",
        photos=[{"name": str(number)} for number in range(12)],
        tags=["Servicios Públicos"],
    )
    payload = channel("facebook").compose(story)
    assert payload == {
        "message": "Encienden El Mirador\n\nLa calle ya no está a oscuras.\n\n• 211 luminarias\n\n"
        "https://amatista.example/1/\n\n#ServiciosPúblicos",
        "link": "",
        "photos": [{"name": str(number)} for number in range(10)],
        "video": None,
    }


def test_a_story_without_photos_is_a_link():
    payload = channel("facebook").compose(Story(title="Aviso", url="https://amatista.example/1/"))
    assert payload == {"message": "Aviso", "link": "https://amatista.example/1/", "photos": [], "video": None}


def test_a_story_with_a_video_only_is_a_video():
    story = Story(title="Aviso", url="https://amatista.example/1/", videos=[{"name": "a"}, {"name": "b"}])
    assert channel("facebook").compose(story) == {
        "message": "Aviso\n\nhttps://amatista.example/1/",
        "link": "",
        "photos": [],
        "video": {"name": "a"},
    }


def test_a_story_with_photos_and_a_video_is_its_photos():
    payload = channel("facebook").compose(Story(title="Aviso", photos=[{"name": "a"}], videos=[{"name": "b"}]))
    assert (payload or {})["photos"] == [{"name": "a"}]
    assert (payload or {})["video"] is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"message": " "},
        {"message": "x" * 63_207},
        {"message": "x", "photos": [{}] * 11},
        {"video": {"size": 1}, "photos": [{}]},
        {"video": {"size": 1}, "link": "https://amatista.example/"},
        {"video": {"size": 0}},
    ],
)
def test_what_facebook_could_never_take_is_refused_at_once(payload: dict[str, Any]):
    with pytest.raises(BadPayload):
        channel("facebook").check(payload)


def test_accounts_say_why_they_can_not_be_used():
    PageFactory.create()
    PageFactory.create(key="R05", name="Presidencia", state="expired", is_default=False)
    PageFactory.create(key="R08", name="Casa de Cultura", state="manual", is_default=False)
    accounts = [(account.key, account.is_default, account.is_usable) for account in channel("facebook").accounts()]
    assert accounts == [("R01", True, True), ("R05", False, False)]


def by_hand(text: str, *pictures: int) -> list[str]:
    """A post that no delivery of ours made; returns the ids of its photographs."""
    graph = facebook_client.Graph("EAAG-sandbox-gobierno")
    keys = [
        str(graph.post("100000000000001/photos", {"published": "false"}, io.BytesIO(png(number)))["id"])
        for number in pictures
    ]
    fields = {"message": text, "attached_media": json.dumps([{"media_fbid": key} for key in keys])}
    graph.post("100000000000001/feed", fields)
    graph.close()
    return keys


def test_what_the_page_says_already_is_not_said_again(send: Run, sandbox: SandboxProcess):
    by_hand("Hoy se entregan luminarias")
    assert (send(post()).state, len(sandbox.posts())) == ("confirmed", 1)


def test_the_same_text_as_our_own_last_post_is_refused(send: Run, sandbox: SandboxProcess):
    send(post())
    again = queue(
        "facebook", PageFactory.create(), {"message": "Hoy se entregan luminarias", "link": "", "photos": []}, "v2"
    )
    assert (send(again).state, len(sandbox.posts())) == ("rejected", 1)


def test_photos_that_hang_in_another_post_are_uploaded_anew(send: Run, sandbox: SandboxProcess):
    taken = by_hand("Otra cosa", 1, 2)
    photos = [photo(1), photo(2)]
    delivery = post(photos=photos)
    known = {f"{number}:{item['sha256']}": key for number, (item, key) in enumerate(zip(photos, taken, strict=True))}
    Delivery.objects.update(progress={"photos": known, "photos_since": now().isoformat()})
    refused = send(delivery)
    assert (refused.state, refused.progress["photos"]) == ("queued", {})
    send(refused)
    assert [len(item["photos"]) for item in sandbox.posts()] == [2, 2]
