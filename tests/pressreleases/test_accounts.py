"""What a release posts from our accounts on the networks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from commsoffice.outbox.models import Delivery
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.queries import plan, whole
from social.enums import Network, ProfileState
from social.models import Profile
from tests.pressreleases.factories import NOW, chosen, photo

S = ReleaseState


@pytest.fixture
def page(db):
    return Profile.objects.create(
        key="R01",
        network=Network.FACEBOOK,
        name="Gobierno de Amatista",
        external_id="1000",
        state=ProfileState.CONNECTED,
        credentials={"access_token": "x"},
        is_default=True,
    )


@pytest.fixture
def channel_account(db):
    return Profile.objects.create(
        key="R02",
        network=Network.YOUTUBE,
        name="Amatista TV",
        external_id="UC1",
        state=ProfileState.CONNECTED,
        credentials={"client_id": "a", "client_secret": "b", "refresh_token": "c"},
    )


def test_a_page_gets_one_post_with_the_photos(make_release, writer, page):
    photos = [chosen(photo(writer, name)) for name in ("uno.jpg", "dos.jpg")]
    release = make_release(S.APPROVED, accounts=["R01"], photos=photos)
    delivery = Delivery.objects.get(channel="facebook")
    assert (delivery.account, delivery.recipient, delivery.subject_version) == (
        "R01",
        "Gobierno de Amatista",
        release.approved_hash,
    )
    assert len(delivery.message.payload["photos"]) == 2
    assert release.get_absolute_url() in delivery.message.payload["message"]


def test_a_channel_without_a_video_is_left_out_with_its_reason(make_release, channel_account):
    release = make_release(S.DRAFT, accounts=["R02"])
    planned = plan(whole(Release.objects.all()).get(pk=release.pk))
    assert planned.accounts == []
    assert [label for label, _why in planned.accounts_left_out] == ["Amatista TV"]


def test_a_new_text_begins_with_the_default_accounts(writer, page, channel_account):
    from pressreleases import actions
    from tests.pressreleases.factories import NOW

    assert actions.draft(by=writer, now=NOW, title="Uno").accounts == ["R01"]


def test_the_plan_counts_by_network(make_release, page):
    release = make_release(S.DRAFT, accounts=["R01"])
    planned = plan(whole(Release.objects.all()).get(pk=release.pk))
    assert [(label, len(accounts)) for label, accounts in planned.by_network] == [("Facebook", 1)]


@pytest.mark.parametrize("state", [ProfileState.CONNECTED, ProfileState.EXPIRED])
def test_a_draft_starts_with_the_accounts_of_always_even_one_to_connect_again(writer, page, channel_account, state):
    Profile.objects.filter(pk=page.pk).update(state=state)
    assert actions.draft(by=writer, now=timezone.now()).accounts == ["R01"]


def test_the_director_reads_which_account_stays_out_and_why(make_release, page):
    Profile.objects.filter(pk=page.pk).update(state=ProfileState.EXPIRED)
    release = make_release(S.IN_REVIEW, accounts=["R01"])
    planned = plan(whole(Release.objects.all()).get(pk=release.pk))
    assert (planned.accounts, planned.accounts_left_out) == (
        [],
        [("Gobierno de Amatista", str(ProfileState.EXPIRED.label))],
    )


@pytest.mark.parametrize("with_photo", [True, False])
def test_a_post_with_a_link_waits_until_the_page_is_public(make_release, writer, page, with_photo):
    page.schedules_natively = True
    page.save()
    until = NOW + timedelta(hours=5)
    photos = [chosen(photo(writer))] if with_photo else []
    make_release(S.APPROVED, accounts=["R01"], photos=photos, embargo_until=until)
    delivery = Delivery.objects.get(channel="facebook")
    assert bool(delivery.message.payload["link"]) is not with_photo
    assert (delivery.not_before, delivery.publish_at) == ((NOW, until) if with_photo else (until, None))
