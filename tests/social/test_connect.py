"""Connecting an account in the browser, and every way in which it can go wrong."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import gettext
from pytest_django.fixtures import Settings

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.outbox.actions import sweep
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import AccountStop, Delivery
from commsoffice.sandbox import seed
from social import actions
from social.actions import AnotherAccount, CannotConnect, journeys
from social.actions.accounts import another_words
from social.channels import login
from social.models import Journey, Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, PageFactory, now, queue
from tests.social.travel import asked, changed, choose, leave, returned, says, travel, words

OTHER = seed.PAGE_PROTECTION_ID
PERMISSION = "You did not give the permission to %(what)s. Begin again and leave it ticked."
UNUSABLE = "%(network)s gave no answer that can be used. Nothing was connected; begin again."
LASTING = (
    "Google gave no permission that lasts, so the account would stop within the hour. "
    "Nothing was connected; begin again, and accept everything that Google asks."
)
NOTHING_LEFT = "There is nothing to choose from any more: it is kept for ten minutes. Begin again."


@pytest.fixture(autouse=True)
def _signed_in(client: Client, community_manager: User) -> None:
    client.force_login(community_manager)


@pytest.fixture
def page() -> Profile:
    """A page that was never connected."""
    return PageFactory.create(state="manual", credentials={}, external_id="")


@pytest.fixture
def channel() -> Profile:
    """A channel that was never connected."""
    return ChannelFactory.create(state="manual", credentials={}, external_id="")


def held(profile: Profile) -> Delivery:
    """A delivery that waits for its account."""
    delivery = queue(profile.network, profile, {"message": "Hola"} if profile.network == "facebook" else VIDEO)
    moment = now()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.HELD, reason="…", not_before=moment + timedelta(days=1)
    )
    AccountStop.objects.create(channel=profile.network, account=profile.key, kind="expired", since=moment)
    return delivery


VIDEO: dict[str, Any] = {
    "title": "Obra",
    "description": "",
    "tags": [],
    "privacy": "public",
    "video": {"name": "x.mp4", "filename": "x.mp4", "content_type": "video/mp4", "size": 1, "sha256": "0", "alt": ""},
}

# --- The whole way ------------------------------------------------------------------------------------


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


# --- What the person answers --------------------------------------------------------------------------


@pytest.mark.parametrize("network", ["page", "channel"])
def test_the_person_may_say_no(client: Client, sandbox: SandboxProcess, network: str, request: pytest.FixtureRequest):
    profile = request.getfixturevalue(network)
    label = {"page": "Facebook", "channel": "Google"}[network]
    back = travel(client, sandbox, profile, answer="no")
    profile.refresh_from_db()
    assert (
        back["Location"],
        says(words(client, back), "You said no at %(network)s: nothing changed.", network=label),
        profile.state,
        Journey.objects.count(),
    ) == (
        f"/mesa/redes/{profile.pk}/#",
        True,
        "manual",
        0,
    )


def test_no_page_was_ticked(client: Client, sandbox: SandboxProcess, page: Profile):
    back = travel(client, sandbox, page, accounts=["none"])
    assert (
        says(words(client, back), "Facebook named no page: tick the pages that the office may publish on."),
        Journey.objects.count(),
    ) == (True, 0)


@pytest.mark.parametrize(
    ("granted", "what"),
    [
        (["public_profile", "pages_show_list", "pages_read_engagement"], "publish on the page"),
        (["pages_show_list", "pages_manage_posts"], "read back what was published"),
    ],
)
def test_a_permission_that_is_missing_is_said(
    client: Client, sandbox: SandboxProcess, page: Profile, granted: list[str], what: str
):
    back = travel(client, sandbox, page, granted=granted)
    choice, refused = words(client, back), choose(client, page, seed.PAGE_GOVERNMENT_ID)
    page.refresh_from_db()
    assert (says(choice, PERMISSION, what=gettext(what)), refused.status_code, page.state) == (True, 422, "manual")


def test_a_page_on_which_the_person_may_not_publish(client: Client, sandbox: SandboxProcess, page: Profile):
    sandbox.grant_facebook(tasks=["ANALYZE", "MODERATE"])
    back = travel(client, sandbox, page)
    choice, refused = words(client, back), choose(client, page, seed.PAGE_GOVERNMENT_ID)
    assert (
        says(choice, "You may not publish on this page. Whoever manages it at Facebook can allow it."),
        refused.status_code,
    ) == (True, 422)


def test_google_without_all_permissions(client: Client, sandbox: SandboxProcess, channel: Profile):
    upload = "https://www.googleapis.com/auth/youtube.upload"
    back = travel(client, sandbox, channel, granted=[upload])
    assert (
        says(words(client, back), PERMISSION, what=gettext("look after the videos of the channel")),
        Journey.objects.count(),
    ) == (True, 0)


def test_google_without_a_permission_that_lasts(client: Client, sandbox: SandboxProcess, channel: Profile):
    consented = sandbox.consent(changed(leave(client, channel), prompt=""))
    back = client.get(returned(consented))
    channel.refresh_from_db()
    assert (says(words(client, back), LASTING), channel.state) == (True, "manual")


# --- The choice ---------------------------------------------------------------------------------------


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


# --- Bad callbacks ------------------------------------------------------------------------------------


def bad(client: Client, sandbox: SandboxProcess, page: Profile, case: str, other: User) -> Any:
    """Come back in one of the ways that must not count."""
    if case == "nothing":
        return client.get("/mesa/redes/facebook/regreso/")
    consented = returned(sandbox.consent(leave(client, page)))
    if case == "forged":
        return client.get(changed(consented, state=asked(consented)["state"][:-4] + "AAAA"))
    if case == "no state":
        return client.get(changed(consented, state=""))
    if case == "used":
        client.get(consented)
        Journey.objects.update(secrets={})
    if case == "late":
        Journey.objects.update(began_at=now() - journeys.LIFE)
    if case == "forgotten":
        Journey.objects.all().delete()
    if case == "other person":
        client.force_login(other)
    if case == "other browser":
        elsewhere = Client()
        elsewhere.force_login(User.objects.get(pk=client.session["_auth_user_id"]))
        elsewhere.get("/mesa/redes/")
        return elsewhere.get(consented)
    if case == "other network":
        return client.get(consented.replace("facebook", "youtube"))
    return client.get(consented)


@pytest.mark.parametrize(
    "case",
    [
        *("nothing", "forged", "no state", "used", "late", "forgotten"),
        *("other person", "other browser", "other network"),
    ],
)
def test_an_answer_that_does_not_count(
    client: Client, sandbox: SandboxProcess, page: Profile, director: User, case: str
):
    response = bad(client, sandbox, page, case, director)
    page.refresh_from_db()
    assert (response.status_code, response["Location"], page.state) == (302, "/mesa/redes/#", "manual")


def test_a_forged_answer_is_told_in_words(client: Client, sandbox: SandboxProcess, page: Profile, director: User):
    back = bad(client, sandbox, page, "forged", director)
    assert says(words(client, back), str(journeys.JourneyLost.default))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"error": "server_error"}, UNUSABLE),
        ({}, UNUSABLE),
        ({"error": "<b>x</b>", "code": "x"}, UNUSABLE),
        ({"error": "access_denied"}, "You said no at %(network)s: nothing changed."),
    ],
)
def test_an_answer_without_a_code(client: Client, page: Profile, query: dict[str, str], said: str):
    state = asked(leave(client, page))["state"]
    back = client.get("/mesa/redes/facebook/regreso/", {"state": state} | query)
    assert (says(words(client, back), said, network="Facebook"), Journey.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("network", "label", "why"), [("page", "Facebook", "100"), ("channel", "Google", "invalid_grant")]
)
def test_an_invented_code(client: Client, network: str, label: str, why: str, request: pytest.FixtureRequest):
    profile = request.getfixturevalue(network)
    state = asked(leave(client, profile))["state"]
    back = client.get(f"/mesa/redes/{profile.network}/regreso/", {"state": state, "code": "inventado"})
    assert (says(words(client, back), login.not_accepted(label, why)), Journey.objects.count()) == (True, 0)


@pytest.mark.parametrize("fault", ["drop_before", "bad_gateway", "accept_then_drop"])
@pytest.mark.parametrize("service", ["graph", "token", "youtube"])
def test_the_network_does_not_answer(
    client: Client, sandbox: SandboxProcess, service: str, fault: str, request: pytest.FixtureRequest
):
    profile = request.getfixturevalue("page" if service == "graph" else "channel")
    label = "Facebook" if service == "graph" else "Google"
    sandbox.fault(service, fault)
    back = travel(client, sandbox, profile)
    assert (says(words(client, back), login.no_answer(label)), Journey.objects.count()) == (True, 0)


def test_who_is_signed_out_signs_in_without_the_code(client: Client, sandbox: SandboxProcess, page: Profile):
    consented = returned(sandbox.consent(leave(client, page)))
    response = Client().get(consented)
    assert response["Location"] == "/cuenta/entrar/?next=/mesa/redes/"


# --- Without an application ---------------------------------------------------------------------------


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


# --- By hand ------------------------------------------------------------------------------------------


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


# --- Secrets ------------------------------------------------------------------------------------------


def everything_stored() -> str:
    """All that the database holds of a journey: sessions decoded, the audit, the rows as they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM social_journey UNION ALL SELECT credentials FROM social_profile")
        rows = [str(row[0]) for row in cursor.fetchall()]
    entries = [json.dumps(entry.changes) + entry.note + entry.target_label for entry in Entry.objects.all()]
    return "".join([*rows, *entries])


@pytest.mark.parametrize("network", ["page", "channel"])
def test_no_token_is_seen_anywhere(
    client: Client,
    sandbox: SandboxProcess,
    network: str,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
):
    profile = request.getfixturevalue(network)
    caplog.set_level(logging.DEBUG)
    away = client.get(f"/mesa/redes/{profile.pk}/conectar/")
    verifier = str(Journey.objects.get().secrets["verifier"])
    back = client.get(returned(sandbox.consent(away["Location"])))
    offers = Journey.objects.get().secrets["offers"]
    secrets = [verifier, *(value for offer in offers for value in offer["credentials"].values())]
    choice = client.get(back["Location"])
    stored = everything_stored()
    done = choose(client, profile, offers[0]["external_id"])
    page = client.get(done["Location"])
    seen = "".join(
        [
            *(str(answer.headers) for answer in (away, back, choice, done, page)),
            *(answer.content.decode() for answer in (away, back, choice, done, page)),
            json.dumps(dict(client.session.items())),
            stored,
            everything_stored(),
            caplog.text,
        ]
    )
    assert ([secret for secret in secrets if secret in seen], len(secrets) > 1) == ([], True)
    assert seed.APP_SECRET not in seen
    assert seed.GOOGLE_CLIENT_SECRET not in seen


def test_the_code_goes_no_further_than_the_callback(client: Client, sandbox: SandboxProcess, page: Profile):
    consented = returned(sandbox.consent(leave(client, page)))
    back = client.get(consented)
    assert (back.status_code, back["Referrer-Policy"], "no-store" in back["Cache-Control"]) == (
        302,
        "no-referrer",
        True,
    )
    assert asked(consented)["code"] not in back["Location"] + back.content.decode()
