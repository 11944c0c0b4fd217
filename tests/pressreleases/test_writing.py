import threading
import uuid

import pytest
from django.db import connection

from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.queries import system_user
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery
from commsoffice.ui.dates import clock, long_date
from coverage.models import CoverageFile
from media_contacts.models import MediaList
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.models import Release
from pressreleases.queries import content_hash, sittings
from tests.pressreleases.factories import NOW, chosen, photo, release_in, text

S = ReleaseState


def test_a_draft_takes_what_the_event_knows(writer, event, media):
    release = actions.draft(by=writer, now=NOW, event=event)
    assert (release.title, release.area, release.topic) == (event.title, event.area, "Entrega")
    assert release.practical == f"Cancha de El Mirador, {long_date(event.date)}, {clock(event.start_time)}"
    assert list(release.lists.all()) == [media]


def test_the_same_form_twice_makes_one_draft(writer):
    key = uuid.uuid4()
    first = actions.draft(by=writer, now=NOW, title="Uno", key=key)
    assert actions.draft(by=writer, now=NOW, title="Uno", key=key) == first
    assert Release.objects.count() == 1


def test_a_title_too_long_is_refused_in_words(writer):
    with pytest.raises(ActionRefused, match="100"):
        actions.draft(by=writer, now=NOW, title="x" * 10_000)
    assert Release.objects.count() == 0


def test_saving_the_same_changes_nothing(make_release, writer):
    release = make_release(S.DRAFT, lists=[])
    again = actions.save(release, text(), version=release.version, by=writer, now=NOW)
    assert again.version == release.version


def test_an_older_version_is_refused_and_keeps_what_is_there(make_release, writer, head_of_press, media):
    release = make_release(S.DRAFT)
    actions.save(release, text(lead="Dice ella.", lists=[media]), version=release.version, by=head_of_press, now=NOW)
    with pytest.raises(actions.OldVersion) as refusal:
        actions.save(release, text(lead="Dice él.", lists=[]), version=release.version, by=writer, now=NOW)
    assert refusal.value.current.lead == "Dice ella."
    release.refresh_from_db()
    assert release.lead == "Dice ella."
    assert list(release.lists.all()) == [media]


def test_an_edit_of_an_approved_text_goes_back_to_review_and_cancels(make_release, head_of_press, media):
    release = make_release(S.APPROVED)
    folio = release.folio
    changed = actions.save(
        release, text(lead="Otra.", lists=[media]), version=release.version, by=head_of_press, now=NOW
    )
    assert (changed.state, changed.approved_by, changed.approved_at, changed.approved_hash) == (
        S.IN_REVIEW,
        None,
        None,
        "",
    )
    assert changed.folio == folio
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.CANCELLED}


def test_choosing_other_photos_of_an_approved_text_also_goes_back(make_release, writer):
    release = make_release(S.APPROVED)
    changed = actions.choose_files(release, [chosen(photo(writer))], version=release.version, by=writer, now=NOW)
    assert changed.state == S.IN_REVIEW


def test_words_changed_and_changed_back_are_sent_after_the_second_signature(
    make_release, head_of_press, director, media
):
    release = make_release(S.APPROVED)
    for lead in ("Otra.", text().lead):
        release = actions.save(
            release, text(lead=lead, lists=[media]), version=release.version, by=head_of_press, now=NOW
        )
    actions.approve(release, by=director, now=NOW)
    open_ones = Delivery.objects.filter(state__in=[DeliveryState.QUEUED, DeliveryState.TO_DO])
    assert sorted(open_ones.values_list("channel", flat=True)) == ["email", "email", "telephone", "web"]


def test_a_kind_is_fixed_once_it_has_its_folio(make_release, head_of_press):
    release = make_release(S.APPROVED)
    with pytest.raises(ActionRefused, match="folio"):
        actions.save(release, text(kind="notice"), version=release.version, by=head_of_press, now=NOW)


def test_the_credit_comes_from_the_coverage(make_release, writer, photographer, event):
    asset = photo(photographer)
    CoverageFile.objects.create(event=event, asset=asset, author="Efrén Tzompa", added_by=photographer, added_at=NOW)
    release = make_release(S.DRAFT)
    actions.choose_files(release, [actions.FileChoice(asset)], version=release.version, by=writer, now=NOW)
    assert release.files.get().credit == "Efrén Tzompa"


def test_a_photo_without_alternative_text_blocks(make_release, writer):
    release = make_release(S.DRAFT, photos=[chosen(photo(writer), alt_text="")])
    with pytest.raises(actions.NotReady) as refusal:
        actions.submit(release, by=writer, now=NOW)
    assert [check.key for check in refusal.value.missing] == ["alt"]


def test_script_does_not_survive_the_body(make_release):
    release = make_release(S.DRAFT, body='<p onclick="x()">Sí</p><script>alert(1)</script><img src=x onerror=y>')
    assert release.body == "<p>Sí</p>"


HASHED = {
    "title": {"title": "Otro título"},
    "kind": {"kind": "notice"},
    "topic": {"topic": "Salud"},
    "highlights": {"highlights": ["Uno"]},
    "lead": {"lead": "Otra entrada."},
    "body": {"body": "<p>Otro cuerpo.</p>"},
    "practical": {"practical": "Otro dato."},
    "embargo": {"embargo_until": NOW.replace(day=20)},
    "accounts": {"accounts": ["R01"]},
    "lists": {"lists": []},
}


@pytest.mark.parametrize("change", HASHED.values(), ids=HASHED.keys())
def test_the_digest_changes_with_each_part(change, make_release, media):
    release = make_release(S.DRAFT)
    before = content_hash(release)
    for name, value in change.items():
        if name == "lists":
            release.lists.set(value)
        else:
            setattr(release, name, value)
    assert content_hash(release) != before


@pytest.mark.parametrize("change", [{"caption": "Otro pie"}, {"credit": "Otra"}, {"alt_text": "Otro"}, {}])
def test_the_digest_changes_with_the_photos(change, make_release, writer):
    one, two = chosen(photo(writer, "uno.jpg")), chosen(photo(writer, "dos.jpg"))
    release = make_release(S.DRAFT, photos=[one, two])
    before = content_hash(release)
    if change:
        release.files.filter(position=1).update(**change)
    else:
        release.files.filter(position=1).update(position=3)
    assert content_hash(release) != before


def test_the_digest_changes_with_nothing_else(make_release, media):
    release = make_release(S.DRAFT)
    before = content_hash(release)
    release.updated_at, release.returned_note, release.state = NOW.replace(day=30), "x", S.IN_REVIEW
    assert content_hash(Release.objects.get(pk=release.pk)) == before == content_hash(release)


def test_versions_are_told_by_person_and_pause(make_release, head_of_press, media):
    release = make_release(S.DRAFT)
    actions.save(release, text(lead="Otra.", lists=[media]), version=release.version, by=head_of_press, now=NOW)
    assert [sitting.who for sitting in sittings(release)] == ["Nereo Galarza Tut", "Xóchitl Landeta Ocaña"]


@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_give_two_folios_without_a_gap(writer, director):
    MediaList.objects.all().delete()
    releases = [release_in(S.IN_REVIEW, writer=writer, director=director, title=f"Uno {n}") for n in range(4)]
    start = threading.Barrier(len(releases))

    def sign(release):
        start.wait()
        try:
            actions.approve(release, by=director, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=(release,)) for release in releases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = Release.objects.order_by("folio").values_list("folio", flat=True)
    assert list(given) == [f"BOL-2026-{n:04d}" for n in range(1, 5)]


@pytest.mark.django_db(transaction=True)
def test_one_text_signed_twice_at_once_is_signed_once(writer, director):
    release = release_in(S.IN_REVIEW, writer=writer, director=director)
    start = threading.Barrier(2)
    refusals = []

    def sign():
        start.wait()
        try:
            actions.approve(release, by=director, now=NOW)
        except ActionRefused as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
    assert Delivery.objects.filter(channel="web").count() == 1


def test_what_a_citizen_sent_is_in_no_release(make_release, writer):
    release = make_release(S.DRAFT)
    with pytest.raises(NotAllowed):
        actions.choose_files(release, [chosen(photo(system_user()))], version=release.version, by=writer, now=NOW)
    assert release.files.count() == 0
