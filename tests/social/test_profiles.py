"""Our accounts: their secrets, who may connect them, and their page."""

import json
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext
from pytest_django.fixtures import Settings

from commsoffice.accounts.enums import Role
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.models import Entry
from commsoffice.sandbox import seed
from social import actions
from social.actions import CannotConnect
from social.enums import Network
from social.models import Profile
from social.queries import choices
from tests.outbox.factories import DeliveryFactory
from tests.social.factories import ChannelFactory, PageFactory, now

TOKEN = seed.PAGE_GOVERNMENT_TOKEN


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM social_profile")
        return str(cursor.fetchone()[0])


def test_credentials_are_cipher_at_rest():
    PageFactory.create()
    assert (TOKEN in stored(), stored().startswith("gAAAA")) == (False, True)


def test_credentials_come_back_whole():
    PageFactory.create()
    assert Profile.objects.get().credentials == {"access_token": TOKEN}


def test_keys_can_be_rotated(settings: Settings):
    PageFactory.create()
    old = settings.TOKEN_KEYS
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *old]
    profile = Profile.objects.get()
    profile.save()
    settings.TOKEN_KEYS = settings.TOKEN_KEYS[:1]
    assert Profile.objects.get().credentials == {"access_token": TOKEN}


def test_a_lost_key_is_said_plainly(settings: Settings):
    PageFactory.create()
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ImproperlyConfigured, match="TOKEN_KEYS"):
        Profile.objects.get()


def test_credentials_do_not_leave_by_serialisation():
    assert TOKEN not in serializers.serialize("json", [PageFactory.create()])


def test_connecting_keeps_only_what_is_needed(community_manager: User):
    profile = PageFactory.create(state="manual", credentials={})
    given = {"access_token": TOKEN, "more": "x"}
    actions.connect(profile, external_id=profile.external_id, credentials=given, by=community_manager, now=now())
    profile.refresh_from_db()
    assert (profile.state, profile.credentials) == ("connected", {"access_token": TOKEN})


def test_the_audit_never_says_with_what(community_manager: User):
    profile = ChannelFactory.create()
    given = {"refresh_token": "1//secreto", "client_id": "a", "client_secret": "b-secreto"}
    actions.connect(profile, external_id=profile.external_id, credentials=given, by=community_manager, now=now())
    entry = Entry.objects.get(verb="social.connect")
    assert "secreto" not in json.dumps(entry.changes) + entry.note + entry.target_label


def test_half_credentials_connect_nothing(community_manager: User):
    with pytest.raises(CannotConnect):
        actions.connect(
            ChannelFactory.create(), external_id="UC1", credentials={"client_id": "a"}, by=community_manager, now=now()
        )


def test_a_network_without_channel_is_not_connected(community_manager: User):
    profile = PageFactory.create(network="x", state="manual")
    with pytest.raises(CannotConnect):
        actions.connect(profile, external_id="1", credentials={}, by=community_manager, now=now())


def test_disconnecting_throws_the_secrets_away(community_manager: User):
    actions.disconnect(PageFactory.create(), by=community_manager, now=now())
    profile = Profile.objects.get()
    assert (profile.state, profile.credentials) == ("manual", {})


@pytest.mark.parametrize("verb", ["connect", "disconnect"])
def test_who_may(verb: str, make_user: Callable[..., User]):
    profile = PageFactory.create()
    may = set()
    for role in Role:
        by = make_user(role)
        try:
            if verb == "connect":
                actions.connect(
                    profile, external_id=profile.external_id, credentials={"access_token": "t"}, by=by, now=now()
                )
            else:
                actions.disconnect(profile, by=by, now=now())
        except NotAllowed:
            continue
        may.add(role)
    assert may == {Role.DIRECTOR, Role.COMMUNITY_MANAGER}


def test_the_page_costs_the_same_with_one_account_and_with_three(client: Client, community_manager: User):
    client.force_login(community_manager)
    costs = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            PageFactory.create(key=f"R{number}", owner=community_manager, backup=community_manager)
        with CaptureQueriesContext(connection) as queries:
            client.get("/mesa/redes/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_no_page_shows_a_secret(client: Client, community_manager: User):
    profile = PageFactory.create()
    client.force_login(community_manager)
    pages = [client.get(url).content.decode() for url in ("/mesa/redes/", f"/mesa/redes/{profile.pk}/")]
    assert [TOKEN in page for page in pages] == [False, False]


def test_connecting_by_the_page(client: Client, community_manager: User):
    profile = PageFactory.create(state="expired", credentials={})
    client.force_login(community_manager)
    data = {"external_id": seed.PAGE_GOVERNMENT_ID, "access_token": TOKEN}
    response = client.post(f"/mesa/redes/{profile.pk}/", data)
    profile.refresh_from_db()
    assert (response.status_code, profile.state) == (302, "connected")


def test_a_wrong_form_never_repeats_the_secret(client: Client, community_manager: User):
    profile = PageFactory.create(state="expired", credentials={})
    client.force_login(community_manager)
    page = client.post(f"/mesa/redes/{profile.pk}/", {"external_id": "", "access_token": TOKEN})
    assert (page.status_code, TOKEN in page.content.decode()) == (422, False)


def form_of(client: Client, profile: Profile) -> dict[str, object]:
    page = client.get(reverse("admin:social_profile_change", args=[profile.pk]))
    return {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}


def test_the_admin_changes_an_account_by_its_verb(client: Client, director: User):
    profile = PageFactory.create()
    client.force_login(director)
    data = form_of(client, profile) | {"name": "Otro nombre", "network": "youtube", "key": "R99"}
    client.post(reverse("admin:social_profile_change", args=[profile.pk]), data)
    kept = Profile.objects.get()
    entry = Entry.objects.get(verb="social.save")
    assert (kept.name, kept.key, kept.network, kept.credentials) == (
        "Otro nombre",
        profile.key,
        profile.network,
        profile.credentials,
    )
    assert (entry.actor, entry.changes) == (director, {"fields": [[], ["name"]]})


def test_saving_an_account_takes_nothing_back_that_happened_meanwhile(director: User):
    profile = PageFactory.create()
    actions.expire(profile, by=director, now=now())
    profile.name = "Otro nombre"
    actions.save(profile, changed=["name"], by=director, now=now())
    assert (Profile.objects.get().name, Profile.objects.get().state) == ("Otro nombre", "expired")


def test_others_save_no_account(writer: User):
    with pytest.raises(NotAllowed):
        actions.save(PageFactory.create(), changed=["name"], by=writer, now=now())


@pytest.mark.parametrize(
    ("network", "address"),
    [
        (Network.FACEBOOK, f"https://red.example/{seed.PAGE_GOVERNMENT_ID}/"),
        (Network.YOUTUBE, f"https://videos.example/{seed.CHANNEL_ID}/"),
    ],
)
def test_a_choice_says_where_it_is_seen(settings: Settings, network: Network, address: str):
    settings.FACEBOOK_PAGES_URL, settings.YOUTUBE_CHANNELS_URL = "https://red.example/", "https://videos.example/"
    PageFactory.create()
    ChannelFactory.create()
    assert [choice.url for choice in choices(network)] == [address]


def test_whoever_has_to_decide_is_led_to_the_page(settings: Settings, client: Client, community_manager: User):
    settings.FACEBOOK_PAGES_URL = "https://red.example/"
    PageFactory.create()
    delivery = DeliveryFactory.create(channel="facebook", account="R01", state="unknown", message__payload={})
    client.force_login(community_manager)
    page = client.get(reverse("outbox:detail", args=[delivery.pk])).content.decode()
    assert f'href="https://red.example/{seed.PAGE_GOVERNMENT_ID}/"' in page


def test_a_network_without_an_account_sends_nothing_and_says_so(client: Client, head_of_press: User) -> None:
    client.force_login(head_of_press)
    senders = {sender.channel: sender for sender in client.get(reverse("outbox:accounts")).context["senders"]}
    assert [senders[channel].why_not for channel in ("facebook", "youtube", "email")] == [
        gettext("No account yet"),
        gettext("No account yet"),
        "",
    ]
