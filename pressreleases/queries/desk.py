"""Reads for the people who write and sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model, Prefetch, Q, QuerySet

from agenda.models import Event
from commsoffice.accounts.models import User
from pressreleases.enums import ReleaseState
from pressreleases.models import WORDS, Correction, Release, ReleaseFile
from pressreleases.permissions import may_review
from pressreleases.prose import to_text

# A pause longer than this, or another person, begins a new sitting.
PAUSE = timedelta(minutes=20)
# Autosaves make many rows; the last sittings are within these.
_ROWS = 400


def with_files(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Load the files in order, with their renditions: two more queries whatever the rows."""
    return releases.prefetch_related(*files_of_release())


def files_of_release() -> tuple[Prefetch[str, QuerySet[ReleaseFile], str], ...]:
    """How the files of a release are loaded."""
    files = ReleaseFile.objects.select_related("asset").prefetch_related("asset__renditions")
    return (Prefetch("files", files.order_by("position", "id")),)


def whole(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Load everything that a page of one release shows."""
    return with_files(
        releases.select_related("event", "area", "author", "edited_by", "submitted_by", "approved_by")
    ).prefetch_related("lists")


def of_event(event: Event) -> QuerySet[Release]:
    """Return the releases about an event, newest first."""
    return Release.objects.filter(event=event).order_by("-id")


def about_event(event_ids: list[int]) -> dict[int, Release]:
    """Return the release that speaks for each event: the one furthest on its way. One query."""
    rank = {state: number for number, state in enumerate(ReleaseState)}
    # A withdrawn one says nothing about the event any more, unless there is no other.
    rank[ReleaseState.WITHDRAWN] = -1
    releases = Release.objects.filter(event__in=event_ids).select_related("author", "approved_by").order_by("id")
    found: dict[int, Release] = {}
    for release in releases:
        if release.event_id is None:
            continue
        known = found.get(release.event_id)
        if known is None or rank[ReleaseState(release.state)] >= rank[ReleaseState(known.state)]:
            found[release.event_id] = release
    return found


def waiting_count(user: User) -> int:
    """How many texts wait for this person, or corrections of them: to sign, or returned. One query."""
    returned = Q(pk__in=Release.objects.returned_to(user.pk).values("pk")) | Q(
        pk__in=Correction.objects.returned_to(user.pk).values("release")
    )
    to_sign = Q(pk__in=Release.objects.waiting_for(user.pk).values("pk")) | Q(
        pk__in=Correction.objects.waiting_for(user.pk).values("release")
    )
    return Release.objects.filter(returned | to_sign if may_review(user) else returned).count()


def being_corrected(release: Release) -> Correction | None:
    """Return the correction that is being written or waits, if there is one. One query."""
    return Correction.objects.filter(release=release).open().select_related("author", "edited_by").first()


def as_corrected(correction: Correction) -> Release:
    """Return its release, whole, as it reads with the words of a correction; not to be saved."""
    corrected = whole(Release.objects.all()).get(pk=correction.release_id)
    for name in WORDS:
        setattr(corrected, name, getattr(correction, name))
    for file in corrected.files.all():
        for part, said in correction.captions.get(str(file.asset_id), {}).items():
            setattr(file, part, said)
    return corrected


def issued_corrections(release: Release) -> list[Correction]:
    """Return what was corrected in a text, newest first. One query."""
    return list(Correction.objects.filter(release=release).issued().select_related("approved_by"))


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one person wrote without a long pause: the last row of it."""

    row: int
    version: int
    who: str
    at: datetime
    state: str
    is_current: bool = False


def sittings(release: Release, *, limit: int = 8) -> list[Sitting]:
    """Return the sittings in which a text was written, newest first: two queries."""
    rows = list(
        _history()
        .filter(pgh_obj_id=release.pk)
        .order_by("-pgh_id")
        .values("pgh_id", "version", "edited_by_id", "updated_at", "state")[:_ROWS]
    )
    names = dict(User.objects.filter(pk__in={row["edited_by_id"] for row in rows}).values_list("pk", "name"))
    found: list[Sitting] = []
    last: dict[str, Any] | None = None
    for row in rows:
        is_same = (
            last is not None
            and row["edited_by_id"] == last["edited_by_id"]
            and (row["state"] == last["state"] or row["version"] == last["version"])
            and last["updated_at"] - row["updated_at"] < PAUSE
        )
        last = row
        if is_same:
            continue
        if len(found) == limit:
            break
        found.append(
            Sitting(
                row=row["pgh_id"],
                version=row["version"],
                who=names.get(row["edited_by_id"], ""),
                at=row["updated_at"],
                state=row["state"],
                is_current=not found,
            )
        )
    return found


def parts_at(release: Release, row: int) -> dict[str, str] | None:
    """Return the words as they were at one row of the history, or None where there is none."""
    kept = _history().filter(pgh_obj_id=release.pk, pgh_id=row).first()
    return _parts(kept) if kept is not None else None


def parts_before(release: Release) -> dict[str, str] | None:
    """Return the words as they last left a reader's hands: approved, returned or taken back before.

    None for a text that is read for the first time. One query.
    """
    kept = (
        _history()
        .filter(pgh_obj_id=release.pk, state__in=[ReleaseState.IN_REVIEW, ReleaseState.APPROVED])
        .exclude(submitted_at=release.submitted_at, state=ReleaseState.IN_REVIEW)
        .order_by("-pgh_id")
        .first()
    )
    return _parts(kept) if kept is not None else None


def _parts(kept: Any) -> dict[str, str]:
    return {
        "title": kept.title,
        "highlights": "\n".join(kept.highlights),
        "lead": kept.lead,
        "body": to_text(kept.body),
        "practical": kept.practical,
    }


def _history() -> QuerySet[Model]:
    # The tracker makes this model while the registry loads; no name of it can be imported.
    history: type[Model] = apps.get_model("pressreleases", "ReleaseEvent")
    return history._default_manager.all()  # noqa: SLF001  Django's public name
