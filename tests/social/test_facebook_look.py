"""Which post of a page is ours: by text, media and link, and nobody else's."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from commsoffice.outbox.channels.base import Absent, Found, LeaseLost, Undecided
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.models import Delivery
from commsoffice.sandbox import seed
from social.channels.facebook_client import Graph
from tests.sandbox.conftest import png
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, attachment, now, queue

Run = Callable[[Delivery], Delivery]

PAGE = seed.PAGE_GOVERNMENT_ID
FEED = {"method": "^POST$", "path": "/feed$"}
LINK = "https://amatista.example/comunicados/7/"


def lost(version: str = "v1", **payload: Any) -> Delivery:
    """A delivery of which nobody knows whether it left."""
    whole = {"message": "Aviso", "link": "", "photos": [], "video": None, **payload}
    delivery = queue("facebook", PageFactory.create(), whole, version)
    since = (now() - timedelta(seconds=5)).isoformat()
    rows = Delivery.objects.filter(pk=delivery.pk)
    rows.update(state="sending", lease_until=now(), progress={"publishing_since": since})
    rows.update(state="unknown", lease_until=None)
    return rows.get()


def by_hand(**fields: str) -> str:
    """A post that no delivery of ours made; returns its id."""
    graph = Graph(seed.PAGE_GOVERNMENT_TOKEN)
    key = str(graph.post(f"{PAGE}/feed", fields)["id"])
    graph.close()
    return key


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ({"message": "Aviso"}, {}),
        ({"message": "  Aviso\n"}, {}),
        ({"message": "Avi\u200bso"}, {}),
        ({"message": "Atencio\u0301n"}, {"message": "Atención"}),
        ({"message": "uno\n\ndos"}, {"message": "uno \r\n\r\n dos"}),
        ({"message": "Aviso", "link": LINK}, {"link": LINK}),
        ({"message": "Aviso", "link": LINK}, {"link": LINK.rstrip("/")}),
        ({"message": "Aviso"}, {"link": LINK}),
        ({"message": f"Vea {LINK}", "link": LINK}, {"message": f"Vea {LINK}"}),
    ],
)
def test_this_is_ours(shown: dict[str, str], sent: dict[str, str]):
    key = by_hand(**shown)
    found = channel("facebook").reconcile(lost(**sent))
    assert isinstance(found, Found)
    assert found.remote_id == key


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ({"message": "Aviso"}, {"message": "Aviso 2"}),
        ({"message": "aviso"}, {"message": "Aviso"}),
        ({"message": "…"}, {"message": "", "photos": [{"sha256": "a"}]}),
    ],
)
def test_this_is_not_ours(shown: dict[str, str], sent: dict[str, Any]):
    by_hand(**shown)
    assert isinstance(channel("facebook").reconcile(lost(**sent)), Absent)


@pytest.mark.parametrize("sent", [{"link": "https://amatista.example/comunicados/8/"}, {}])
def test_the_same_text_with_another_link_proves_nothing(sent: dict[str, str]):
    by_hand(message="Aviso", link=LINK)
    assert isinstance(channel("facebook").reconcile(lost(**sent)), Undecided)


def test_the_same_text_with_another_link_of_another_delivery_is_no_doubt(send: Run):
    send(queue("facebook", PageFactory.create(), {"message": "Aviso", "link": LINK, "photos": []}, "v0"))
    assert isinstance(channel("facebook").reconcile(lost(link=f"{LINK}otra/")), Absent)


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        # Facebook tells a moment later what hangs in a post.
        ({"message": "Aviso"}, {"photos": [{"sha256": "a"}]}),
        # It writes some signs otherwise.
        ({"message": "Aviso: «hoy» a las 11"}, {"message": "Aviso — “hoy”, a las 11 🚧"}),
    ],
)
def test_the_same_words_in_another_shape_prove_nothing(shown: dict[str, str], sent: dict[str, Any]):
    by_hand(**shown)
    assert isinstance(channel("facebook").reconcile(lost(**sent)), Undecided)


def test_photographs_are_counted(send: Run, ask: Run, sandbox: SandboxProcess):
    photos = [attachment(png(number), f"{number}.png", "image/png") for number in range(3)]
    sandbox.fault("graph", "accept_then_drop", match=FEED)
    unknown = send(queue("facebook", PageFactory.create(), {"message": "Aviso", "link": "", "photos": photos}, "v0"))
    assert isinstance(channel("facebook").reconcile(lost(photos=photos[:2])), Absent)
    assert ask(unknown).state == "accepted"


def test_one_post_is_taken_by_one_of_two_that_say_the_same():
    key = by_hand(message="Aviso")
    first, second = lost("v1"), lost("v2")
    way = channel("facebook")
    found, absent = way.reconcile(first), way.reconcile(second)
    assert isinstance(found, Found)
    assert isinstance(absent, Absent)
    assert found.remote_id == key


@pytest.mark.django_db(transaction=True)
def test_one_post_is_taken_once_also_when_both_ask_at_once():
    by_hand(message="Aviso")
    rows = [lost(f"v{number}") for number in range(4)]
    answers = []

    def ask(delivery: Delivery) -> None:
        answers.append(channel("facebook").reconcile(delivery))
        connection.close()

    threads = [threading.Thread(target=ask, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["Absent", "Absent", "Absent", "Found"]


def test_two_posts_are_taken_by_two():
    by_hand(message="Aviso")
    by_hand(message="Otra cosa")
    by_hand(message="Aviso")
    way = channel("facebook")
    found = [way.reconcile(row) for row in (lost("v1"), lost("v2"))]
    assert len({answer.remote_id for answer in found if isinstance(answer, Found)}) == 2


def test_a_post_that_may_be_of_one_that_is_leaving_is_not_taken():
    by_hand(message="Aviso")
    leaving = lost("v2")
    Delivery.objects.filter(pk=leaving.pk).update(state="queued")
    Delivery.objects.filter(pk=leaving.pk).update(state="sending", lease_until=now())
    assert isinstance(channel("facebook").reconcile(lost("v1")), Undecided)


def test_of_two_alike_the_one_of_that_moment_is_ours(sandbox: SandboxProcess):
    sandbox.clock(-5400)
    by_hand(message="Aviso")
    sandbox.clock(0)
    by_hand(message="Otra cosa")
    key = by_hand(message="Aviso")
    found = channel("facebook").reconcile(lost())
    assert isinstance(found, Found)
    assert found.remote_id == key


def test_what_is_older_than_any_clock_s_error_is_not_ours(sandbox: SandboxProcess):
    sandbox.clock(-3 * 3600)
    by_hand(message="Aviso")
    sandbox.clock(0)
    assert isinstance(channel("facebook").reconcile(lost()), Absent)


def test_a_page_of_more_posts_than_are_read_proves_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("social.channels.facebook_look._READ_LIMIT", 100)
    graph = Graph(seed.PAGE_GOVERNMENT_TOKEN)
    for number in range(101):
        graph.post(f"{PAGE}/feed", {"message": f"Otra {number}"})
    graph.close()
    assert isinstance(channel("facebook").reconcile(lost()), Undecided)


def test_a_worker_that_lost_its_claim_takes_nothing():
    by_hand(message="Aviso")
    outdated = lost()
    Delivery.objects.update(fence=outdated.fence + 1)
    with pytest.raises(LeaseLost):
        channel("facebook").reconcile(outdated)
    assert Delivery.objects.get().progress.get("post") is None
