"""The address of an upload session lets anybody upload in our name: sealed while it is needed, gone afterwards."""

import json
import logging
from collections.abc import Callable
from importlib import import_module

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.db import connection
from pytest_django.fixtures import Settings

from commsoffice.accounts.queries import system_user
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.sandbox import seed
from social.actions import keys
from social.fields import seal, unseal
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now
from tests.social.youtube import LAST, PUT, opened, sessions, video

Run = Callable[[Delivery], Delivery]
seal_sessions = import_module("social.migrations.0004_sealed_sessions").seal_sessions
NEW = Fernet.generate_key().decode()


def stored() -> str:
    """All that the database holds of deliveries and attempts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT progress::text || reason || remote_url || remote_id FROM outbox_delivery")
        rows = [str(row[0]) for row in cursor.fetchall()]
    return " ".join([*rows, *Attempt.objects.values_list("answer", flat=True)])


@pytest.fixture
def stopped(send: Run, sandbox: SandboxProcess) -> Delivery:
    """An upload of which two chunks of six have arrived."""
    sandbox.fault("youtube", "drop_before", match=PUT, skip=2)
    return send(video())


@pytest.fixture
def half_forgotten(settings: Settings, stopped: Delivery) -> Delivery:
    """The same, its key replaced; the account was connected again with the new one."""
    credentials = {"refresh_token": seed.GOOGLE_REFRESH_TOKEN}
    settings.TOKEN_KEYS = [NEW]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE social_profile SET credentials = %s", [seal(json.dumps(credentials))])
    return stopped


def test_it_stands_nowhere_in_the_clear(stopped: Delivery, sandbox: SandboxProcess):
    [session] = sessions(sandbox)
    assert session["id"] not in stored()
    assert session["id"] in (unseal(stopped.progress["session"]) or "")


def test_it_is_forgotten_once_the_video_is_there(stopped: Delivery, send: Run, sandbox: SandboxProcess):
    sent = send(stopped)
    assert (sent.progress["session"], sent.progress["video"], opened(sandbox)) == ("", sent.remote_id, 1)


@pytest.mark.parametrize("fault", ["http_500", "forbidden", "drop_before", "bad_gateway"])
def test_it_is_not_said_when_asking_goes_wrong(
    fault: str, stopped: Delivery, send: Run, sandbox: SandboxProcess, caplog: pytest.LogCaptureFixture
):
    [session] = sessions(sandbox)
    sandbox.fault("youtube", fault, match=PUT)
    with caplog.at_level(logging.DEBUG):
        send(stopped)
    assert session["id"] not in stored() + caplog.text


def test_without_its_key_an_upload_begins_anew(half_forgotten: Delivery, send: Run, sandbox: SandboxProcess):
    sent = send(half_forgotten)
    assert ([made["id"] for made in sandbox.videos()], opened(sandbox)) == ([sent.remote_id], 2)


def test_without_its_key_a_video_that_may_exist_is_looked_for(
    settings: Settings, send: Run, ask: Run, sandbox: SandboxProcess
):
    sandbox.fault("youtube", "accept_then_error", match=PUT, skip=LAST)
    sandbox.fault("youtube", "http_500", match=PUT, skip=LAST)
    unknown = send(video())
    assert unknown.state == "unknown"
    Delivery.objects.update(progress={**unknown.progress, "session": Fernet(NEW).encrypt(b"x").decode()})
    found = ask(unknown)
    assert [made["id"] for made in sandbox.videos()] == [found.remote_id]


def test_keys_are_changed_under_an_upload(settings: Settings, stopped: Delivery, send: Run, sandbox: SandboxProcess):
    settings.TOKEN_KEYS = [NEW, *settings.TOKEN_KEYS]
    assert 1 in keys.places_used()
    done = keys.rotate(by=system_user(), now=now())
    again = keys.rotate(by=system_user(), now=now())
    # The account and the upload.
    assert ((done.written, done.total), again.written, keys.places_used()) == ((2, 2), 0, {0})
    settings.TOKEN_KEYS = [NEW]
    sent = send(Delivery.objects.get(pk=stopped.pk))
    assert ([made["id"] for made in sandbox.videos()], opened(sandbox)) == ([sent.remote_id], 1)


def test_addresses_of_before_are_sealed_or_forgotten(stopped: Delivery, send: Run, sandbox: SandboxProcess):
    address = unseal(stopped.progress["session"])
    old = video(version="v2")
    Delivery.objects.filter(pk=stopped.pk).update(progress={**stopped.progress, "session": address})
    Delivery.objects.filter(pk=old.pk).update(progress={"session": address, "video": "x"})
    seal_sessions(apps, None)
    assert [unseal(row.progress["session"]) for row in Delivery.objects.order_by("pk")] == [address, None]
    assert sessions(sandbox)[0]["id"] not in stored()
    seal_sessions(apps, None)
    assert unseal(Delivery.objects.get(pk=stopped.pk).progress["session"]) == address


def test_an_upload_whose_key_is_lost_holds_no_rotation_up(settings: Settings, half_forgotten: Delivery):
    assert (keys.rotate(by=system_user(), now=now()).written, keys.places_used()) == (0, {0})
