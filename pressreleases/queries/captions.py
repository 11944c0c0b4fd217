"""The words of photographs and videos, as a correction changes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from commsoffice.files.enums import MediaKind
from pressreleases.diff import Piece, compare_parts
from pressreleases.models import CAPTION_PARTS, Correction, Release, ReleaseFile

# Number of the asset, as text → its words.
Captions = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CaptionChange:
    """What changes in the words of one file."""

    file: ReleaseFile
    label: str
    changes: dict[str, list[Piece]]


def captions_of(files: Iterable[ReleaseFile]) -> dict[str, dict[str, str]]:
    """Return the words of files as they are now."""
    return {str(file.asset_id): {part: getattr(file, part) for part in CAPTION_PARTS} for file in files}


def labelled(release: Release) -> list[tuple[str, ReleaseFile]]:
    """Return the files in their order, each with «Foto 2» or «Video 1». Reads ``files`` as loaded."""
    counts = dict.fromkeys(MediaKind, 0)
    found = []
    for file in release.files.all():
        kind = MediaKind(file.asset.kind)
        counts[kind] += 1
        words = _("Video %(n)s") if kind == MediaKind.VIDEO else _("Photo %(n)s")
        found.append((words % {"n": counts[kind]}, file))
    return found


def caption_changes(release: Release, before: Captions, after: Captions) -> list[CaptionChange]:
    """Return what changes in each file, in their order; where nothing changes, nothing. Reads ``files`` as loaded."""
    found = []
    for label, file in labelled(release):
        key = str(file.asset_id)
        changes = compare_parts(dict(before.get(key, {})), dict(after.get(key, {})))
        if changes:
            found.append(CaptionChange(file, label, changes))
    return found


def corrected_captions(release: Release, correction: Correction) -> list[str]:
    """Return what an issued correction says of captions and credits: «Foto 2: Calle Cedro (Efrén Tzompa)».

    Alternative texts are no words for a page of print, so one that is corrected alone is not told. Reads ``files``
    as loaded.
    """
    changed = caption_changes(release, correction.replaced.captions, correction.captions)
    return [
        f"{change.label}: {change.file.caption}" + (f" ({change.file.credit})" if change.file.credit else "")
        for change in changed
        if change.changes.keys() & {"caption", "credit"}
    ]
