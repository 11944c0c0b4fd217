"""Who is told of a correction and of a withdrawal: exactly those who have the text, where it went."""

import re
from datetime import timedelta

import pytest

from commsoffice.accounts.errors import WrongState
from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area
from commsoffice.outbox.actions import confirm_receipt, mark_bounced, resend_failed, retry_rejected
from commsoffice.outbox.actions.claim import begin, claim
from commsoffice.outbox.actions.moves import Clock
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go, Refuse
from media_contacts.models import Contact
from pressreleases import actions
from pressreleases.actions.notices import send_correction, send_withdrawal
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.gates import approved_text
from pressreleases.models import Release
from pressreleases.queries import notices, posts_to_mend, whole
from pressreleases.queries.receipts import unconfirmed
from tests.media_contacts.factories import ContactFactory, MediaListFactory
from tests.pressreleases.factories import CORRECTED_LEAD, NOW, RIGHT, WRONG, all_left, bring
from tests.social.factories import ChannelFactory, PageFactory

S, C, D = ReleaseState, CorrectionState, DeliveryState
LATER = NOW + timedelta(hours=3)
HAD = {D.ACCEPTED, D.CONFIRMED, D.UNKNOWN, D.SENDING}
WAITED = {D.QUEUED, D.HELD}
NEVER = {D.REJECTED, D.CANCELLED, D.EXPIRED}


def sent(purpose, channel="email"):
    rows = Delivery.objects.filter(purpose=purpose, channel=channel).exclude(state=D.CANCELLED)
    return sorted(rows.values_list("recipient", flat=True))


def first(channel, **which):
    return Delivery.objects.filter(channel=channel, **which).order_by("pk")[0]


@pytest.fixture
def release(make_release):
    """Published: two by e-mail, one by telephone; all of it left."""
    row = make_release(S.PUBLISHED)
    all_left(row)
    return row


@pytest.fixture
def of_every_state(make_release):
    """Published, with one e-mail in each state that it can be in."""
    states = [*HAD, *WAITED, *NEVER]
    media = MediaListFactory(contacts=[ContactFactory(email=f"{state}@medio.example") for state in states])
    row = make_release(S.PUBLISHED, lists=[media])
    for state in states:
        bring(Delivery.objects.get(recipient=f"{state}@medio.example"), state)
    return row


def test_a_correction_goes_to_exactly_those_who_have_the_wrong_text(of_every_state, make_correction):
    make_correction(of_every_state)
    assert sent(Purpose.CORRECTION) == sorted(f"{state}@medio.example" for state in HAD)


def test_what_still_waited_leaves_with_the_corrected_text(of_every_state, make_correction):
    row = make_correction(of_every_state)
    waited = Delivery.objects.filter(recipient__in=[f"{state}@medio.example" for state in WAITED])
    old = waited.exclude(subject_version=row.approved_hash)
    new = waited.filter(subject_version=row.approved_hash)
    assert set(old.values_list("state", flat=True)) == {D.CANCELLED}
    assert [(each.purpose, CORRECTED_LEAD in each.message.payload["text"]) for each in new] == [("release", True)] * 2


def test_a_withdrawal_goes_to_exactly_those_who_have_the_text(of_every_state, director):
    actions.withdraw(of_every_state, reason="Una cifra.", by=director, now=LATER)
    assert sent(Purpose.WITHDRAWAL) == sorted(f"{state}@medio.example" for state in HAD)
    assert not Delivery.objects.filter(purpose=Purpose.RELEASE, state__in=[*WAITED, D.TO_DO]).exists()


def test_what_a_worker_took_over_and_has_not_begun_never_left(make_release, make_correction):
    release = make_release(S.PUBLISHED)
    claimed = [row for row in claim(NOW, limit=20) if row.channel == "email"]
    with channel("email").session():
        begin(claimed[0], channel("email"), Clock(NOW))
    make_correction(release)
    waited = Delivery.objects.filter(recipient=claimed[1].recipient).exclude(pk=claimed[1].pk)
    assert sent(Purpose.CORRECTION) == [claimed[0].recipient]
    assert list(waited.values_list("purpose", "state")) == [(Purpose.RELEASE, D.QUEUED)]
    # And it doesn't, any more.
    assert begin(claimed[1], channel("email"), Clock(NOW)) is None


def test_mail_that_came_back_never_arrived(release, make_correction):
    bring_back = first("email")
    Delivery.objects.filter(pk=bring_back.pk).update(state=D.REJECTED, bounced_at=NOW)
    make_correction(release)
    assert bring_back.recipient not in sent(Purpose.CORRECTION)


def test_who_says_that_it_arrived_is_told_though_it_came_back(release, make_correction, head_of_press):
    row = first("email")
    Delivery.objects.filter(pk=row.pk).update(state=D.REJECTED, bounced_at=NOW)
    confirm_receipt(row, how="telephone", by=head_of_press, now=NOW)
    make_correction(release)
    assert row.recipient in sent(Purpose.CORRECTION)


def test_what_went_by_hand_is_corrected_by_hand(release, make_correction):
    make_correction(release)
    call = Delivery.objects.get(purpose=Purpose.CORRECTION, channel="telephone")
    assert (call.recipient, call.state, call.expires_at) == ("000 000 0121", D.TO_DO, None)
    for words in (WRONG, RIGHT, CORRECTED_LEAD, release.get_absolute_url()):
        assert words in call.message.payload["text"]


def test_a_call_that_was_not_made_yet_says_the_corrected_text(make_release, make_correction):
    row = make_correction(make_release(S.PUBLISHED))
    old, new = Delivery.objects.filter(channel="telephone").order_by("pk")
    assert (old.state, new.state, new.purpose, new.subject_version) == (
        D.CANCELLED,
        D.TO_DO,
        "release",
        row.approved_hash,
    )
    assert CORRECTED_LEAD in new.message.payload["text"]


def test_a_stale_one_is_not_made_fresh(make_release, make_correction):
    make_correction(make_release(S.PUBLISHED), now=NOW + timedelta(days=5))
    assert sent(Purpose.RELEASE) == []


def test_it_goes_where_the_wrong_text_went(release, make_correction):
    Contact.objects.filter(email="uno@medio.example").update(email="nuevo@medio.example")
    Contact.objects.filter(email="dos@medio.example").update(unsubscribed_at=NOW, is_active=False)
    make_correction(release)
    assert sent(Purpose.CORRECTION) == ["dos@medio.example", "uno@medio.example"]


def test_a_recipient_keeps_his_reference_and_his_marks(release, make_correction):
    make_correction(release)
    old, new = (first("email", purpose=purpose) for purpose in (Purpose.RELEASE, Purpose.CORRECTION))
    assert (new.recipient_ref, new.recipient_name, new.personal) == (
        old.recipient_ref,
        old.recipient_name,
        old.personal,
    )


def test_who_got_it_at_two_addresses_is_told_at_both(release, make_correction):
    row = first("email")
    Delivery.objects.create(
        **{
            field.attname: getattr(row, field.attname)
            for field in Delivery._meta.concrete_fields
            if field.name not in {"id", "key", "recipient"}
        },
        key="again",
        recipient="otro@medio.example",
    )
    make_correction(release)
    assert {"otro@medio.example", row.recipient} <= set(sent(Purpose.CORRECTION))


def resent_by_form(row, person):
    retry_rejected(row, address="nuevo@medio.example", by=person, now=NOW)


def resent_to_all_who_missed_it(row, person):
    Contact.objects.filter(email=row.recipient).update(email="nuevo@medio.example")
    resend_failed(Release.objects.get(), by=person, now=NOW)


@pytest.mark.parametrize("resend", [resent_by_form, resent_to_all_who_missed_it])
def test_who_got_it_by_another_try_is_told_once_where_it_arrived(resend, release, make_correction, head_of_press):
    came_back = first("email")
    Delivery.objects.filter(pk=came_back.pk).update(attempts_made=1)
    mark_bounced(came_back, answer="No such user", status="5.1.1", by=system_user(), now=NOW)
    resend(came_back, head_of_press)
    bring(Delivery.objects.get(recipient="nuevo@medio.example"), D.ACCEPTED)
    make_correction(release)
    told = Delivery.objects.filter(purpose=Purpose.CORRECTION, channel="email")
    assert sent(Purpose.CORRECTION) == ["dos@medio.example", "nuevo@medio.example"]
    assert told.get(recipient="nuevo@medio.example").recipient_ref == came_back.recipient_ref


def test_another_try_that_still_waits_leaves_with_the_corrected_text(release, make_correction, head_of_press):
    came_back = first("email")
    mark_bounced(came_back, answer="No such user", status="5.1.1", by=system_user(), now=NOW)
    resent_by_form(came_back, head_of_press)
    row = make_correction(release)
    (new,) = Delivery.objects.filter(recipient="nuevo@medio.example").exclude(state=D.CANCELLED)
    assert (new.purpose, new.subject_version) == ("release", row.approved_hash)
    assert sent(Purpose.CORRECTION) == ["dos@medio.example"]


def test_an_address_is_one_however_it_is_written(release, make_correction, head_of_press):
    row = first("email")
    mark_bounced(row, answer="No such user", status="5.1.1", by=system_user(), now=NOW)
    retry_rejected(row, address=row.recipient.title(), by=head_of_press, now=NOW)
    bring(Delivery.objects.get(recipient=row.recipient.title()), D.ACCEPTED)
    confirm_receipt(row, how="telephone", by=head_of_press, now=NOW)
    make_correction(release)
    assert sorted(map(str.lower, sent(Purpose.CORRECTION))) == ["dos@medio.example", "uno@medio.example"]


def test_nobody_is_told_twice(release, make_correction, director):
    row = make_correction(release)
    count = Delivery.objects.count()
    with pytest.raises(WrongState):
        actions.issue_correction(row, by=director, now=LATER)
    send_correction(whole(Release.objects.all()).get(pk=release.pk), row, by=director, now=LATER)
    states = Delivery.objects.filter(purpose=Purpose.CORRECTION).values_list("state", flat=True)
    assert (Delivery.objects.count(), sorted(states)) == (count, [D.QUEUED, D.QUEUED, D.TO_DO])


def test_a_withdrawal_is_told_once(release, director):
    actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    count = Delivery.objects.count()
    send_withdrawal(whole(Release.objects.all()).get(pk=release.pk), by=director, now=LATER)
    states = Delivery.objects.filter(purpose=Purpose.WITHDRAWAL).values_list("state", flat=True)
    assert (Delivery.objects.count(), sorted(states)) == (count, [D.QUEUED, D.QUEUED, D.TO_DO])


def test_a_correction_of_a_correction_reaches_all_who_have_either(make_release, make_correction, media):
    release = make_release(S.PUBLISHED)
    bring(Delivery.objects.get(recipient="uno@medio.example"), D.ACCEPTED)  # has the first text
    make_correction(release, now=NOW + timedelta(hours=1))
    # The other one gets the corrected text as a release; the correction for the first still waits.
    bring(Delivery.objects.get(recipient="dos@medio.example", state=D.QUEUED), D.ACCEPTED)
    second = make_correction(release, lead="Son 185.", now=NOW + timedelta(hours=2))
    new = Delivery.objects.filter(channel="email", subject_version=second.approved_hash)
    assert sorted(new.values_list("purpose", "recipient")) == [
        ("correction", "dos@medio.example"),
        ("correction", "uno@medio.example"),
    ]
    first_notice = Delivery.objects.get(purpose="correction", recipient="uno@medio.example", state=D.CANCELLED)
    assert first_notice.subject_version != second.approved_hash


def test_the_posts_are_corrected_from_the_same_accounts(make_release, make_correction):
    PageFactory()
    release = make_release(S.PUBLISHED, accounts=["R01"])
    all_left(release)
    make_correction(release)
    post = Delivery.objects.get(purpose=Purpose.CORRECTION, channel="facebook")
    assert (post.account, post.message.payload["photos"]) == ("R01", [])
    assert RIGHT in post.message.payload["message"]
    assert post.message.payload["link"].endswith(release.get_absolute_url())
    assert posts_to_mend(Release.objects.get(), now=LATER) == []


def test_a_post_that_left_from_an_account_chosen_no_more_is_corrected(make_release, make_correction):
    PageFactory(is_default=False)
    release = make_release(S.PUBLISHED, accounts=["R01"])
    all_left(release)
    PageFactory._meta.model.objects.update(name="Otro nombre")
    make_correction(release)
    assert Delivery.objects.get(purpose=Purpose.CORRECTION, channel="facebook").recipient != "Otro nombre"


def test_a_video_is_mended_by_a_person(make_release, make_correction, writer):
    ChannelFactory()
    release = make_release(S.PUBLISHED)
    Delivery.objects.create(
        key="video",
        purpose=Purpose.RELEASE,
        channel="youtube",
        account="R02",
        recipient="Amatista TV",
        message=first("email").message,
        subject_type="pressreleases.release",
        subject_id=release.pk,
        subject_label=str(release),
        subject_version=release.approved_hash,
        state=D.QUEUED,
        planned_for=NOW,
        not_before=NOW,
        created_at=NOW,
    )
    all_left(release)
    make_correction(release)
    release.refresh_from_db()
    assert [post.account for post in posts_to_mend(release, now=LATER)] == ["R02"]


def test_the_posts_of_a_withdrawn_text_are_listed_and_not_posted_about(make_release, make_correction, director):
    PageFactory()
    release = make_release(S.PUBLISHED, accounts=["R01"])
    all_left(release)
    make_correction(release)
    all_left(release)
    withdrawn = actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    assert not Delivery.objects.filter(purpose=Purpose.WITHDRAWAL, channel="facebook").exists()
    assert [post.purpose for post in posts_to_mend(withdrawn, now=LATER)] == ["release", "correction"]


def test_the_gate_lets_nobody_have_the_wrong_text_any_more(release, make_correction):
    old = first("email")
    make_correction(release)
    assert isinstance(approved_text(old, LATER), Refuse)
    assert approved_text(first("email", purpose=Purpose.CORRECTION), LATER) == Go()


def test_the_gate_stops_a_correction_of_what_was_withdrawn(release, make_correction, director):
    make_correction(release)
    notice = first("email", purpose=Purpose.CORRECTION)
    actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    notice.refresh_from_db()
    assert notice.state == D.CANCELLED
    assert isinstance(approved_text(notice, LATER), Refuse)


def test_the_area_goes_along_for_a_pause(make_release, make_correction, director):
    area = Area.objects.get_or_create(key="A09", defaults={"name": "Protección Civil"})[0]
    release = make_release(S.PUBLISHED, area=area)
    all_left(release)
    make_correction(release)
    actions.withdraw(release, reason="Una cifra.", by=director, now=LATER)
    assert set(Delivery.objects.values_list("area", flat=True)) == {"A09"}


def arrived(sandbox, delivery):
    """The mail as its recipient's server got it."""
    channel("email").send(delivery)
    (mail,) = sandbox.inbox(delivery.recipient)
    assert "{{" not in mail["text"] + mail["html"]
    return mail


def test_the_mail_of_a_release_asks_for_its_receipt(sandbox, release, client):
    row = first("email", purpose=Purpose.RELEASE)
    mail = arrived(sandbox, row)
    (in_text,) = re.findall(r"https?://[^/]+(/acuse/[^\s\"<]+)", mail["text"])
    (in_html,) = re.findall(r"https?://[^/]+(/acuse/[^\s\"<]+)", mail["html"])
    assert [client.get(link).status_code for link in (in_text, in_html)] == [200, 200]
    client.post(in_html)
    row.refresh_from_db()
    assert row.state == D.CONFIRMED


def test_the_mail_of_a_correction(sandbox, release, make_correction):
    make_correction(release, title="El Mirador estrena 184 luminarias")
    mail = arrived(sandbox, first("email", purpose=Purpose.CORRECTION))
    assert mail["subject"].endswith(": El Mirador estrena 184 luminarias")
    for body in (mail["text"], mail["html"]):
        for words in (WRONG, RIGHT, CORRECTED_LEAD, release.get_absolute_url(), "/acuse/"):
            assert words in body


def test_the_mail_of_a_withdrawal_does_not_say_the_text_again(sandbox, release, director):
    actions.withdraw(release, reason="La cifra no era la de la obra.", by=director, now=LATER)
    mail = arrived(sandbox, first("email", purpose=Purpose.WITHDRAWAL))
    assert mail["subject"].endswith(f": {release.title}")
    for body in (mail["text"], mail["html"]):
        assert "La cifra no era la de la obra." in body
        assert "/acuse/" in body
        assert release.lead not in body


def test_script_and_marks_in_a_note_are_harmless_in_the_mail(release, writer, director):
    notes = actions.Notes("<script>alert(1)</script> {{unsubscribe_url}}", "{{confirm_url}}\r\nBcc: x@y.example")
    row = actions.write_correction(
        release, notes, actions.Text("A\r\nBcc: x", lead="l", body="<p>b</p>"), version=0, by=writer, now=NOW
    )
    actions.issue_correction(actions.submit_correction(row, by=writer, now=NOW), by=director, now=NOW)
    payload = first("email", purpose=Purpose.CORRECTION).message.payload
    assert "<script" not in payload["html"]
    assert payload["subject"].endswith(": A Bcc: x")
    assert payload["text"].count("{{confirm_url}}") == payload["text"].count("{{unsubscribe_url}}") == 1


def test_who_has_not_confirmed(release, make_correction, head_of_press):
    make_correction(release)
    one, two = Delivery.objects.filter(purpose=Purpose.CORRECTION, channel="email").order_by("recipient")
    bring(one, D.ACCEPTED)
    bring(two, D.ACCEPTED)
    confirm_receipt(two, how="telephone", by=head_of_press, now=LATER)
    (notice,) = notices(release, now=LATER)
    assert (notice.missing, notice.total, notice.is_withdrawal) == (2, 3, False)
    confirmed = notice.receipts[-1]
    assert (confirmed.delivery.pk, confirmed.confirmed_at, bool(confirmed.how)) == (two.pk, LATER, True)


@pytest.mark.parametrize(("hours", "reminded"), [(47, False), (49, True), (24 * 31, False)])
def test_after_two_days_somebody_calls(hours, reminded, release, make_correction):
    make_correction(release)
    found = unconfirmed(now=NOW + timedelta(hours=hours))
    assert [(row.pk, notice.missing) for row, notice in found] == ([(release.pk, 3)] if reminded else [])
