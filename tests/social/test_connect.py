"""Connecting an account in the browser, and what is needed to begin."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.outbox.actions import sweep
from commsoffice.outbox.models import AccountStop
from commsoffice.sandbox import seed
from social.models import Journey, Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import PageFactory, now, queue
from tests.social.travel import asked, choose, held, leave, travel, words

OTHER = seed.PAGE_PROTECTION_ID

pytestmark = pytest.mark.usefixtures("signed_in")


# --- The whole way ----------------------------------------------------------------------------------


def test_a_page_is_connected_in_the_browser(client: Client, sandbox: SandboxProcess, page: Profile):
    back = travel(client, sandbox, page)
    choice = words(client, back)
    done = choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert [name in choice for name in (seed.PAGE_GOVERNMENT_NAME, seed.PAGE_PROTECTION_NAME)] == [True, True]
    assert (done["Location"], page.state, page.external_id) == (
        f"/mesa/redes/{page.pk}/",
        "connected",
        seed.PAGE_GOVERNMENT_ID,
    )


def test_a_page_of_a_company_is_found_though_the_list_hides_it(client: Client, sandbox: SandboxProcess, page: Profile):
    sandbox.grant_facebook(business=[seed.PAGE_GOVERNMENT_ID, seed.PAGE_PROTECTION_ID])
    travel(client, sandbox, page, accounts=[seed.PAGE_GOVERNMENT_ID])
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert (page.state, page.external_id) == ("connected", seed.PAGE_GOVERNMENT_ID)


def test_what_facebook_says_of_the_token_is_not_needed_for_what_it_lists(
    client: Client, sandbox: SandboxProcess, page: Profile
):
    sandbox.fault("graph", "http_500", match={"path": "/debug_token$"})
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert page.state == "connected"


def test_the_token_is_the_pages_own_and_has_no_end(client: Client, sandbox: SandboxProcess, page: Profile):
    sandbox.revoke_facebook()
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    sandbox.clock(400 * 24 * 3600)
    page.refresh_from_db()
    path = f"/graph/v24.0/me?access_token={page.credentials['access_token']}"
    assert (sandbox.call("GET", path)["id"], list(page.credentials)) == (seed.PAGE_GOVERNMENT_ID, ["access_token"])


def test_a_channel_is_connected_in_the_browser(client: Client, sandbox: SandboxProcess, channel: Profile):
    back = travel(client, sandbox, channel)
    choice = words(client, back)
    choose(client, channel, seed.CHANNEL_ID)
    channel.refresh_from_db()
    assert (seed.CHANNEL_TITLE in choice, channel.state, channel.external_id, list(channel.credentials)) == (
        True,
        "connected",
        seed.CHANNEL_ID,
        ["refresh_token"],
    )


def test_what_waited_goes_on(client: Client, sandbox: SandboxProcess, page: Profile):
    delivery = held(page)
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    delivery.refresh_from_db()
    assert (AccountStop.objects.count(), delivery.not_before <= now()) == (0, True)


def test_a_dead_account_goes_on_by_itself_and_sends_once(client: Client, sandbox: SandboxProcess, send: Any):
    page, other = PageFactory.create(), PageFactory.create(key="R07", external_id=OTHER)
    Profile.objects.filter(pk=other.pk).update(credentials={"access_token": seed.PAGE_PROTECTION_TOKEN})
    sandbox.revoke_facebook("password_changed", seed.PAGE_GOVERNMENT_TOKEN)
    waits = send(queue("facebook", page, {"message": "Hola"}))
    leaves = send(queue("facebook", other, {"message": "Hola"}, version="v2"))
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    sweep(now=now() + timedelta(seconds=1))
    left = send(waits)
    assert (waits.state, leaves.state in {"accepted", "confirmed"}, left.state in {"accepted", "confirmed"}) == (
        "held",
        True,
        True,
    )
    assert [post["message"] for post in sandbox.posts()] == ["Hola"]


def test_who_answers_for_the_account_may_connect_it(client: Client, sandbox: SandboxProcess, make_user: Any):
    owner = make_user(Role.WRITER)
    page = PageFactory.create(state="expired", credentials={}, owner=owner)
    client.force_login(owner)
    travel(client, sandbox, page)
    choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert page.state == "connected"


def test_others_are_not_sent_away(client: Client, writer: User, page: Profile):
    client.force_login(writer)
    assert (client.get(f"/mesa/redes/{page.pk}/conectar/").status_code, Journey.objects.count()) == (403, 0)


def test_facebook_is_asked_for_what_is_needed(client: Client, page: Profile):
    query = asked(leave(client, page))
    assert (query["scope"], query["redirect_uri"], query["client_id"]) == (
        "pages_show_list,pages_manage_posts,pages_read_engagement",
        "http://localhost:8000/mesa/redes/facebook/regreso/",
        seed.APP_ID,
    )


def test_google_is_asked_for_a_permission_that_lasts(client: Client, channel: Profile):
    query = asked(leave(client, channel))
    assert (query["access_type"], query["prompt"], query["code_challenge_method"], len(query["code_challenge"])) == (
        "offline",
        "consent",
        "S256",
        43,
    )


# --- Without an application -------------------------------------------------------------------------


def test_without_an_application_the_page_says_what_to_set(client: Client, settings: Settings, page: Profile):
    settings.FACEBOOK_APP_SECRET = ""
    shown = client.get(f"/mesa/redes/{page.pk}/").content.decode()
    refused = client.get(f"/mesa/redes/{page.pk}/conectar/")
    assert ("FACEBOOK_APP_SECRET" in shown, "FACEBOOK_APP_ID" in shown, 'name="access_token"' in shown) == (
        True,
        False,
        True,
    )
    assert (refused.status_code, Journey.objects.count()) == (409, 0)


def test_a_network_without_a_channel_leads_nowhere(client: Client):
    assert client.get(f"/mesa/redes/{PageFactory.create(network='x').pk}/conectar/").status_code == 409
