"""Changing the keys that the tokens are encrypted with."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.sandbox import seed
from social.models import Journey, Profile
from tests.social.factories import ChannelFactory, PageFactory, now

NEW = Fernet.generate_key().decode()


def run(*arguments: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("rotate_token_keys", *arguments, stdout=said)
    return said.getvalue()


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM social_profile ORDER BY id")
        return [str(row[0]) for row in cursor.fetchall()]


@pytest.fixture
def old(settings: Settings) -> str:
    """Two accounts under an old key, with a new key in front of it."""
    PageFactory.create()
    ChannelFactory.create()
    key: str = settings.TOKEN_KEYS[0]
    settings.TOKEN_KEYS = [NEW, key]
    return key


def test_a_key_is_changed_without_losing_a_token(settings: Settings, old: str):
    said = run()
    settings.TOKEN_KEYS = [NEW]
    tokens = [next(iter(profile.credentials.values())) for profile in Profile.objects.order_by("key")]
    assert (said.splitlines()[0], tokens) == (
        "Encrypted anew with the first key: 2 of 2.",
        [seed.PAGE_GOVERNMENT_TOKEN, seed.GOOGLE_REFRESH_TOKEN],
    )


def test_twice_is_once(old: str):
    run()
    before = stored()
    assert (run().splitlines()[0], stored() == before) == ("Encrypted anew with the first key: 0 of 2.", True)


def test_the_command_says_which_key_may_go(old: str):
    before = run("--look").splitlines()
    assert (before, run().splitlines()[1:]) == (
        ["Key 1 of TOKEN_KEYS writes.", "Key 2 of TOKEN_KEYS is in use."],
        ["Key 1 of TOKEN_KEYS writes.", "Key 2 of TOKEN_KEYS opens nothing any more and may be removed."],
    )


def test_looking_changes_nothing(old: str):
    before = stored()
    run("--look")
    assert stored() == before


def test_no_secret_is_said(old: str):
    said = run() + run("--look")
    assert [secret in said for secret in (old, NEW, seed.PAGE_GOVERNMENT_TOKEN)] == [False] * 3


def test_the_audit_knows_of_each_account_once(old: str):
    run()
    run()
    assert list(Entry.objects.values_list("verb", flat=True)) == ["social.rotate_key"] * 2


def test_a_journey_under_way_survives(settings: Settings, old: str, director: User):
    settings.TOKEN_KEYS = [old]
    page = Profile.objects.get(key="R01")
    Journey.objects.create(profile=page, user=director, browser="x", secrets={"verifier": "v"}, began_at=now())
    settings.TOKEN_KEYS = [NEW, old]
    said = run()
    settings.TOKEN_KEYS = [NEW]
    assert (said.splitlines()[0], Journey.objects.get().secrets) == (
        "Encrypted anew with the first key: 3 of 3.",
        {"verifier": "v"},
    )


@pytest.mark.parametrize("arguments", [(), ("--look",)])
def test_a_lost_key_is_said_plainly(settings: Settings, old: str, arguments: tuple[str, ...]):
    settings.TOKEN_KEYS = [NEW]
    with pytest.raises(CommandError, match="TOKEN_KEYS holds no key"):
        run(*arguments)
