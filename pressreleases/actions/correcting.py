"""«Fe de erratas»: correcting a public text in the open."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import ActionRefused, NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from pressreleases import permissions
from pressreleases.actions.locking import locked, locked_correction
from pressreleases.actions.notices import send_correction
from pressreleases.actions.refusals import NotReady, OldCorrection, OwnText, ReasonMissing
from pressreleases.actions.writing import Text, tidied, tidied_caption
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import CAPTION_PARTS, WORDS, Correction, Release, ReleaseFile, ReplacedText
from pressreleases.queries import as_corrected, content_hash, missing, whole
from pressreleases.queries.captions import Captions, captions_of

NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Notes:
    """What the public reads of a correction: short, both required."""

    wrong: str
    right: str


def write_correction(
    release: Release,
    notes: Notes,
    text: Text,
    *,
    version: int,
    by: User,
    now: datetime,
    captions: Captions | None = None,
) -> Correction:
    """Begin the correction of a public text, or change the one that is being written. The public text stays.

    ``version`` is the one that the person read, 0 where there was none; saving what is there already changes
    nothing. Raises ``OldCorrection`` when somebody saved in between. Of ``text`` only the words count, and of
    ``captions`` those of the text's own files; the words of a file that is not among them stay.
    """
    with transaction.atomic():
        public = locked(release)
        row = Correction.objects.select_for_update(of=("self",)).filter(release=public).open().first()
        if not permissions.may_correct(by, row):
            raise NotAllowed
        _public(public)
        values: dict[str, object] = {
            "note_wrong": " ".join(notes.wrong.split()),
            "note_right": " ".join(notes.right.split()),
            **tidied(text),
            "captions": _captions(public, row, captions or {}),
        }
        if row is None:
            row = Correction(release=public, author=by, created_at=now)
            verb, changes = "pressreleases.correct", values
        else:
            verb, changes = "pressreleases.save_correction", {k: v for k, v in values.items() if getattr(row, k) != v}
            if not changes:
                return row
            if row.version != version:
                raise OldCorrection(row)
            row.version += 1
        for name, value in changes.items():
            setattr(row, name, value)
        row.edited_by, row.updated_at = by, now
        _check(row)
        row.save()
        audit.record(public, verb, by=by, now=now, changes={k: [None, _short(v)] for k, v in changes.items()})
    return row


def submit_correction(correction: Correction, *, by: User, now: datetime) -> Correction:
    """Ask for the signature. Raises ``NotReady`` with what the corrected text lacks."""
    with transaction.atomic():
        row = locked_correction(correction)
        if not permissions.may_submit(by):
            raise NotAllowed
        _public(row.release)
        if row.state != CorrectionState.DRAFT:
            raise WrongState(_("It was submitted already."))
        _ready(row)
        row.state = CorrectionState.IN_REVIEW
        row.submitted_by, row.submitted_at = by, now
        row.returned_note = ""
        return _kept(row, "pressreleases.submit_correction", by=by, now=now)


def take_back_correction(correction: Correction, *, by: User, now: datetime) -> Correction:
    """Go on writing a submitted correction."""
    with transaction.atomic():
        row = locked_correction(correction)
        if not permissions.may_submit(by):
            raise NotAllowed
        _in_review(row)
        row.state = CorrectionState.DRAFT
        return _kept(row, "pressreleases.take_back_correction", by=by, now=now)


def return_correction(correction: Correction, *, note: str, by: User, now: datetime) -> Correction:
    """Give it back with the reason in words; the writer finds it under «Hoy»."""
    with transaction.atomic():
        row = locked_correction(correction)
        if not permissions.may_review(by):
            raise NotAllowed
        _in_review(row)
        reason = note.strip()[:NOTE_LENGTH]
        if not reason:
            raise ReasonMissing(_("Write why it goes back, so that the writer knows what to change."))
        row.state = CorrectionState.DRAFT
        row.returned_note = reason
        return _kept(row, "pressreleases.return_correction", by=by, now=now, note=reason)


def discard_correction(correction: Correction, *, by: User, now: datetime) -> Correction:
    """Give it up: the public text stays as it is."""
    with transaction.atomic():
        row = locked_correction(correction)
        if not permissions.may_discard(by, row):
            raise NotAllowed
        if not row.is_open:
            raise WrongState(_("It is not being written any more."))
        row.state = CorrectionState.DISCARDED
        return _kept(row, "pressreleases.discard_correction", by=by, now=now)


def issue_correction(correction: Correction, *, by: User, now: datetime, version: int | None = None) -> Correction:
    """Sign it: the corrected text is public, the old one is kept, and whoever has the old one is told.

    ``version`` is what the person read; raises ``OldCorrection`` when it changed since. Raises ``OwnText`` for
    whoever wrote the correction, last changed it, or wrote the release.
    """
    with transaction.atomic():
        row = locked_correction(correction)
        if not permissions.may_review(by):
            raise NotAllowed
        if permissions.wrote_correction(by, row):
            raise OwnText
        _in_review(row)
        release = _public(row.release)
        if version is not None and row.version != version:
            raise OldCorrection(row)
        _ready(row)
        _replace(release, row, by=by, now=now)
        row.state = CorrectionState.ISSUED
        row.approved_by, row.approved_at, row.approved_hash = by, now, release.approved_hash
        row.updated_at = now
        row.save()
        deliveries = send_correction(whole(Release.objects.all()).get(pk=release.pk), row, by=by, now=now)
        audit.record(
            release,
            "pressreleases.issue_correction",
            by=by,
            now=now,
            note=row.note_right,
            changes={"digest": ["", row.approved_hash], "deliveries": [0, deliveries]},
        )
    return row


def discard_open(release: Release, *, by: User, now: datetime) -> None:
    """Give up what is being corrected in a text that goes away; the caller holds the release."""
    row = Correction.objects.select_for_update(of=("self",)).filter(release=release).open().first()
    if row is not None:
        row.release = release
        row.state = CorrectionState.DISCARDED
        _kept(row, "pressreleases.discard_correction", by=by, now=now)


def _replace(release: Release, correction: Correction, *, by: User, now: datetime) -> None:
    """Keep the text as it was, and put the corrected words in its place under a seal of their own."""
    if release.approved_by is None or release.approved_at is None:
        raise WrongState
    former: dict[str, dict[str, str]] = {}
    for file in ReleaseFile.objects.filter(release=release, asset__in=map(int, correction.captions)):
        former |= captions_of([file])
        for part, said in correction.captions[str(file.asset_id)].items():
            setattr(file, part, said)
        file.save(update_fields=CAPTION_PARTS)
    ReplacedText.objects.create(
        release=release,
        correction=correction,
        approved_hash=release.approved_hash,
        approved_by=release.approved_by,
        approved_at=release.approved_at,
        replaced_at=now,
        captions=former,
        **{name: getattr(release, name) for name in WORDS},
    )
    for name in WORDS:
        setattr(release, name, getattr(correction, name))
    release.version += 1
    release.edited_by = correction.edited_by
    release.approved_by, release.approved_at = by, now
    release.approved_hash = content_hash(release)
    release.updated_at = now
    release.save()


def _kept(row: Correction, verb: str, *, by: User, now: datetime, note: str = "") -> Correction:
    row.updated_at = now
    row.save()
    audit.record(row.release, verb, by=by, now=now, note=note)
    return row


def _public(release: Release) -> Release:
    if release.state == ReleaseState.WITHDRAWN:
        raise WrongState(_("It was withdrawn: a withdrawn text is not corrected."))
    if release.state != ReleaseState.PUBLISHED:
        raise WrongState(_("It is not public yet: change the text itself."))
    return release


def _in_review(row: Correction) -> None:
    if row.state != CorrectionState.IN_REVIEW:
        raise WrongState(_("It is not waiting for approval any more."))


def _captions(release: Release, row: Correction | None, given: Captions) -> dict[str, dict[str, str]]:
    """Return the words of the files that differ from the public ones."""
    public = captions_of(ReleaseFile.objects.filter(release=release))
    wanted = (row.captions if row else {}) | {key: tidied_caption(words) for key, words in given.items()}
    return {key: words for key, words in wanted.items() if key in public and words != public[key]}


def _ready(row: Correction) -> None:
    """The corrected text must be able to go out as any other."""
    if lacking := missing(as_corrected(row)):
        raise NotReady(lacking)


def _check(row: Correction) -> None:
    if not row.note_wrong or not row.note_right:
        raise ReasonMissing(_("Write what it said and what it should say: everybody will read it."))
    try:
        row.full_clean(
            exclude=["release", "author", "edited_by", "submitted_by", "approved_by"],
            validate_unique=False,
            validate_constraints=False,
        )
    except ValidationError as error:
        raise ActionRefused(" ".join(error.messages)) from error


def _short(value: object) -> object:
    if isinstance(value, dict):
        return len(value)
    return Truncator("\n".join(map(str, value)) if isinstance(value, list) else str(value)).chars(140)
