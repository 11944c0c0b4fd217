"""Every verb of a correction from every state, by every role that matters; what is kept, what is sealed."""

from datetime import timedelta
from threading import Barrier, Thread

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.db.utils import IntegrityError, InternalError

from commsoffice.accounts.errors import ActionRefused, NotAllowed, WrongState
from commsoffice.accounts.queries import system_user
from commsoffice.audit.models import Entry
from commsoffice.outbox.models import Delivery
from pressreleases import actions
from pressreleases.enums import CORRECTION_TRANSITIONS, CorrectionState, ReleaseState
from pressreleases.models import Correction, Release, ReplacedText
from pressreleases.queries import content_hash
from tests.pressreleases.factories import CORRECTED_LEAD, NOW, RIGHT, WRONG, all_left, text

S, C = ReleaseState, CorrectionState
NOTES = actions.Notes(WRONG, RIGHT)
VERBS = {
    "write": lambda row, by: actions.write_correction(
        row.release, NOTES, text(lead="Otra."), version=row.version, by=by, now=NOW
    ),
    "submit": lambda row, by: actions.submit_correction(row, by=by, now=NOW),
    "take_back": lambda row, by: actions.take_back_correction(row, by=by, now=NOW),
    "return": lambda row, by: actions.return_correction(row, note="Falta la fuente.", by=by, now=NOW),
    "issue": lambda row, by: actions.issue_correction(row, by=by, now=NOW),
    "discard": lambda row, by: actions.discard_correction(row, by=by, now=NOW),
}
WRITERS = {"writer", "head_of_press", "community_manager", "director"}
# Verb → who may, and from which state to which.
ALLOWED: dict[str, tuple[set[str], dict[CorrectionState, CorrectionState]]] = {
    # Over an issued or a discarded one another is begun.
    "write": (WRITERS, {C.DRAFT: C.DRAFT, C.IN_REVIEW: C.IN_REVIEW, C.ISSUED: C.DRAFT, C.DISCARDED: C.DRAFT}),
    "submit": (WRITERS, {C.DRAFT: C.IN_REVIEW}),
    "take_back": (WRITERS, {C.IN_REVIEW: C.DRAFT}),
    "return": ({"director"}, {C.IN_REVIEW: C.DRAFT}),
    "issue": ({"director"}, {C.IN_REVIEW: C.ISSUED}),
    "discard": (WRITERS, {C.DRAFT: C.DISCARDED, C.IN_REVIEW: C.DISCARDED}),
}
ACTORS = ["director", "head_of_press", "writer", "community_manager", "photographer", "intern", "auditor", "monitor"]


@pytest.fixture
def release(make_release):
    return make_release(S.PUBLISHED)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", C)
def test_a_verb_moves_only_as_the_table_says(verb, state, release, make_correction, request):
    row = make_correction(release, state)
    who, moves = ALLOWED[verb]
    by = request.getfixturevalue("head_of_press" if "head_of_press" in who else "director")
    if state in moves:
        assert VERBS[verb](row, by).state == moves[state]
    else:
        with pytest.raises(WrongState):
            VERBS[verb](row, by)
        row.refresh_from_db()
        assert row.state == state


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ACTORS)
def test_only_these_people_may(verb, name, release, make_correction, request):
    who, moves = ALLOWED[verb]
    row = make_correction(release, next(iter(moves)))
    by = request.getfixturevalue(name)
    if name in who:
        VERBS[verb](row, by)
    else:
        before = Entry.objects.count()
        with pytest.raises(NotAllowed):
            VERBS[verb](row, by)
        assert Entry.objects.count() == before


def test_every_move_of_the_table_has_a_verb():
    closed = {C.ISSUED, C.DISCARDED}
    made = {(a, b) for _who, moves in ALLOWED.values() for a, b in moves.items() if a != b and a not in closed}
    assert made == set(CORRECTION_TRANSITIONS)


@pytest.mark.parametrize("state", [S.DRAFT, S.IN_REVIEW, S.APPROVED, S.WITHDRAWN])
def test_only_a_public_text_is_corrected(state, make_release, writer):
    with pytest.raises(WrongState):
        actions.write_correction(make_release(state), NOTES, text(lead="Otra."), version=0, by=writer, now=NOW)


def test_the_public_text_stays_until_it_is_issued(release, make_correction):
    make_correction(release, C.IN_REVIEW)
    before = release.lead
    release.refresh_from_db()
    assert (release.lead, release.version) == (before, release.version)
    assert ReplacedText.objects.count() == 0


def test_issuing_replaces_the_words_and_keeps_folio_and_address(release, make_correction, director):
    address, folio = release.get_absolute_url(), release.folio
    row = make_correction(release, title="El Mirador estrena 184 luminarias", now=NOW + timedelta(hours=2))
    release.refresh_from_db()
    assert (release.lead, release.title) == (CORRECTED_LEAD, "El Mirador estrena 184 luminarias")
    assert (release.get_absolute_url(), release.folio) == (address, folio)
    assert (release.approved_by, release.approved_at) == (director, NOW + timedelta(hours=2))
    assert release.approved_hash == row.approved_hash == content_hash(release)


def test_the_old_text_is_kept_with_its_seal(release, make_correction, director):
    parts, digest = release.text_parts, release.approved_hash
    row = make_correction(release, now=NOW + timedelta(hours=2))
    kept = ReplacedText.objects.get()
    assert (kept.text_parts, kept.approved_hash, kept.approved_by) == (parts, digest, director)
    assert (kept.correction, kept.replaced_at) == (row, NOW + timedelta(hours=2))


def test_what_is_kept_nobody_changes(release, make_correction):
    make_correction(release)
    for change in (
        lambda: ReplacedText.objects.update(lead="Otra."),
        lambda: ReplacedText.objects.all().delete(),
        lambda: Correction.objects.update(note_right="Otra."),
        lambda: Correction.objects.all().delete(),
    ):
        with pytest.raises((InternalError, ProtectedError)), transaction.atomic():
            change()


def test_the_seal_holds_the_notes_too(release, make_correction):
    make_correction(release)
    release.refresh_from_db()
    with pgtrigger.ignore("pressreleases.Correction:over"):
        Correction.objects.update(note_right="Otra cosa")
    assert content_hash(release) != release.approved_hash


def test_a_release_without_corrections_keeps_its_digest(release):
    assert content_hash(release) == release.approved_hash


def test_the_database_refuses_a_move_round_the_verbs(release, make_correction):
    row = make_correction(release, C.DRAFT)
    with pytest.raises(InternalError), transaction.atomic():
        Correction.objects.filter(pk=row.pk).update(state=C.ISSUED)


def test_whoever_wrote_it_does_not_sign_it(release, make_correction, director, writer, head_of_press):
    row = make_correction(release, C.DRAFT)
    own = actions.write_correction(release, NOTES, text(lead="De la directora."), version=1, by=director, now=NOW)
    actions.submit_correction(own, by=writer, now=NOW)
    with pytest.raises(actions.OwnText):
        actions.issue_correction(row, by=director, now=NOW)


def test_whoever_wrote_the_release_does_not_sign_its_correction(release, make_correction, director, writer):
    row = make_correction(release, C.IN_REVIEW)
    Release.objects.filter(pk=release.pk).update(author=director, approved_by=writer, edited_by=director)
    with pytest.raises(actions.OwnText):
        actions.issue_correction(row, by=director, now=NOW)


def test_the_database_knows_that_two_persons_are_needed(release, make_correction, writer):
    row = make_correction(release, C.IN_REVIEW)
    with pytest.raises(IntegrityError, match="correction_two_persons"), transaction.atomic():
        Correction.objects.filter(pk=row.pk).update(
            state=C.ISSUED, approved_by=writer, approved_at=NOW, approved_hash="x"
        )


def test_the_database_allows_one_open_correction(release, make_correction):
    row = make_correction(release, C.DRAFT)
    row.pk = None
    with pytest.raises(IntegrityError, match="correction_one_open"), transaction.atomic():
        row.save(force_insert=True)


def test_a_correction_says_what_was_wrong_and_what_is_right(release, writer):
    with pytest.raises(actions.ReasonMissing):
        actions.write_correction(release, actions.Notes("  ", RIGHT), text(), version=0, by=writer, now=NOW)


@pytest.mark.parametrize("length", [301, 10_000])
def test_a_note_is_short(length, release, writer):
    with pytest.raises(ActionRefused):
        actions.write_correction(release, actions.Notes("x" * length, RIGHT), text(), version=0, by=writer, now=NOW)


def test_a_body_of_ten_thousand_characters_is_corrected(release, make_correction):
    make_correction(release, body=f"<p>{'palabra ' * 1250}</p>")
    release.refresh_from_db()
    assert release.body.count("palabra") == 1250


def test_an_empty_text_cannot_be_submitted(release, make_correction, writer):
    row = make_correction(release, C.DRAFT, body="", lead="")
    with pytest.raises(actions.NotReady):
        actions.submit_correction(row, by=writer, now=NOW)


def test_the_same_form_twice_makes_one(release, make_correction):
    assert make_correction(release, C.DRAFT) == make_correction(release, C.DRAFT)
    assert Correction.objects.count() == 1


def test_nobody_overwrites_anybody(release, make_correction, head_of_press):
    make_correction(release, C.DRAFT)
    with pytest.raises(actions.OldCorrection) as refused:
        actions.write_correction(release, NOTES, text(lead="Otra."), version=0, by=head_of_press, now=NOW)
    assert refused.value.current.lead == CORRECTED_LEAD


def test_what_changed_since_it_was_read_is_not_signed(release, make_correction, head_of_press, director):
    row = make_correction(release, C.IN_REVIEW)
    actions.write_correction(release, NOTES, text(lead="Otra."), version=1, by=head_of_press, now=NOW)
    with pytest.raises(actions.OldCorrection):
        actions.issue_correction(row, by=director, now=NOW, version=1)


def test_an_intern_writes_only_own_drafts(release, make_correction, intern, writer):
    own = actions.write_correction(release, NOTES, text(), version=0, by=intern, now=NOW)
    with pytest.raises(NotAllowed):
        actions.submit_correction(own, by=intern, now=NOW)
    actions.submit_correction(own, by=writer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.write_correction(release, NOTES, text(lead="Otra."), version=1, by=intern, now=NOW)


def test_a_withdrawal_gives_the_open_correction_up(release, make_correction, director):
    row = make_correction(release, C.IN_REVIEW)
    actions.withdraw(release, reason="Una cifra.", by=director, now=NOW)
    row.refresh_from_db()
    assert row.state == C.DISCARDED


def test_a_corrected_text_is_corrected_again(release, make_correction):
    make_correction(release, now=NOW + timedelta(hours=1))
    second = make_correction(release, lead="Son 185.", now=NOW + timedelta(hours=2))
    release.refresh_from_db()
    assert (release.lead, release.approved_hash) == ("Son 185.", second.approved_hash)
    assert list(ReplacedText.objects.values_list("lead", flat=True)) == [text().lead, CORRECTED_LEAD]


def test_a_text_corrected_back_is_sealed_anew(release, make_correction):
    seals = {release.approved_hash}
    for lead in (CORRECTED_LEAD, text().lead):
        seals.add(make_correction(release, lead=lead).approved_hash)
    assert len(seals) == 3


def test_each_verb_leaves_its_line(release, make_correction, director):
    row = make_correction(release, C.IN_REVIEW)
    actions.return_correction(row, note="Falta la fuente.", by=director, now=NOW)
    actions.submit_correction(row, by=row.author, now=NOW)
    actions.issue_correction(row, by=director, now=NOW)
    about = Entry.objects.filter(target_type="pressreleases.release", target_id=str(release.pk))
    verbs = [verb for verb in about.order_by("id").values_list("verb", flat=True) if "correct" in verb]
    assert verbs == [
        "pressreleases.correct",
        "pressreleases.submit_correction",
        "pressreleases.return_correction",
        "pressreleases.submit_correction",
        "pressreleases.issue_correction",
    ]


def test_the_system_signs_nothing_of_its_own(release, make_correction):
    row = actions.write_correction(release, NOTES, text(), version=0, by=system_user(), now=NOW)
    actions.submit_correction(row, by=system_user(), now=NOW)
    with pytest.raises(actions.OwnText):
        actions.issue_correction(row, by=system_user(), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_once_issue_once(make_release, make_correction, director):
    release = make_release(S.PUBLISHED)
    all_left(release)
    row = make_correction(release, C.IN_REVIEW)
    start, ends = Barrier(2), []

    def sign() -> None:
        start.wait()
        try:
            actions.issue_correction(row, by=director, now=NOW)
            ends.append("issued")
        except WrongState:
            ends.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=sign) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["issued", "refused"]
    assert ReplacedText.objects.count() == 1
    assert Delivery.objects.filter(purpose="correction").count() == 3
