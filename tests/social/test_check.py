"""The daily check: what is dead, what ends, what is missing, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, ngettext
from pytest_django.fixtures import Settings

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.audit.models import Entry
from commsoffice.outbox.models import AccountStop, Delivery
from commsoffice.sandbox import seed
from commsoffice.ui.states import StateKind
from social import actions, needs, tasks
from social.actions import checking
from social.models import Profile
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, PageFactory, now, queue
from tests.social.travel import choose, travel

DAY = timedelta(days=1)


def checked(profile: Profile) -> Profile:
    """Check it, and read it again."""
    checking.check_one(profile.pk, now=now())
    return Profile.objects.get(pk=profile.pk)


@pytest.mark.parametrize("factory", [PageFactory, ChannelFactory])
def test_what_is_well_is_noted_as_checked(factory: Any):
    profile = checked(factory.create())
    assert (profile.state, profile.check_note, profile.expires_at) == ("connected", "", None)
    assert profile.checked_at is not None


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("app_removed", "Whoever connected it took the application's permission back."),
        ("checkpoint", "Facebook asks whoever connected it to sign in there and prove who they are."),
        ("password_changed", "Whoever connected it has changed the password."),
        ("expired_token", "Its time is over."),
    ],
)
def test_a_dead_token_of_a_page_is_seen(sandbox: SandboxProcess, reason: str, why: str):
    page = PageFactory.create()
    sandbox.revoke_facebook(reason)
    page = checked(page)
    assert (page.state, page.check_note) == ("expired", gettext(why))


def test_a_lost_role_is_seen(sandbox: SandboxProcess):
    page = PageFactory.create()
    sandbox.grant_facebook(pages=[seed.PAGE_PROTECTION_ID])
    assert checked(page).state == "expired"


def test_a_permission_taken_back_is_seen_at_google(sandbox: SandboxProcess):
    channel = ChannelFactory.create()
    sandbox.revoke_google()
    assert checked(channel).state == "expired"


def test_without_an_application_the_page_itself_is_asked(sandbox: SandboxProcess, settings: Settings):
    settings.FACEBOOK_APP_ID = ""
    well, page = checked(PageFactory.create(key="R07")).state, PageFactory.create()
    sandbox.revoke_facebook()
    assert (well, checked(page).state) == ("connected", "expired")


def test_a_missing_permission_is_noted(sandbox: SandboxProcess):
    page = PageFactory.create()
    sandbox.grant_facebook(scopes=["pages_show_list", "pages_read_engagement"])
    what = gettext("publish on the page")
    page = checked(page)
    assert (page.state, page.check_note) == ("connected", gettext("Missing permission: %(what)s.") % {"what": what})


def test_the_end_of_a_permission_is_noted(client: Client, community_manager: User, sandbox: SandboxProcess):
    page = PageFactory.create(state="expired")
    sandbox.revoke_facebook()
    client.force_login(community_manager)
    travel(client, sandbox, page)
    choose(client, page, page.external_id)
    page = checked(page)
    assert page.expires_at is not None
    # What a person granted may be read for ninety days.
    assert (page.expires_at - now()).days in {89, 90}


def test_another_channel_is_noted():
    channel = checked(ChannelFactory.create(external_id="UCotro"))
    words = gettext("The permission is not for this channel: connect the account again.")
    assert (channel.state, channel.check_note) == ("connected", words)


@pytest.mark.parametrize(("factory", "service"), [(PageFactory, "graph"), (ChannelFactory, "token")])
@pytest.mark.parametrize("fault", ["drop_before", "accept_then_drop", "bad_gateway", "http_500"])
def test_a_network_that_does_not_answer_proves_nothing(sandbox: SandboxProcess, factory: Any, service: str, fault: str):
    profile = factory.create()
    sandbox.fault(service, fault, times=None)
    profile = checked(profile)
    assert (profile.state, profile.checked_at, profile.check_note) == ("connected", None, "")


def test_a_network_that_cannot_be_reached_proves_nothing(settings: Settings):
    settings.FACEBOOK_GRAPH_URL = settings.GOOGLE_TOKEN_URL = "http://127.0.0.1:9/"
    states = [checked(factory.create()).state for factory in (PageFactory, ChannelFactory)]
    assert states == ["connected", "connected"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("FACEBOOK_APP_SECRET", "Facebook does not take the application's id and secret."),
        ("GOOGLE_CLIENT_SECRET", "Google does not take the application's id and secret."),
    ],
)
def test_a_wrong_secret_of_the_application_is_no_fault_of_the_account(settings: Settings, name: str, sentence: str):
    setattr(settings, name, "otro")
    page = PageFactory.create()
    channel = ChannelFactory.create(credentials={"refresh_token": seed.GOOGLE_REFRESH_TOKEN})
    profile = checked(page if name.startswith("FACEBOOK") else channel)
    assert (profile.state, profile.check_note) == ("connected", gettext(sentence))


def test_a_throttled_account_is_not_asked(sandbox: SandboxProcess):
    page, moment = PageFactory.create(), now()
    AccountStop.objects.create(channel="facebook", account=page.key, kind="throttled", since=moment, until=moment + DAY)
    checking.check_due(now=moment)
    assert sandbox.state()["counts"] == {}


def test_each_account_is_asked_once_a_day(sandbox: SandboxProcess):
    PageFactory.create()
    moment = now()
    counts = [checking.check_due(now=moment + wait) for wait in (timedelta(), timedelta(hours=1), DAY)]
    assert counts == [1, 0, 1]


def test_what_is_posted_by_hand_is_not_asked(sandbox: SandboxProcess):
    PageFactory.create(state="manual", credentials={})
    PageFactory.create(key="R02", state="expired")
    assert (checking.check_due(now=now()), sandbox.state()["counts"]) == (0, {})


def test_the_worker_sweeps(sandbox: SandboxProcess):
    page = PageFactory.create()
    sandbox.revoke_facebook()
    tasks.sweep()
    page.refresh_from_db()
    assert page.state == "expired"


def test_what_was_stopped_on_an_old_word_goes_on_once_a_check_is_well():
    page, moment = PageFactory.create(), now()
    AccountStop.objects.create(channel="facebook", account=page.key, kind="expired", since=moment)
    checked(page)
    assert AccountStop.objects.count() == 0


def test_a_check_says_nothing_of_newer_credentials():
    before = PageFactory.create()
    newer = Profile.objects.get()
    newer.credentials = {"access_token": "otro"}
    newer.save()
    actions.note_check(before, note="", expires_at=None, is_alive=False, by=system_user(), now=now())
    assert Profile.objects.get().state == "connected"


def test_the_audit_knows_what_changed_and_no_more(sandbox: SandboxProcess):
    page = PageFactory.create()
    sandbox.grant_facebook(scopes=["pages_read_engagement"])
    checked(page)
    checked(page)
    assert list(Entry.objects.values_list("verb", flat=True)) == ["social.check"]


def test_no_token_is_in_a_note(sandbox: SandboxProcess, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    profiles = [PageFactory.create(), ChannelFactory.create()]
    sandbox.revoke_facebook()
    sandbox.revoke_google()
    notes = [checked(profile).check_note for profile in profiles]
    text = "".join(notes) + caplog.text + "".join(str(entry.changes) for entry in Entry.objects.all())
    secrets = [seed.PAGE_GOVERNMENT_TOKEN, seed.GOOGLE_REFRESH_TOKEN, seed.APP_SECRET, seed.GOOGLE_CLIENT_SECRET]
    assert ([secret for secret in secrets if secret in text], all(notes)) == ([], True)


# --- Who is told --------------------------------------------------------------------------------------


def test_the_owner_and_the_stand_in_get_an_e_mail_once(director: User, writer: User):
    page = PageFactory.create(owner=director, backup=writer)
    queue("facebook", page, {"message": "Hola"})
    moment = now()
    for _ in range(2):
        actions.expire(page, by=system_user(), now=moment)
    notices = Delivery.objects.filter(channel="email")
    assert (sorted(notices.values_list("recipient", "purpose"))) == sorted(
        [(director.email, "notice"), (writer.email, "notice")]
    )


def test_where_nobody_named_may_connect_it_those_who_manage_are_told_too(director: User, citizen_desk: User):
    actions.expire(PageFactory.create(owner=citizen_desk), by=system_user(), now=now())
    told = {row.recipient for row in Delivery.objects.filter(channel="email")}
    assert told == {director.email, citizen_desk.email}


def test_without_anybody_named_those_who_manage_are_told(director: User, writer: User):
    actions.expire(PageFactory.create(), by=system_user(), now=now())
    assert [row.recipient for row in Delivery.objects.filter(channel="email")] == [director.email]


def test_each_expiry_is_told(director: User):
    page, moment = PageFactory.create(owner=director), now()
    token = {"access_token": seed.PAGE_GOVERNMENT_TOKEN}
    actions.expire(page, by=system_user(), now=moment)
    actions.connect(page, external_id=page.external_id, credentials=token, by=director, now=moment)
    actions.expire(page, by=system_user(), now=moment + timedelta(hours=1))
    assert Delivery.objects.filter(channel="email").count() == 2


def test_the_letter_leads_to_the_account(director: User):
    page = PageFactory.create(owner=director)
    actions.expire(page, by=system_user(), now=now(), why="Error validating access token")
    payload = Delivery.objects.get(channel="email").message.payload
    link = f"http://localhost:8000/mesa/redes/{page.pk}/"
    for body in (payload["text"], payload["html"]):
        assert [part in body for part in (link, page.name, "Error validating access token", "{{name}}")] == [True] * 4
    assert page.name in payload["subject"]


def needed(user: User) -> list[tuple[StateKind, str]]:
    return [(need.kind, need.title) for need in needs.to_connect(user, now=now())]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"state": "expired"}, StateKind.LATE),
        ({"expires_at": now() + timedelta(days=6)}, StateKind.DUE),
        ({"check_note": "Falta un permiso"}, StateKind.BLOCKED),
    ],
)
def test_who_sees_what_waits(make_user: Any, changes: dict[str, Any], kind: StateKind):
    owner, backup, manager, other = (
        make_user(role) for role in (Role.WRITER, Role.DESIGNER, Role.COMMUNITY_MANAGER, Role.MONITOR)
    )
    page = PageFactory.create(owner=owner, backup=backup, **changes)
    assert [needed(user) for user in (owner, backup, manager, other)] == [*([[(kind, str(page))]] * 3), []]


def test_what_ends_in_weeks_waits_for_nobody(community_manager: User):
    PageFactory.create(expires_at=now() + timedelta(days=8))
    assert needed(community_manager) == []


# --- The pages ----------------------------------------------------------------------------------------


def test_the_list_says_what_is_wrong(client: Client, community_manager: User):
    moment = now()
    page = PageFactory.create(check_note="Falta un permiso", checked_at=moment, expires_at=moment + DAY)
    AccountStop.objects.create(
        channel="facebook", account=page.key, kind="throttled", reason="(#32)", since=moment, until=moment + DAY
    )
    client.force_login(community_manager)
    shown = client.get("/mesa/redes/").content.decode()
    assert [word in shown for word in ("Falta un permiso", "(#32)", gettext("Ends soon"))] == [True] * 3


def test_the_list_costs_the_same_whatever_is_wrong(client: Client, community_manager: User):
    client.force_login(community_manager)
    costs = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            moment = now()
            key = f"R{number}"
            ChannelFactory.create(key=key, owner=community_manager, check_note="x", checked_at=moment)
            AccountStop.objects.create(channel="youtube", account=key, kind="expired", since=moment)
        with CaptureQueriesContext(connection) as queries:
            client.get("/mesa/redes/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_checking_from_the_page(client: Client, community_manager: User, sandbox: SandboxProcess):
    page = PageFactory.create()
    client.force_login(community_manager)
    sandbox.revoke_facebook()
    response = client.post(f"/mesa/redes/{page.pk}/revisar/")
    page.refresh_from_db()
    assert (response["Location"], page.state) == (f"/mesa/redes/{page.pk}/", "expired")


def test_the_data_of_an_account_are_changed_by_its_verb(client: Client, community_manager: User, writer: User):
    page = PageFactory.create()
    client.force_login(community_manager)
    data = {
        "name": "Gobierno",
        "kind": "",
        "owner": writer.pk,
        "backup": "",
        "daily_cap": 3,
        "schedules_natively": "on",
    }
    response = client.post(f"/mesa/redes/{page.pk}/datos/", data)
    page.refresh_from_db()
    assert (response.status_code, page.name, page.owner, page.daily_cap, page.schedules_natively, page.is_default) == (
        302,
        "Gobierno",
        writer,
        3,
        True,
        False,
    )
    changes = Entry.objects.get(verb="social.save").changes
    assert sorted(changes["fields"][1]) == ["daily_cap", "is_default", "kind", "name", "owner", "schedules_natively"]


def test_others_read_an_account_and_change_nothing(client: Client, writer: User):
    page = PageFactory.create()
    client.force_login(writer)
    shown = client.get(f"/mesa/redes/{page.pk}/").content.decode()
    posted = client.post(f"/mesa/redes/{page.pk}/", {"external_id": page.external_id, "access_token": "x"})
    codes = [client.get(f"/mesa/redes/{page.pk}/datos/").status_code, posted.status_code]
    page.refresh_from_db()
    assert ("/conectar/" in shown, 'name="access_token"' in shown, codes, page.credentials["access_token"]) == (
        False,
        False,
        [403, 302],
        seed.PAGE_GOVERNMENT_TOKEN,
    )


def test_disconnecting_says_what_waits(client: Client, community_manager: User):
    page = PageFactory.create()
    queue("facebook", page, {"message": "Hola"})
    client.force_login(community_manager)
    shown = client.post(f"/mesa/redes/{page.pk}/desconectar/", follow=True).content.decode()
    words = ngettext(
        "%(n)s delivery waits, held, until the account is connected again or somebody cancels it.",
        "%(n)s deliveries wait, held, until the account is connected again or somebody cancels them.",
        1,
    )
    assert words % {"n": 1} in shown


def test_what_waits_for_a_disconnected_account_is_held_with_a_reason(community_manager: User, send: Any):
    page = PageFactory.create()
    delivery = queue("facebook", page, {"message": "Hola"})
    actions.disconnect(page, by=community_manager, now=now())
    delivery = send(delivery)
    assert (delivery.state, bool(delivery.reason)) == ("held", True)
