"""What an approval sends, and what may stop it on its way."""

from datetime import timedelta

import pytest
from django.utils.html import escape

from commsoffice.accounts.queries import system_user
from commsoffice.files.models import PublicUse
from commsoffice.outbox.channels.base import Absent, Found, Refused, Sent
from commsoffice.outbox.channels.registry import channel
from commsoffice.outbox.enums import DeliveryState, Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.verdicts import Go, Hold, Refuse
from pressreleases import actions, letters
from pressreleases.enums import ReleaseState
from pressreleases.gates import approved_text
from pressreleases.models import Release
from pressreleases.queries import plan, whole
from pressreleases.queries.story import story
from pressreleases.signals import release_published
from tests.pressreleases.factories import NOW, chosen, photo, text

S = ReleaseState


def loaded(release):
    return whole(Release.objects.all()).get(pk=release.pk)


def test_an_approval_freezes_one_delivery_each(make_release):
    release = make_release(S.APPROVED)
    rows = Delivery.objects.order_by("id").values_list("channel", "recipient", "state", "subject_version")
    assert list(rows) == [
        ("web", release.get_absolute_url(), DeliveryState.QUEUED, release.approved_hash),
        ("email", "uno@medio.example", DeliveryState.QUEUED, release.approved_hash),
        ("email", "dos@medio.example", DeliveryState.QUEUED, release.approved_hash),
        ("telephone", "000 000 0121", DeliveryState.TO_DO, release.approved_hash),
    ]


def test_nothing_leaves_before_the_embargo(make_release):
    until = NOW + timedelta(hours=5)
    make_release(S.APPROVED, embargo_until=until)
    assert set(Delivery.objects.values_list("not_before", flat=True)) == {until}


def test_what_the_network_publishes_by_itself_is_handed_over_before(make_release, settings):
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {
        "facebook": {"CLASS": "tests.pressreleases.scheduling.SchedulingChannel"}
    }
    until = NOW + timedelta(hours=5)
    make_release(S.APPROVED, accounts=["S01", "S02"], embargo_until=until)
    itself, at_its_hour = Delivery.objects.filter(channel="facebook").order_by("account")
    assert (itself.not_before, itself.publish_at) == (NOW, until)
    assert (at_its_hour.not_before, at_its_hour.publish_at) == (until, None)
    assert approved_text(itself, NOW) == Go()
    assert isinstance(approved_text(at_its_hour, NOW), Hold)


@pytest.mark.parametrize(
    ("ahead", "handed_over"), [(timedelta(minutes=15), None), (timedelta(days=40), timedelta(days=11))]
)
def test_an_hour_too_near_or_too_far_for_a_network(ahead, handed_over, make_release, settings):
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {
        "facebook": {"CLASS": "tests.pressreleases.scheduling.SchedulingChannel"}
    }
    make_release(S.APPROVED, accounts=["S01"], embargo_until=NOW + ahead)
    row = Delivery.objects.get(channel="facebook")
    assert (row.not_before, row.publish_at) == (
        (NOW + handed_over, NOW + ahead) if handed_over else (NOW + ahead, None)
    )


def test_the_plan_says_who_and_who_not_and_why(make_release):
    planned = plan(loaded(make_release(S.DRAFT)))
    assert [contact.email for contact in planned.by_email] == ["uno@medio.example", "dos@medio.example"]
    assert planned.by_hand_counts == {"telephone": 1}
    assert [(contact.email, reason.value) for contact, reason in planned.left_out] == [
        ("baja@medio.example", "unsubscribed")
    ]
    assert planned.total == 4


def test_an_account_that_is_gone_is_left_out_by_name(make_release):
    planned = plan(loaded(make_release(S.DRAFT, accounts=["R99"])))
    assert [label for label, _why in planned.accounts_left_out] == ["R99"]


def gate(release, now=NOW):
    return approved_text(Delivery.objects.get(channel="web", subject_id=release.pk), now)


def test_the_gate_lets_the_approved_text_go(make_release):
    assert gate(make_release(S.APPROVED)) == Go()


def test_the_gate_holds_until_the_embargo_ends(make_release):
    until = NOW + timedelta(hours=5)
    verdict = gate(make_release(S.APPROVED, embargo_until=until))
    assert isinstance(verdict, Hold)
    assert verdict.until == until


def test_the_gate_refuses_a_text_changed_round_the_verbs(make_release):
    release = make_release(S.APPROVED)
    Release.objects.filter(pk=release.pk).update(lead="Otra cosa.")
    assert isinstance(gate(release), Refuse)


def test_the_gate_refuses_a_text_that_went_back(make_release, director):
    release = make_release(S.APPROVED)
    actions.stop(release, reason="Espere.", by=director, now=NOW)
    assert isinstance(gate(release), Refuse)


def test_the_gate_refuses_a_withdrawn_text(make_release):
    assert isinstance(gate(make_release(S.WITHDRAWN)), Refuse)


def test_the_gate_minds_only_releases(make_release):
    delivery = Delivery.objects.get(channel="web", subject_id=make_release(S.WITHDRAWN).pk)
    delivery.purpose = Purpose.WITHDRAWAL
    assert approved_text(delivery, NOW) == Go()


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_leaves_the_publication_good(make_release, caplog):
    def fail(**_said):
        raise RuntimeError("deaf")

    release = make_release(S.APPROVED)
    release_published.connect(fail, weak=False, dispatch_uid="test")
    try:
        sent = channel("web").send(Delivery.objects.get(channel="web"))
    finally:
        release_published.disconnect(dispatch_uid="test")
    release.refresh_from_db()
    assert isinstance(sent, Sent)
    assert (release.state, sent.confirmed) == (S.PUBLISHED, True)
    assert [record.levelname for record in caplog.records if record.name == "pressreleases.signals"] == ["ERROR"]


def test_the_web_channel_publishes(make_release, writer, django_capture_on_commit_callbacks):
    heard = []
    release_published.connect(lambda **said: heard.append(said["release_id"]), weak=False, dispatch_uid="test")
    release = make_release(S.APPROVED, photos=[chosen(photo(writer))])
    delivery = Delivery.objects.get(channel="web")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            sent = channel("web").send(delivery)
    finally:
        release_published.disconnect(dispatch_uid="test")
    release.refresh_from_db()
    assert isinstance(sent, Sent)
    assert (release.state, sent.confirmed) == (S.PUBLISHED, True)
    assert sent.remote_url.endswith("/comunicados/2026/bol-2026-0001-el-mirador-estrena-148-luminarias/")
    assert PublicUse.objects.filter(subject_id=release.pk).count() == 1
    assert heard == [release.pk]


def test_the_web_channel_always_knows(make_release):
    release = make_release(S.APPROVED)
    delivery = Delivery.objects.get(channel="web")
    assert channel("web").reconcile(delivery) == Absent()
    actions.publish(release, by=system_user(), now=NOW)
    assert isinstance(channel("web").reconcile(delivery), Found)


def test_the_web_channel_refuses_a_broken_seal(make_release):
    release = make_release(S.APPROVED)
    Release.objects.filter(pk=release.pk).update(lead="Otra cosa.")
    with pytest.raises(Refused):
        channel("web").send(Delivery.objects.get(channel="web"))


def test_a_withdrawal_closes_the_files_and_cancels(make_release, writer):
    release = make_release(S.WITHDRAWN, photos=[chosen(photo(writer))])
    assert PublicUse.objects.filter(subject_id=release.pk).count() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.CANCELLED}


def test_the_mail_carries_text_links_and_photos(make_release, writer):
    asset = photo(writer)
    release = make_release(S.APPROVED, photos=[chosen(asset)])
    mail = letters.payload(loaded(release))
    assert mail["subject"] == release.title
    for words in (release.title.upper(), release.lead, "«Ya se ve», dijo una vecina.", release.get_absolute_url()):
        assert words in mail["text"]
    assert f"/archivos/{asset.token}/full/" in mail["html"]
    assert "{{unsubscribe_url}}" in mail["text"]
    assert "{{unsubscribe_url}}" in mail["html"]
    assert [attachment["alt"] for attachment in mail["attachments"]] == ["Calle con luz nueva"]


def test_photos_too_heavy_for_a_mail_are_only_linked(make_release, writer):
    release = make_release(S.APPROVED, photos=[chosen(photo(writer))])
    mail = letters.payload(loaded(release), limit=10)
    assert mail["attachments"] == []
    assert "/full/" in mail["text"]


def test_what_travels_with_the_mail_can_be_printed(make_release, writer):
    asset = photo(writer, "DSC_4412.JPG", size=(3000, 2000))
    release = make_release(S.APPROVED, photos=[chosen(asset)])
    press = asset.renditions.get(name="press")
    (attached,) = Delivery.objects.filter(channel="email")[0].message.payload["attachments"]
    assert attached == {
        "name": press.file.name,
        "filename": "DSC_4412.jpg",
        "content_type": "image/jpeg",
        "size": press.size,
        "sha256": press.sha256,
        "alt": "Calle con luz nueva",
    }
    assert story(loaded(release)).photos == [attached]


def test_the_first_that_fit_are_attached_and_all_are_linked(make_release, writer):
    assets = [photo(writer, name) for name in ("uno.jpg", "dos.jpg", "tres.jpg")]
    release = make_release(S.APPROVED, photos=[chosen(asset) for asset in assets])
    sizes = [asset.renditions.get(name="press").size for asset in assets]
    mail = letters.payload(loaded(release), limit=sum(sizes) - 1)
    assert [one["filename"] for one in mail["attachments"]] == ["uno.jpg", "dos.jpg"]
    assert mail["text"].count("/full/") == 3
    whole_mail = letters.payload(loaded(release), limit=sum(sizes))
    assert [one["filename"] for one in whole_mail["attachments"]] == ["uno.jpg", "dos.jpg", "tres.jpg"]
    assert mail["text"] != whole_mail["text"]


def test_an_older_photo_travels_as_its_full_jpeg(make_release, writer):
    asset = photo(writer)
    asset.renditions.filter(name="press").delete()
    release = make_release(S.APPROVED, photos=[chosen(asset)])
    (attached,) = letters.payload(loaded(release))["attachments"]
    assert (attached["content_type"], attached["sha256"]) == (
        "image/jpeg",
        asset.renditions.get(name="full").sha256,
    )
    assert story(loaded(release)).photos[0]["content_type"] == "image/webp"


def test_asking_for_the_signature_has_the_copy_for_the_press_made(
    make_release, writer, django_capture_on_commit_callbacks
):
    asset = photo(writer)
    release = make_release(S.DRAFT, photos=[chosen(asset)])
    with django_capture_on_commit_callbacks() as woken:
        actions.submit(release, by=writer, now=NOW)
    actions.take_back(release, by=writer, now=NOW)
    asset.renditions.filter(name="press").delete()
    with django_capture_on_commit_callbacks() as woken_for_it:
        actions.submit(release, by=writer, now=NOW)
    assert len(woken_for_it) == len(woken) + 1


def test_script_and_marks_in_a_text_are_harmless_in_the_mail(make_release):
    title = "<script>alert(1)</script> {{unsubscribe_url}}"
    release = make_release(S.APPROVED, title=title, body="<p>{{name}}</p><script>x</script>")
    mail = letters.payload(loaded(release))
    assert "<script" not in mail["html"]
    assert escape("<script>alert(1)</script>") in mail["html"]
    assert mail["html"].count("{{unsubscribe_url}}") == 1
    assert mail["text"].count("{{name}}") == 1


def test_a_line_break_in_a_title_begins_no_header(make_release):
    release = make_release(S.APPROVED, title="Uno\r\nBcc: otro@medio.example")
    assert letters.payload(loaded(release))["subject"] == "Uno Bcc: otro@medio.example"


def test_deliveries_expire_and_the_newsroom_does_not(make_release):
    make_release(S.APPROVED)
    found = dict(Delivery.objects.values_list("channel", "expires_at"))
    assert found == {"web": None, "email": NOW + timedelta(hours=48), "telephone": NOW + timedelta(hours=24)}


def test_approving_what_changed_since_it_was_read_is_refused(make_release, director, head_of_press, media):
    release = make_release(S.IN_REVIEW)
    read = release.version
    actions.save(release, text(lead="Otra.", lists=[media]), version=read, by=head_of_press, now=NOW)
    with pytest.raises(actions.OldVersion):
        actions.approve(release, by=director, now=NOW, version=read)
