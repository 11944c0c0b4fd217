"""Every verb from every state, by every role that matters."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, InternalError

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.queries import system_user
from commsoffice.audit.models import Entry
from pressreleases import actions
from pressreleases.enums import TRANSITIONS, ReleaseState
from pressreleases.models import Release
from tests.pressreleases.factories import NOW, text

S = ReleaseState
VERBS = {
    "save": lambda release, by: actions.save(release, text(lead="Otra."), version=release.version, by=by, now=NOW),
    "choose_files": lambda release, by: actions.choose_files(release, [], version=release.version, by=by, now=NOW),
    "submit": lambda release, by: actions.submit(release, by=by, now=NOW),
    "take_back": lambda release, by: actions.take_back(release, by=by, now=NOW),
    "return": lambda release, by: actions.return_to_writer(release, note="Falta la fuente.", by=by, now=NOW),
    "approve": lambda release, by: actions.approve(release, by=by, now=NOW),
    "stop": lambda release, by: actions.stop(release, reason="Espere.", by=by, now=NOW),
    "publish": lambda release, by: actions.publish(release, by=by, now=NOW),
    "withdraw": lambda release, by: actions.withdraw(release, reason="Una cifra.", by=by, now=NOW),
}
# Verb → who may, and from which state to which.
ALLOWED: dict[str, tuple[set[str], dict[ReleaseState, ReleaseState]]] = {
    "save": (
        {"writer", "head_of_press", "community_manager", "director"},
        {S.DRAFT: S.DRAFT, S.IN_REVIEW: S.IN_REVIEW, S.APPROVED: S.IN_REVIEW},
    ),
    "choose_files": (
        {"writer", "head_of_press", "community_manager", "director"},
        # Choosing what is chosen already changes nothing.
        {S.DRAFT: S.DRAFT, S.IN_REVIEW: S.IN_REVIEW, S.APPROVED: S.APPROVED},
    ),
    "submit": ({"writer", "head_of_press", "community_manager", "director"}, {S.DRAFT: S.IN_REVIEW}),
    "take_back": ({"writer", "head_of_press", "community_manager", "director"}, {S.IN_REVIEW: S.DRAFT}),
    "return": ({"director"}, {S.IN_REVIEW: S.DRAFT}),
    "approve": ({"director"}, {S.IN_REVIEW: S.APPROVED}),
    "stop": ({"director"}, {S.APPROVED: S.IN_REVIEW}),
    "publish": ({"system"}, {S.APPROVED: S.PUBLISHED, S.PUBLISHED: S.PUBLISHED}),
    "withdraw": ({"director", "head_of_press"}, {S.PUBLISHED: S.WITHDRAWN}),
}
ACTORS = [
    "director",
    "head_of_press",
    "writer",
    "community_manager",
    "photographer",
    "intern",
    "administrator",
    "auditor",
    "citizen_desk",
    "system",
]


def actor(name, request):
    return system_user() if name == "system" else request.getfixturevalue(name)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", S)
def test_a_verb_moves_only_as_the_table_says(verb, state, make_release, request):
    release = make_release(state)
    who, moves = ALLOWED[verb]
    by = actor("head_of_press" if "head_of_press" in who else next(iter(who)), request)
    if state in moves:
        assert VERBS[verb](release, by).state == moves[state]
    else:
        with pytest.raises(WrongState):
            VERBS[verb](release, by)
        release.refresh_from_db()
        assert release.state == state


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ACTORS)
def test_only_these_people_may(verb, name, make_release, request):
    who, moves = ALLOWED[verb]
    release = make_release(next(iter(moves)))
    by = actor(name, request)
    # The system may do everything; only the worker acts in its name.
    if name in who or name == "system":
        VERBS[verb](release, by)
    else:
        before = Entry.objects.count()
        with pytest.raises(NotAllowed):
            VERBS[verb](release, by)
        assert Entry.objects.count() == before


def test_every_move_of_the_table_has_a_verb():
    made = {(a, b) for _who, moves in ALLOWED.values() for a, b in moves.items() if a != b}
    assert made == set(TRANSITIONS)


def test_the_database_refuses_a_move_round_the_verbs(make_release):
    release = make_release(S.DRAFT)
    with pytest.raises(InternalError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(state=S.PUBLISHED)


def test_the_author_cannot_approve(make_release, director):
    release = make_release(S.DRAFT)
    own = actions.save(release, text(lead="Dice otra cosa."), version=release.version, by=director, now=NOW)
    submitted = actions.submit(own, by=director, now=NOW)
    with pytest.raises(actions.OwnText):
        actions.approve(submitted, by=director, now=NOW)


def test_the_database_knows_that_two_persons_are_needed(make_release, writer):
    release = make_release(S.APPROVED)
    with pytest.raises(IntegrityError, match="release_two_persons"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(approved_by=writer)


def test_a_folio_never_changes(make_release):
    release = make_release(S.APPROVED)
    with pytest.raises(InternalError, match="a folio never changes"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(folio="BOL-2026-9999")


def test_an_intern_writes_only_own_drafts(make_release, intern):
    own = actions.draft(by=intern, now=NOW, title="Aviso")
    assert actions.save(own, text(), version=own.version, by=intern, now=NOW).title == text().title
    with pytest.raises(NotAllowed):
        actions.save(make_release(S.DRAFT), text(), version=2, by=intern, now=NOW)


def test_a_return_needs_its_reason(make_release, director):
    with pytest.raises(actions.ReasonMissing):
        actions.return_to_writer(make_release(S.IN_REVIEW), note="  ", by=director, now=NOW)


def test_each_verb_leaves_its_line(make_release):
    release = make_release(S.WITHDRAWN)
    about = Entry.objects.filter(target_type="pressreleases.release", target_id=str(release.pk))
    verbs = [verb for verb in about.order_by("id").values_list("verb", flat=True) if verb.startswith("pressreleases.")]
    assert verbs == [
        "pressreleases.draft",
        "pressreleases.save",
        "pressreleases.submit",
        "pressreleases.approve",
        "pressreleases.publish",
        "pressreleases.withdraw",
    ]
