"""Sending a crew, taking in what comes back, and putting it into words."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from agenda.enums import EventState
from agenda.errors import EventCancelled
from agenda.models import Event
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.files import actions as files
from commsoffice.files.enums import MediaKind
from commsoffice.office.actions import next_folio
from commsoffice.office.queries import local_day
from coverage.errors import AlreadyThere, NobodyOrdered, NotCrew
from coverage.models import CoverageFile, CoverageOrder
from coverage.permissions import may_order, may_upload
from coverage.queries import possible_crew

FOLIO_SERIES = "OC"
KINDS = (MediaKind.PHOTO, MediaKind.VIDEO)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file of several."""

    name: str
    file: CoverageFile | None = None
    # Said to the person beside the file; with a file, it was there already.
    refusal: str = ""


def order(
    event: Event, *, crew: Iterable[User], by: User, now: dt.datetime, call_time: dt.time | None = None, notes: str = ""
) -> CoverageOrder:
    """Send a crew to an event; a second time, change its order. The folio is given once."""
    chosen = list(crew)
    with transaction.atomic():
        event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
        if not may_order(by):
            raise NotAllowed
        if event.state == EventState.CANCELLED:
            raise EventCancelled
        if not chosen:
            raise NobodyOrdered
        if possible_crew().filter(pk__in=[person.pk for person in chosen]).count() != len({p.pk for p in chosen}):
            raise NotCrew
        found = CoverageOrder.objects.filter(event=event).first()
        before = sorted(person.name for person in found.crew.all()) if found else []
        if found is None:
            # The sequence's row stays locked until the commit, which is near.
            folio = next_folio(FOLIO_SERIES, local_day(now).year)
            found = CoverageOrder(event=event, folio=folio, ordered_by=by, ordered_at=now)
            verb = "coverage.order"
        else:
            verb = "coverage.change_order"
        found.call_time, found.notes = call_time, notes
        found.save()
        found.crew.set(chosen)
        record(found, verb, by=by, now=now, changes={"crew": [before, sorted(person.name for person in chosen)]})
    return found


def add_file(
    event: Event, upload: UploadedFile[bytes], *, by: User, now: dt.datetime, author: str = ""
) -> CoverageFile:
    """Take in one photo or video of an event, credited to `author` (by default who uploads).

    Raises FileRefused with what is wrong with it, and AlreadyThere for the same file again.
    """
    digest = files.digest(upload)
    twin = CoverageFile.objects.filter(event=event, added_by=by, sha256=digest)
    if existing := twin.first():
        raise AlreadyThere(existing)
    try:
        with files.stored([upload], kinds=KINDS) as (file,), transaction.atomic():
            event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)
            if not may_upload(by, event):
                raise NotAllowed
            added = CoverageFile.objects.create(
                event=event,
                asset=files.write_down(file, by=by, now=now),
                author=author.strip()[:120] or by.name,
                sha256=digest,
                added_by=by,
                added_at=now,
            )
            record(added, "coverage.add_file", by=by, now=now, changes={"event": [None, event.pk]})
    except IntegrityError:
        # Its twin arrived in the same moment on another line.
        raise AlreadyThere(twin.get()) from None
    return added


def add_files(
    event: Event, uploads: Sequence[UploadedFile[bytes]], *, by: User, now: dt.datetime, author: str = ""
) -> list[Outcome]:
    """Take in several: the good ones stay, and each refused one says why."""
    outcomes = []
    for upload in uploads:
        name = upload.name or ""
        try:
            outcomes.append(Outcome(name, add_file(event, upload, by=by, now=now, author=author)))
        except NotAllowed:
            raise
        except AlreadyThere as there:
            outcomes.append(Outcome(name, there.existing, str(there)))
        except ActionRefused as refusal:
            outcomes.append(Outcome(name, refusal=str(refusal)))
    return outcomes


def describe(
    file: CoverageFile, *, caption: str, alt_text: str, author: str, by: User, now: dt.datetime
) -> CoverageFile:
    """Write the caption, the alternative text and the credit of a file."""
    with transaction.atomic():
        locked = CoverageFile.objects.select_for_update(of=("self",)).select_related("event__area").get(pk=file.pk)
        if not may_upload(by, locked.event):
            raise NotAllowed
        new = {"caption": caption.strip(), "alt_text": alt_text.strip(), "author": author.strip() or locked.author}
        changes = {
            name: [getattr(locked, name), value] for name, value in new.items() if getattr(locked, name) != value
        }
        if changes:
            for name, value in new.items():
                setattr(locked, name, value)
            locked.save(update_fields=list(new))
            record(locked, "coverage.describe", by=by, now=now, changes=changes)
    return locked
