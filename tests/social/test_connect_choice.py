"""Choosing among what the network offers, and connecting by hand."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from commsoffice.accounts.models import User
from commsoffice.sandbox import seed
from social import actions
from social.actions import AnotherAccount, CannotConnect, journeys
from social.actions.accounts import another_words
from social.models import Journey, Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, now
from tests.social.travel import choose, held, says, travel, words

OTHER = seed.PAGE_PROTECTION_ID
NOTHING_LEFT = "There is nothing to choose from any more: it is kept for ten minutes. Begin again."

pytestmark = pytest.mark.usefixtures("signed_in")


# --- The choice -------------------------------------------------------------------------------------


def test_a_page_of_another_account_is_refused(client: Client, sandbox: SandboxProcess, page: Profile):
    PageFactory.create(key="R07", name="Protección Civil", external_id=OTHER)
    back = travel(client, sandbox, page)
    choice, refused = words(client, back), choose(client, page, OTHER)
    assert (
        says(choice, "It is connected already, as «%(account)s».", account="Protección Civil"),
        refused.status_code,
    ) == (True, 422)


def test_another_page_needs_a_word(client: Client, sandbox: SandboxProcess):
    page = PageFactory.create(state="expired")
    travel(client, sandbox, page)
    refused = choose(client, page, OTHER)
    done = choose(client, page, OTHER, replaces="on")
    page.refresh_from_db()
    assert (refused.status_code, done.status_code, page.external_id) == (422, 302, OTHER)


def test_another_page_is_refused_while_something_waits(client: Client, sandbox: SandboxProcess):
    page = PageFactory.create(state="expired")
    held(page)
    travel(client, sandbox, page)
    refused = choose(client, page, OTHER, replaces="on")
    page.refresh_from_db()
    assert (refused.status_code, another_words(1) in refused.content.decode(), page.external_id) == (
        422,
        True,
        seed.PAGE_GOVERNMENT_ID,
    )


def test_the_same_page_goes_on_while_something_waits(client: Client, sandbox: SandboxProcess):
    page = PageFactory.create(state="expired")
    held(page)
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert page.state == "connected"


@pytest.mark.parametrize("external_id", ["999", "", "x" * 300])
def test_what_the_network_did_not_name(client: Client, sandbox: SandboxProcess, page: Profile, external_id: str):
    travel(client, sandbox, page)
    assert choose(client, page, external_id).status_code == 422


def test_a_choice_is_made_once(client: Client, sandbox: SandboxProcess, page: Profile):
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    again = choose(client, page, OTHER)
    page.refresh_from_db()
    assert (says(words(client, again), NOTHING_LEFT), page.external_id, Journey.objects.count()) == (
        True,
        seed.PAGE_GOVERNMENT_ID,
        0,
    )


def test_the_choice_is_kept_for_ten_minutes(client: Client, sandbox: SandboxProcess, page: Profile):
    travel(client, sandbox, page)
    Journey.objects.update(began_at=now() - journeys.LIFE)
    late = choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert (late.status_code, page.state) == (302, "manual")


def test_what_was_not_chosen_is_dropped_after_ten_minutes(client: Client, sandbox: SandboxProcess, page: Profile):
    travel(client, sandbox, page)
    counts = [journeys.forget(now() + journeys.LIFE - timedelta(seconds=30)), journeys.forget(now() + journeys.LIFE)]
    assert counts == [0, 1]


def test_the_choice_is_of_one_browser(client: Client, sandbox: SandboxProcess, page: Profile, community_manager: User):
    travel(client, sandbox, page)
    elsewhere = Client()
    elsewhere.force_login(community_manager)
    choose(elsewhere, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert page.state == "manual"


# --- By hand ----------------------------------------------------------------------------------------


def test_by_hand_another_page_needs_a_word(client: Client):
    page = PageFactory.create(state="expired")
    data = {"external_id": OTHER, "access_token": "t"}
    codes = [client.post(f"/mesa/redes/{page.pk}/", data | more).status_code for more in ({}, {"replaces": "on"})]
    assert codes == [422, 302]


def test_one_page_is_not_two_accounts(community_manager: User, page: Profile):
    PageFactory.create(key="R07", external_id=OTHER)
    with pytest.raises(CannotConnect):
        actions.connect(page, external_id=OTHER, credentials={"access_token": "t"}, by=community_manager, now=now())


def test_another_page_is_a_refusal_of_the_verb(community_manager: User):
    with pytest.raises(AnotherAccount):
        actions.connect(
            PageFactory.create(), external_id=OTHER, credentials={"access_token": "t"}, by=community_manager, now=now()
        )


def test_by_hand_a_channel_needs_an_application(client: Client, settings: Settings, channel: Profile):
    data = {"external_id": seed.CHANNEL_ID, "refresh_token": seed.GOOGLE_REFRESH_TOKEN}
    app = {"client_id": seed.GOOGLE_CLIENT_ID, "client_secret": seed.GOOGLE_CLIENT_SECRET}
    settings.GOOGLE_CLIENT_ID = ""
    codes = [client.post(f"/mesa/redes/{channel.pk}/", data | more).status_code for more in ({}, app)]
    channel.refresh_from_db()
    assert (codes, sorted(channel.credentials)) == ([422, 302], ["client_id", "client_secret", "refresh_token"])
