"""What comes back from the network when an account is connected: what a person answered there, and what nobody did."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext

from commsoffice.accounts.models import User
from commsoffice.sandbox import seed
from social.actions import journeys
from social.channels import login
from social.models import Journey, Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import now
from tests.social.travel import asked, changed, choose, leave, returned, says, travel, words

PERMISSION = "You did not give the permission to %(what)s. Begin again and leave it ticked."
UNUSABLE = "%(network)s gave no answer that can be used. Nothing was connected; begin again."
LASTING = (
    "Google gave no permission that lasts, so the account would stop within the hour. "
    "Nothing was connected; begin again, and accept everything that Google asks."
)

pytestmark = pytest.mark.usefixtures("signed_in")


# --- What the person answers ------------------------------------------------------------------------


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


# --- Bad callbacks ----------------------------------------------------------------------------------


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
