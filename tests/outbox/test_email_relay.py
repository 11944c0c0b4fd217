"""What the answers of a mail server mean, with and without PIPELINING, and the pace that a domain asks for."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django.fixtures import Settings

from commsoffice.outbox import actions
from commsoffice.outbox.models import Delivery, DomainPace, Message
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, DeliveryFactory, MessageFactory
from tests.outbox.relay import Answer, nothing, relay, url_of
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)


def mails(number: int, domain: str = "valle.example") -> list[Delivery]:
    message: Message = MessageFactory.create(channel="email", payload={"subject": "Hola", "text": "Buen día"})
    return [DeliveryFactory.create(channel="email", message=message, recipient=f"r{n}@{domain}") for n in range(number)]


def saying(line_start: str, words: str, *, times: int = 1) -> Answer:
    """A server that says this so often."""
    left = [times]

    def answer(line: str) -> str | None:
        if line.startswith(line_start) and left[0]:
            left[0] -= 1
            return words
        return None

    return answer


@pytest.mark.parametrize("extension", ["8BITMIME", "PIPELINING"])
@pytest.mark.parametrize(
    ("line", "words", "state"),
    [
        ("MAIL", "550 no", "rejected"),
        ("RCPT", "550 no such user", "rejected"),
        ("DATA", "554 no", "rejected"),
        (".", "554 content", "rejected"),
        ("MAIL", "451 later", "queued"),
        ("RCPT", "452 full", "queued"),
        (".", "451 later", "queued"),
        ("RCPT", "close", "queued"),
        ("RCPT", f"250 {'x' * 9000}", "queued"),
        ("DATA", "close", "queued"),
        (".", "close", "unknown"),
        (".", "200 fine", "accepted"),
        (".", "what?", "unknown"),
        (".", "354 go on", "unknown"),
    ],
)
def test_answer_means_the_same_however_it_is_asked(
    settings: Settings, line: str, words: str, state: str, extension: str
) -> None:
    with relay(saying(line, words), extension) as server:
        settings.EMAIL_URL = url_of(server)
        first, second = mails(2)
        actions.send_due(NOW)
    assert [fresh(first).state, fresh(second).state] == [state, "accepted"]


def test_file_that_cannot_be_read_just_now_leaves_no_doubt(settings: Settings) -> None:
    payload = {"subject": "Hola", "text": "Buen día", "attachments": [{"name": "tests", "filename": "boletin.pdf"}]}
    (Path(default_storage.path("tests"))).mkdir(parents=True, exist_ok=True)
    message: Message = MessageFactory.create(channel="email", payload=payload)
    delivery = DeliveryFactory.create(channel="email", message=message)
    with relay(nothing) as server:
        settings.EMAIL_URL = url_of(server)
        actions.send_due(NOW)
    assert (fresh(delivery).state, server.texts) == ("queued", [])


def test_text_for_nobody_stays_empty(settings: Settings) -> None:
    # A server that says «go on» though it refused the only recipient (RFC 2920).
    with relay(saying("RCPT", "550 no such user"), "PIPELINING") as server:
        settings.EMAIL_URL = url_of(server)
        [one] = mails(1)
        actions.send_due(NOW)
    assert (fresh(one).state, fresh(one).reason, server.texts) == ("rejected", "550 no such user", [b""])


def test_refusal_counts_though_the_door_closes_behind_it(settings: Settings) -> None:
    def answer(line: str) -> str | None:
        return "550 no such user" if line.startswith("RCPT") else "close" if line == "DATA" else None

    with relay(answer, "PIPELINING") as server:
        settings.EMAIL_URL = url_of(server)
        [one] = mails(1)
        actions.send_due(NOW)
    assert fresh(one).state == "rejected"


def test_server_that_greets_with_not_now_puts_the_batch_off(settings: Settings) -> None:
    with relay(lambda line: "421 busy") as server:
        server.extensions = []
        settings.EMAIL_URL = url_of(server)
        settings.EMAIL_TIMEOUT = 2
        settings.EMAIL_ANSWER_TIMEOUT = 2
        two = mails(2)
        actions.send_due(NOW)
    assert [fresh(one).state for one in two] == ["queued", "queued"]


def test_kept_connection_that_the_server_closed_is_opened_anew(settings: Settings) -> None:
    with relay(saying(".", "250 taken; close")) as server:
        settings.EMAIL_URL = url_of(server)
        two = mails(2)
        actions.send_due(NOW)
    assert [fresh(one).state for one in two] == ["accepted", "accepted"]
    assert (server.connections, len(server.texts)) == (2, 2)


@pytest.mark.parametrize("extension", ["8BITMIME", "PIPELINING"])
def test_kept_connection_that_has_carried_enough_is_opened_anew(settings: Settings, extension: str) -> None:
    carried: dict[int, int] = {}

    def one_each(line: str) -> str | None:
        number = server.connections
        if line.startswith("MAIL"):
            carried[number] = carried.get(number, 0) + 1
        return "421 4.7.0 too many messages in this session" if carried.get(number, 0) > 1 else None

    with relay(one_each, extension) as server:
        settings.EMAIL_URL = url_of(server)
        settings.EMAIL_CONNECTIONS = 1
        three = mails(3)
        actions.send_due(NOW)
    assert [fresh(one).state for one in three] == ["accepted"] * 3
    assert (server.connections, len(server.texts)) == (3, 3)


@pytest.mark.parametrize("words", ["421 4.7.28 rate limit exceeded", "450 4.7.1 Too many messages", "452 slow down"])
def test_domain_that_wants_less_waits_alone(settings: Settings, words: str) -> None:
    with relay(saying("RCPT TO:<r0@lento.example>", words)) as server:
        settings.EMAIL_URL = url_of(server)
        slow, other = mails(3, "lento.example"), mails(2, "valle.example")
        actions.send_due(NOW)
    # The second was begun when the first was refused; it was not called either.
    assert [fresh(one).state for one in slow] == ["queued", "queued", "held"]
    assert [line for line in server.lines if "lento" in line] == ["RCPT TO:<r0@lento.example>"]
    assert [fresh(one).state for one in other] == ["accepted", "accepted"]
    assert min(fresh(one).not_before for one in slow) > NOW + timedelta(minutes=4)


def test_domain_that_wanted_less_gets_the_rest_later(settings: Settings) -> None:
    DomainPace.objects.create(domain="lento.example", open_at=NOW + timedelta(minutes=5))
    with relay() as server:
        settings.EMAIL_URL = url_of(server)
        [one] = mails(1, "lento.example")
        actions.send_due(NOW)
        assert fresh(one).state == "held"
        later = NOW + timedelta(minutes=6)
        actions.sweep(later)
        actions.send_due(later)
    assert fresh(one).state == "accepted"


def test_greylisting_is_no_pace(settings: Settings) -> None:
    with relay(saying("RCPT TO:<r0@", "451 4.7.1 Greylisted")) as server:
        settings.EMAIL_URL = url_of(server)
        first, second = mails(2)
        actions.send_due(NOW)
    assert [fresh(first).state, fresh(second).state] == ["queued", "accepted"]


def test_pace_of_the_settings_is_kept(settings: Settings) -> None:
    settings.EMAIL_DOMAIN_RATE = {"*": 0, "lento.example": 2}
    with relay() as server:
        settings.EMAIL_URL = url_of(server)
        slow, other = mails(5, "lento.example"), mails(3, "valle.example")
        actions.send_due(NOW)
    assert [fresh(one).state for one in slow] == ["accepted", "accepted", "held", "held", "held"]
    assert {fresh(one).state for one in other} == {"accepted"}
    # Two a minute: the next two in the next one, the fifth in the one after.
    assert [(fresh(one).not_before - NOW) // timedelta(minutes=1) for one in slow[2:]] == [1, 1, 2]


def test_next_minute_has_room_again(settings: Settings) -> None:
    settings.EMAIL_DOMAIN_RATE = {"*": 1}
    with relay() as server:
        settings.EMAIL_URL = url_of(server)
        two = mails(2)
        actions.send_due(NOW)
        later = NOW + timedelta(minutes=1, seconds=5)
        actions.sweep(later)
        actions.send_due(later)
    assert [fresh(one).state for one in two] == ["accepted", "accepted"]


@pytest.mark.parametrize("most", [1, 2])
def test_server_that_takes_fewer_connections_gets_all_the_same(settings: Settings, most: int) -> None:
    with relay(nothing) as server:
        server.most = most
        settings.EMAIL_URL = url_of(server)
        settings.EMAIL_CONNECTIONS = 4
        forty = mails(40)
        actions.send_due(NOW)
    assert [fresh(one).state for one in forty] == ["accepted"] * 40
    assert len(server.texts) == 40


def test_many_share_a_few_connections(settings: Settings) -> None:
    settings.EMAIL_CONNECTIONS = 3
    with relay(extension="PIPELINING") as server:
        settings.EMAIL_URL = url_of(server)
        mails(60)
        actions.send_due(NOW)
    assert (len(server.texts), server.connections, len(set(server.texts))) == (60, 3, 60)


def test_queue_behind_the_first_is_taken_along(settings: Settings) -> None:
    with relay() as server:
        settings.EMAIL_URL = url_of(server)
        mails(150)
        assert actions.send_due(NOW) == 150
    assert set(Delivery.objects.values_list("state", "attempts_made")) == {("accepted", 1)}


def test_what_stands_between_mails_does_not_wait_for_all_of_them(settings: Settings, other_side: OtherSide) -> None:
    with relay() as server:
        settings.EMAIL_URL = url_of(server)
        mails(30)
        post = DeliveryFactory.create(channel="scripted")
        mails(150)
        taken = [actions.send_due(NOW), actions.send_due(NOW)]
    assert (taken, fresh(post).state) == ([119, 20], "accepted")


def test_limit_is_a_limit(settings: Settings) -> None:
    with relay(nothing) as server:
        settings.EMAIL_URL = url_of(server)
        mails(30)
        assert actions.send_due(timezone.now(), limit=25) == 25
