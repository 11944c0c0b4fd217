"""The posts of a withdrawn text: a person deletes them there, and says so."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.audit.models import Entry
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from pressreleases import actions, needs
from pressreleases.enums import ReleaseState
from pressreleases.models import TakenDown
from pressreleases.queries import notices, posts_to_mend
from tests.pressreleases.factories import NOW, all_left, bring
from tests.social.factories import PageFactory

S, D = ReleaseState, DeliveryState
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def release(make_release):
    """Published and posted on one page; all of it left."""
    PageFactory()
    row = make_release(S.PUBLISHED, accounts=["R01"])
    all_left(row)
    return row


@pytest.fixture
def withdrawn(release, director):
    return actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)


@pytest.fixture
def post(withdrawn):
    return Delivery.objects.get(channel="facebook")


def page_of(release):
    return reverse("releases:release", args=[release.pk])


def gone(post):
    return reverse("releases:taken_down", args=[post.pk])


def test_who_took_it_down_and_when(post, withdrawn, community_manager):
    row = actions.post_taken_down(post, by=community_manager, now=LATER)
    assert (row.release, row.by, row.at) == (withdrawn, community_manager, LATER)
    (said,) = Entry.objects.filter(verb="pressreleases.post_taken_down")
    assert (said.actor, said.target_id, said.at) == (community_manager, str(post.pk), LATER)


def test_twice_is_once_and_the_first_word_stays(post, community_manager, director):
    first = actions.post_taken_down(post, by=community_manager, now=LATER)
    again = actions.post_taken_down(post, by=director, now=LATER + timedelta(hours=1))
    assert (again, again.by, TakenDown.objects.count()) == (first, community_manager, 1)
    assert Entry.objects.filter(verb="pressreleases.post_taken_down").count() == 1


@pytest.mark.parametrize("role", ["writer", "photographer", "monitor", "intern", "auditor", "administrator"])
def test_others_may_not_say_so(role, post, request):
    with pytest.raises(NotAllowed):
        actions.post_taken_down(post, by=request.getfixturevalue(role), now=LATER)
    assert TakenDown.objects.count() == 0


def test_what_is_public_is_not_taken_down(release, community_manager):
    with pytest.raises(WrongState):
        actions.post_taken_down(Delivery.objects.get(channel="facebook"), by=community_manager, now=LATER)


def test_a_mail_is_no_post(withdrawn, community_manager):
    for row in Delivery.objects.exclude(channel="facebook"):
        with pytest.raises(WrongState):
            actions.post_taken_down(row, by=community_manager, now=LATER)


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        (D.ACCEPTED, True),
        (D.CONFIRMED, True),
        (D.UNKNOWN, True),
        (D.SCHEDULED, True),
        (D.SENDING, False),
        (D.REJECTED, False),
        (D.CANCELLED, False),
    ],
)
def test_only_what_is_there_or_may_be(state, stands, make_release, director, community_manager):
    PageFactory()
    release = make_release(S.PUBLISHED, accounts=["R01"])
    bring(Delivery.objects.get(channel="facebook"), state)
    actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    post = Delivery.objects.get(channel="facebook")
    if stands:
        actions.post_taken_down(post, by=community_manager, now=LATER)
    else:
        with pytest.raises(WrongState):
            actions.post_taken_down(post, by=community_manager, now=LATER)
    assert TakenDown.objects.exists() == stands


def test_the_word_is_kept_for_ever(post, community_manager):
    row = actions.post_taken_down(post, by=community_manager, now=LATER)
    with pytest.raises(DatabaseError):
        TakenDown.objects.filter(pk=row.pk).update(at=NOW)


def test_the_notice_says_who_has_not_confirmed_and_which_post_still_stands(post, withdrawn, community_manager):
    (before,) = notices(withdrawn, now=LATER)
    assert (before.is_withdrawal, before.missing, before.total) == (True, 4, 4)
    actions.post_taken_down(post, by=community_manager, now=LATER)
    (after,) = notices(withdrawn, now=LATER)
    assert (after.missing, after.total) == (3, 4)
    last = after.receipts[-1]
    assert (last.delivery, last.confirmed_at, last.how) == (post, LATER, community_manager.name)
    assert posts_to_mend(withdrawn, now=LATER) == []


def test_a_text_that_nobody_got_but_a_network_has_its_notice_too(make_release, director):
    PageFactory()
    release = make_release(S.PUBLISHED, accounts=["R01"], lists=[])
    all_left(release)
    withdrawn = actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    (notice,) = notices(withdrawn, now=LATER)
    assert (notice.is_withdrawal, notice.at, notice.missing) == (True, LATER, 1)


def test_a_correction_still_asks_nothing_of_a_post(release, make_correction):
    make_correction(release)
    (notice,) = notices(release, now=LATER)
    assert "facebook" not in {receipt.delivery.channel for receipt in notice.receipts}


def test_the_need_is_on_the_desk_until_it_is_gone(post, withdrawn, community_manager, head_of_press, writer):
    for person in (community_manager, head_of_press):
        (need,) = needs.to_take_down(person, LATER)
        assert (need.title, need.verb.url) == (str(withdrawn), f"{page_of(withdrawn)}#posts")
        assert post.recipient_name in need.text
    assert needs.to_take_down(writer, LATER) == []
    actions.post_taken_down(post, by=community_manager, now=LATER)
    assert needs.to_take_down(community_manager, LATER) == []


def test_the_need_counts_a_release_and_its_correction(release, make_correction, director, community_manager):
    make_correction(release)
    all_left(release)
    actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    (need,) = needs.to_take_down(community_manager, LATER)
    assert "2" in need.text


def test_nothing_is_needed_for_what_is_public(release, community_manager):
    assert needs.to_take_down(community_manager, LATER) == []


def test_from_the_page_in_one_tap(client, post, withdrawn, community_manager):
    client.force_login(community_manager)
    assert f'action="{gone(post)}"' in client.get(page_of(withdrawn)).content.decode()
    response = client.post(gone(post), follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [(page_of(withdrawn), 302)]
    assert community_manager.name in html
    assert gone(post) not in html


def test_a_reader_sees_it_without_the_button(client, post, withdrawn, auditor):
    client.force_login(auditor)
    html = client.get(page_of(withdrawn)).content.decode()
    assert 'id="posts"' in html
    assert gone(post) not in html
    assert client.post(gone(post)).status_code == 403


def test_the_page_costs_the_same_whatever_the_posts(client, make_release, make_correction, director, community_manager):
    PageFactory()
    client.force_login(community_manager)
    counts = []
    for corrections in (1, 3):
        release = make_release(S.PUBLISHED, accounts=["R01"])
        all_left(release)
        for number in range(corrections):
            make_correction(release, lead=f"Son {number}.", now=NOW + timedelta(hours=number))
            all_left(release)
        actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
        first = Delivery.objects.filter(channel="facebook", subject_id=release.pk).earliest("pk")
        actions.post_taken_down(first, by=community_manager, now=LATER)
        client.get(page_of(release))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(release))
        counts.append(len(queries))
    assert counts[0] == counts[1]
