"""Sending a crew, taking in what comes back, describing it."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from agenda.enums import EventState
from agenda.errors import EventCancelled
from commsoffice.accounts.errors import NotAllowed
from commsoffice.audit.queries import entries_about
from commsoffice.files.errors import FileRefused
from commsoffice.files.models import MediaAsset
from coverage import actions
from coverage.errors import AlreadyThere, NobodyOrdered, NotCrew
from coverage.models import CoverageFile
from tests.coverage.factories import NOW, event
from tests.files.samples import Watched, camera_jpeg, mp4, uploaded

pytestmark = pytest.mark.django_db


def jpeg(width=300, name="DSC_4412.JPG"):
    return uploaded(camera_jpeg(width, 200), name)


def test_an_order_has_a_folio_and_a_crew(head_of_press, photographer):
    order = actions.order(
        event(head_of_press),
        crew=[photographer],
        call_time=dt.time(9, 30),
        notes="Mano firmando",
        by=head_of_press,
        now=NOW,
    )

    assert (order.folio, order.call_time, order.notes) == ("OC-2026-0001", dt.time(9, 30), "Mano firmando")
    assert list(order.crew.all()) == [photographer]


def test_a_second_order_changes_the_first(head_of_press, photographer, designer):
    covered = event(head_of_press)
    first = actions.order(covered, crew=[photographer], by=head_of_press, now=NOW)
    second = actions.order(covered, crew=[designer], by=head_of_press, now=NOW)

    assert (second.pk, second.folio) == (first.pk, first.folio)
    assert list(second.crew.all()) == [designer]
    assert [entry.verb for entry in entries_about(second)] == ["coverage.change_order", "coverage.order"]
    assert entries_about(second)[0].changes == {"crew": [[photographer.name], [designer.name]]}


def test_a_photographer_does_not_order(head_of_press, photographer):
    with pytest.raises(NotAllowed):
        actions.order(event(head_of_press), crew=[photographer], by=photographer, now=NOW)


def test_an_order_goes_to_people_who_cover(head_of_press, intern):
    with pytest.raises(NotCrew):
        actions.order(event(head_of_press), crew=[intern], by=head_of_press, now=NOW)


def test_an_order_goes_to_somebody(head_of_press):
    with pytest.raises(NobodyOrdered):
        actions.order(event(head_of_press), crew=[], by=head_of_press, now=NOW)


def test_nobody_is_sent_to_a_cancelled_event(head_of_press, photographer):
    cancelled = event(head_of_press, state=EventState.CANCELLED, cancelled_reason="Lluvia")

    with pytest.raises(EventCancelled):
        actions.order(cancelled, crew=[photographer], by=head_of_press, now=NOW)


def test_a_photo_belongs_to_its_event_and_is_credited(head_of_press, photographer):
    covered = event(head_of_press)

    file = actions.add_file(covered, jpeg(), by=photographer, now=NOW)

    assert (file.event, file.author, file.added_by) == (covered, photographer.name, photographer)
    assert file.asset.uploaded_by == photographer
    assert entries_about(file).get().verb == "coverage.add_file"


def test_a_colleagues_photo_is_credited_to_the_colleague(head_of_press, photographer):
    assert (
        actions.add_file(event(head_of_press), jpeg(), by=photographer, now=NOW, author=" M. Celis ").author
        == "M. Celis"
    )


def test_the_same_file_again_is_not_doubled(head_of_press, photographer):
    covered = event(head_of_press)
    first = actions.add_file(covered, jpeg(), by=photographer, now=NOW)

    with pytest.raises(AlreadyThere) as there:
        actions.add_file(covered, jpeg(name="copy.jpg"), by=photographer, now=NOW)

    assert there.value.existing == first
    assert MediaAsset.objects.count() == 1


def test_the_database_keeps_that_promise(head_of_press, photographer):
    covered = event(head_of_press)
    first = actions.add_file(covered, jpeg(), by=photographer, now=NOW)
    second = actions.add_file(covered, jpeg(310), by=photographer, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        CoverageFile.objects.filter(pk=second.pk).update(sha256=first.sha256)


def test_the_same_file_belongs_to_another_event_or_person_too(head_of_press, photographer, writer):
    covered, other = event(head_of_press), event(head_of_press)
    actions.add_file(covered, jpeg(), by=photographer, now=NOW)
    actions.add_file(other, jpeg(), by=photographer, now=NOW)
    actions.add_file(covered, jpeg(), by=writer, now=NOW)

    assert CoverageFile.objects.count() == 3


def test_a_liaison_uploads_to_the_own_area_only(head_of_press, area_liaison):
    own, other = event(head_of_press, area_key="A13"), event(head_of_press, area_key="A02")

    assert actions.add_file(own, jpeg(), by=area_liaison, now=NOW).added_by == area_liaison
    with pytest.raises(NotAllowed):
        actions.add_file(other, jpeg(), by=area_liaison, now=NOW)


@pytest.mark.parametrize("role", ["intern", "auditor", "monitor", "citizen_desk"])
def test_others_do_not_upload(request, head_of_press, role):
    with pytest.raises(NotAllowed):
        actions.add_file(event(head_of_press), jpeg(), by=request.getfixturevalue(role), now=NOW)

    assert MediaAsset.objects.count() == 0


def originals() -> set[Path]:
    return {path for path in Path(default_storage.path("originals")).rglob("*") if path.is_file()}


def test_of_a_refused_upload_nothing_stays_in_the_storage(head_of_press, intern):
    before = originals()
    with pytest.raises(NotAllowed):
        actions.add_file(event(head_of_press), jpeg(), by=intern, now=NOW)
    assert originals() == before


@pytest.mark.django_db(transaction=True)
def test_a_file_is_read_before_the_transaction_begins(head_of_press, photographer):
    upload = Watched("DSC_4412.JPG", camera_jpeg(300, 200), "image/jpeg")
    added = actions.add_file(event(head_of_press), upload, by=photographer, now=NOW)
    assert (added.asset.size, upload.was_in_transaction) == (upload.size, False)


def test_of_several_the_good_ones_stay(head_of_press, photographer):
    covered = event(head_of_press)
    several = [
        jpeg(),
        uploaded(b"%PDF-1.7", "acta.jpg"),
        uploaded(b"", "VID.MP4"),
        uploaded(mp4(1, size="320x180"), "V.MP4"),
    ]

    outcomes = actions.add_files(covered, several, by=photographer, now=NOW)

    assert [(outcome.name, outcome.file is not None) for outcome in outcomes] == [
        ("DSC_4412.JPG", True), ("acta.jpg", False), ("VID.MP4", False), ("V.MP4", True),
    ]  # fmt: skip
    assert outcomes[1].refusal.startswith("This is a PDF file")
    assert outcomes[2].refusal.startswith("The file is empty")
    assert CoverageFile.objects.filter(event=covered).count() == 2


def test_a_refused_file_leaves_nothing(head_of_press, photographer):
    with pytest.raises(FileRefused):
        actions.add_file(event(head_of_press), uploaded(b"%PDF-1.7", "acta.jpg"), by=photographer, now=NOW)

    assert (CoverageFile.objects.count(), MediaAsset.objects.count()) == (0, 0)


def test_a_writer_puts_a_photo_into_words(head_of_press, photographer, writer):
    file = actions.add_file(event(head_of_press), jpeg(), by=photographer, now=NOW)

    described = actions.describe(
        file, caption="Cuadrilla en El Mirador", alt_text="Dos técnicos en una grúa", author="", by=writer, now=NOW
    )

    assert (described.caption, described.alt_text) == ("Cuadrilla en El Mirador", "Dos técnicos en una grúa")
    assert described.author == photographer.name
    assert entries_about(file)[0].changes["caption"] == ["", "Cuadrilla en El Mirador"]


def test_an_intern_does_not(head_of_press, photographer, intern):
    file = actions.add_file(event(head_of_press), jpeg(), by=photographer, now=NOW)

    with pytest.raises(NotAllowed):
        actions.describe(file, caption="x", alt_text="x", author="", by=intern, now=NOW)
