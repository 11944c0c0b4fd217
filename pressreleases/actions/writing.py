"""Beginning a text, changing it, choosing its photographs."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agenda.models import Event
from commsoffice.accounts.errors import ActionRefused, NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit
from commsoffice.audit.queries import entries_about
from commsoffice.files.models import MediaAsset
from commsoffice.files.queries import sheet
from commsoffice.office.models import Area
from commsoffice.outbox.queries import accounts as outbox_accounts
from commsoffice.ui.dates import clock, long_date
from coverage.models import CoverageFile
from media_contacts.models import MediaList
from pressreleases import permissions, prose
from pressreleases.actions.locking import locked
from pressreleases.actions.recalling import recall
from pressreleases.actions.refusals import OldVersion
from pressreleases.enums import ReleaseKind, ReleaseState
from pressreleases.models import CAPTION_PARTS, Release, ReleaseFile
from pressreleases.queries.desk import PAUSE


@dataclass(frozen=True, slots=True)
class Text:
    """What a person writes and where it goes, as ``save`` takes it."""

    title: str
    kind: str = ReleaseKind.BULLETIN
    topic: str = ""
    highlights: Sequence[str] = ()
    lead: str = ""
    body: str = ""
    practical: str = ""
    area: Area | None = None
    embargo_until: datetime | None = None
    lists: Collection[MediaList] = ()
    # Keys of our accounts on the networks.
    accounts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class FileChoice:
    """One chosen photograph or video. An empty credit takes the author's from the coverage."""

    asset: MediaAsset
    caption: str = ""
    credit: str = ""
    alt_text: str = ""


_PLAIN = ("title", "kind", "topic", "highlights", "lead", "body", "practical", "area", "embargo_until", "accounts")


def draft(
    *,
    by: User,
    now: datetime,
    event: Event | None = None,
    title: str = "",
    kind: str = ReleaseKind.BULLETIN,
    key: uuid.UUID | None = None,
) -> Release:
    """Begin a text, from an event or blank. The same ``key`` again gives the same text.

    From an event come title, area, topic, place and date; the default list and accounts are set.
    """
    key = key or uuid.uuid4()
    with transaction.atomic():
        if not permissions.may_draft(by):
            raise NotAllowed
        if (known := Release.objects.filter(submission_key=key).first()) is not None:
            return known
        release = Release(
            submission_key=key,
            kind=kind,
            title=_one_line(title) or (Truncator(event.title).chars(100) if event else _("Untitled")),
            event=event,
            area=event.area if event else None,
            topic=event.kind[:60].capitalize() if event else "",
            practical=_where_and_when(event) if event else "",
            # One that must be connected again too: the page says so, and it may be connected before it leaves.
            accounts=[choice.key for choice in outbox_accounts() if choice.is_default],
            author=by,
            edited_by=by,
            created_at=now,
            updated_at=now,
        )
        _check(release)
        try:
            with transaction.atomic():
                release.save()
        except IntegrityError:
            # The same form, posted twice at the same moment: the other one made it.
            return Release.objects.get(submission_key=key)
        release.lists.set(MediaList.objects.filter(is_default=True))
        audit.record(release, "pressreleases.draft", by=by, now=now, note=event.title if event else "")
    return release


def _where_and_when(event: Event) -> str:
    when = long_date(event.date) if event.start_time is None else f"{long_date(event.date)}, {clock(event.start_time)}"
    return ", ".join(part for part in (event.place, when) if part)


def save(release: Release, data: Text, *, version: int, by: User, now: datetime) -> Release:
    """Change a text. Saving what is there already changes nothing.

    Raises ``OldVersion`` when somebody saved after ``version``. An approved text that was not published
    goes back to review: its approval is void and what waits to leave is cancelled.
    """
    with transaction.atomic():
        row = locked(release)
        _may_change(row, by)
        if row.folio and data.kind != row.kind:
            raise ActionRefused(_("It already has a folio of its kind; the kind can no longer be changed."))
        changes = _fill(row, data)
        lists = _set_lists(row, data.lists, is_stale=row.version != version)
        if not changes and lists is None:
            return row
        if row.version != version:
            raise OldVersion(locked(release))
        if lists is not None:
            changes["lists"] = lists
        _touched(row, by=by, now=now)
        _check(row)
        row.save()
        _record_edit(row, changes, by=by, now=now)
    return row


def choose_files(release: Release, choices: Sequence[FileChoice], *, version: int, by: User, now: datetime) -> Release:
    """Set the photographs and videos, in their order, with their words. Same refusals as ``save``."""
    with transaction.atomic():
        row = locked(release)
        _may_change(row, by)
        _are_ours(choices)
        credited = _from_coverage([choice for choice in choices if not choice.credit])
        wanted = [
            ReleaseFile(
                release=row,
                asset=choice.asset,
                position=position,
                **tidied_caption(
                    {
                        "caption": choice.caption,
                        "credit": choice.credit or credited.get(choice.asset.pk, ""),
                        "alt_text": choice.alt_text,
                    }
                ),
            )
            for position, choice in enumerate(choices, start=1)
        ]
        before = _as_rows(row.files.order_by("position", "id"))
        after = _as_rows(wanted)
        if before == after:
            return row
        if row.version != version:
            raise OldVersion(row)
        if len({file.asset_id for file in wanted}) != len(wanted):
            raise ActionRefused(_("A file can be chosen only once."))
        row.files.all().delete()
        ReleaseFile.objects.bulk_create(wanted)
        _touched(row, by=by, now=now)
        row.save()
        _record_edit(row, {"files": [len(before), len(after)]}, by=by, now=now)
    return row


def _are_ours(choices: Sequence[FileChoice]) -> None:
    # What citizens sent to their desk is in no release, whoever knows its number.
    numbers = {choice.asset.pk for choice in choices}
    if sheet().filter(pk__in=numbers).count() != len(numbers):
        raise NotAllowed


def _from_coverage(choices: Sequence[FileChoice]) -> dict[int, str]:
    files = CoverageFile.objects.filter(asset__in=[choice.asset for choice in choices])
    return dict(files.values_list("asset_id", "author"))


def _as_rows(files: Iterable[ReleaseFile]) -> list[tuple[int, str, str, str]]:
    return [(file.asset_id, file.caption, file.credit, file.alt_text) for file in files]


def _may_change(row: Release, by: User) -> None:
    if not permissions.may_edit(by, row):
        raise NotAllowed
    if row.state == ReleaseState.PUBLISHED:
        raise WrongState(_("It is published. A published text is corrected in the open, with a verb of its own."))
    if not row.is_open:
        raise WrongState(_("It was withdrawn. Write a new one."))


def tidied(data: Text) -> dict[str, object]:
    """Return the words as they are kept: single lines, clean body."""
    return {
        "title": _one_line(data.title),
        "highlights": [line for line in map(_one_line, data.highlights) if line],
        "lead": data.lead.strip().replace("\r\n", "\n"),
        "body": prose.clean(data.body),
        "practical": data.practical.strip().replace("\r\n", "\n"),
    }


def tidied_caption(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words of a file as they are kept."""
    return {part: _one_line(words[part])[:length] for part, length in CAPTION_PARTS.items()}


def _fill(row: Release, data: Text) -> dict[str, list[object]]:
    """Set what differs; return it as the audit keeps it: the names, and the words of short fields only."""
    values: dict[str, object] = tidied(data) | {
        "kind": data.kind,
        "topic": _one_line(data.topic),
        "area": data.area,
        "embargo_until": data.embargo_until,
        "accounts": sorted(set(data.accounts)),
    }
    changes: dict[str, list[object]] = {}
    for name in _PLAIN:
        before, after = getattr(row, name), values[name]
        if name == "accounts":
            before = sorted(before)
        if before != after:
            changes[name] = [_short(before), _short(after)]
            setattr(row, name, after)
    return changes


def _short(value: object) -> object:
    """A value as the audit keeps it; the whole text is in the history of the row."""
    if value is None:
        return None
    if isinstance(value, list):
        return [Truncator(str(line)).chars(140) for line in value]
    return Truncator(str(value)).chars(140)


def _set_lists(row: Release, lists: Collection[MediaList], *, is_stale: bool) -> list[object] | None:
    before = set(row.lists.values_list("pk", flat=True))
    after = {media_list.pk for media_list in lists}
    if before == after:
        return None
    if not is_stale:
        row.lists.set(lists)
    return [sorted(before), sorted(after)]


def _touched(row: Release, *, by: User, now: datetime) -> None:
    """Note who changed it; what was approved is no longer what stands there."""
    if row.state == ReleaseState.APPROVED:
        recall(row, by=by, now=now, reason=_("The text was changed after its approval."))
    else:
        row.version += 1
    row.edited_by = by
    row.updated_at = now


def _check(row: Release) -> None:
    try:
        row.full_clean(
            exclude=["author", "edited_by", "submitted_by", "approved_by", "event"],
            validate_unique=False,
            validate_constraints=False,
        )
    except ValidationError as error:
        raise ActionRefused(" ".join(error.messages)) from error


def _record_edit(row: Release, changes: dict[str, list[object]], *, by: User, now: datetime) -> None:
    """Write one line a sitting: the row's own history keeps every save with its words."""
    last = entries_about(row).order_by("-at", "-id").first()
    is_same_sitting = (
        last is not None and last.verb == "pressreleases.save" and last.actor_id == by.pk and now - last.at < PAUSE
    )
    if not is_same_sitting:
        audit.record(row, "pressreleases.save", by=by, now=now, changes=changes)


def _one_line(text: str) -> str:
    return " ".join(text.split())
