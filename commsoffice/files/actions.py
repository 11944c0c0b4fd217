"""Taking files in, making their copies, and letting the public see them."""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pgtrigger
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.audit.actions import record
from commsoffice.files import content, errors, keeping, photos, video
from commsoffice.files.enums import AssetState, MediaKind, RenditionName
from commsoffice.files.errors import FileRefused
from commsoffice.files.models import MediaAsset, PublicUse, Rendition
from commsoffice.files.permissions import may_retry
from commsoffice.files.queries import forgotten, rendition_of, with_renditions
from commsoffice.files.tasks import add_renditions, make_renditions
from commsoffice.files.uploadhandlers import RefusedUpload
from commsoffice.office.queries import office_zone
from commsoffice.wake import wake

logger = logging.getLogger(__name__)

# A worker that dies leaves its file claimed for so long; then another one may try.
PHOTO_LEASE = timedelta(minutes=5)
VIDEO_LEASE = timedelta(minutes=15)
# A file that kills its worker every time is given up after so many.
MOST_ATTEMPTS = 3
ROOM_PATIENCE = timedelta(minutes=5)
SWEEP_SIZE = 100
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was inspected and copied into the storage; no row speaks of it yet."""

    name: str
    fields: dict[str, Any]


def receive(
    upload: UploadedFile[bytes], *, by: User, now: datetime, kinds: Collection[MediaKind] = (MediaKind.PHOTO,)
) -> MediaAsset:
    """Take a file in, private and as it came, and wake a worker to make its copies.

    Whether `by` may upload here is decided by the verb that calls. Raises FileRefused.
    """
    with stored([upload], kinds=kinds) as (file,), transaction.atomic():
        return write_down(file, by=by, now=now)


@contextmanager
def stored(uploads: Iterable[UploadedFile[bytes]], *, kinds: Collection[MediaKind]) -> Iterator[list[Stored]]:
    """Inspect and store files, before the transaction of the verb that keeps them: both take long.

    What a file is, is decided by its content, and it is decoded to prove it. Raises FileRefused with
    a sentence that says what to do. Whatever the verb did not write down is deleted at the end.
    """
    files: list[Stored] = []
    try:
        for upload in uploads:
            files.append(_stored(upload, kinds))  # noqa: PERF401  what was stored before a refusal must be known
        yield files
    finally:
        _delete_unwritten(files)


def write_down(file: Stored, *, by: User, now: datetime) -> MediaAsset:
    """Give a stored file its row, in the transaction of the verb that calls, and wake a worker to make its copies."""
    with transaction.atomic():
        asset = MediaAsset.objects.create(original=file.name, uploaded_by=by, uploaded_at=now, **file.fields)
        record(asset, "files.receive", by=by, now=now)
        wake(make_renditions, asset_id=asset.pk)
    return asset


def digest(upload: UploadedFile[bytes]) -> str:
    """Return the SHA-256 of what was uploaded, so that the same file again is known before it is kept."""
    upload.seek(0)
    found = hashlib.sha256()
    for chunk in upload.chunks():
        found.update(chunk)
    upload.seek(0)
    return found.hexdigest()


def process(asset_id: int) -> bool:
    """Make the copies of one file; say whether this call made them.

    Safe to call twice and to die in the middle: the claim is one statement with a lease, and the
    rows appear together with the state. A file that cannot be decoded fails with its sentence.
    """
    asset = _claim(asset_id)
    if asset is None:
        return False
    made: list[Rendition] = []
    try:
        for copy in keeping.copies(asset):
            made.append(keeping.store(asset, copy))  # noqa: PERF401  what was stored before a failure must be known
        done = _finish(asset, made)
    except FileRefused as refusal:
        keeping.discard(made)
        _fail(asset, str(refusal))
        return False
    except OSError as error:
        keeping.discard(made)
        if not errors.is_disk_full(error):
            raise
        logger.warning("No room for the copies of file %s; trying again later", asset.pk)
        _put_off(asset)
        return False
    except BaseException:
        keeping.discard(made)
        raise
    if not done:
        keeping.discard(made)
    return done


def want_for_press(assets: Iterable[MediaAsset]) -> None:
    """Have the copy for the press made of photographs that were processed before there was one.

    Called for what a release shows: an archive that nobody sends is left as it is. Until the worker is done, and
    if the wake-up is lost, ``queries.attachment`` has another copy stand in.
    """
    for asset in assets:
        is_photo = asset.kind == MediaKind.PHOTO and asset.state == AssetState.READY
        if is_photo and rendition_of(asset, RenditionName.PRESS) is None:
            wake(add_renditions, asset_id=asset.pk)


def complete(asset_id: int) -> bool:
    """Make the copies that a finished photograph lacks; say whether this call made any. Safe to call twice."""
    asset = with_renditions(
        MediaAsset.objects.filter(pk=asset_id, kind=MediaKind.PHOTO, state=AssetState.READY).exclude(original="")
    ).first()
    if asset is None:
        return False
    had = {copy.name for copy in asset.renditions.all()}
    made: list[Rendition] = []
    try:
        for copy in keeping.copies(asset):
            if copy.name not in had:
                made.append(keeping.store(asset, copy))  # noqa: PERF401  as above
        with transaction.atomic():
            MediaAsset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
            fresh = {copy.name for copy in Rendition.objects.filter(asset=asset)}
            if not made or fresh != had:
                # Another worker was quicker, or there was nothing to do.
                keeping.discard(made)
                return False
            Rendition.objects.bulk_create(made)
            record(asset, "files.complete", by=system_user(), now=timezone.now())
    except FileRefused as refusal:
        keeping.discard(made)
        logger.warning("The missing copies of file %s can't be made: %s", asset.pk, refusal)
        return False
    except BaseException:
        keeping.discard(made)
        raise
    return True


def retry(asset: MediaAsset, *, by: User, now: datetime) -> None:
    """Have the copies of a failed file made again."""
    with transaction.atomic():
        locked = MediaAsset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
        if not may_retry(by):
            raise NotAllowed
        if locked.state != AssetState.FAILED or not locked.original:
            raise WrongState
        locked.state, locked.error, locked.attempts, locked.claimed_until = AssetState.RECEIVED, "", 0, None
        locked.save(update_fields=("state", "error", "attempts", "claimed_until"))
        record(locked, "files.retry", by=by, now=now)
        wake(make_renditions, asset_id=locked.pk)


def strip_original(asset: MediaAsset, *, now: datetime) -> None:
    """Delete the original for good, with the place, the hour and the camera that it names.

    The full copy, which says none of that, takes its place; a file without copies is left without
    content, and says so. Whether the time for it has come is decided by the verb that calls.
    """
    with transaction.atomic():
        locked = MediaAsset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
        full = rendition_of(locked, RenditionName.FULL)
        stripped = str(full.file.name) if full else ""
        former = str(locked.original.name)
        if former == stripped:
            return
        locked.original.name = stripped
        if full is None:
            if locked.state == AssetState.RECEIVED:
                locked.state, locked.claimed_until = AssetState.FAILED, None
            locked.error = _("The original was deleted with the data of the person who sent it.")
        else:
            locked.content_type, locked.size, locked.sha256 = full.content_type, full.size, full.sha256
        locked.taken_at, locked.camera, locked.has_location = None, "", False
        # What came in is frozen for everyone but the law, which wants it gone.
        with pgtrigger.ignore("files.MediaAsset:frozen"):
            locked.save()
        record(locked, "files.strip_original", by=system_user(), now=now)
        transaction.on_commit(partial(default_storage.delete, former), robust=True)


def wake_forgotten(*, now: datetime) -> int:
    """Wake a worker for every file that waits while nobody is at it; return how many.

    One that has killed its worker too often fails instead.
    """
    waiting = list(forgotten(now)[:SWEEP_SIZE])
    for asset in waiting:
        if asset.attempts >= MOST_ATTEMPTS:
            _fail(asset, _("The copies could not be made: the attempt broke off %(n)s times.") % {"n": asset.attempts})
        else:
            wake(make_renditions, asset_id=asset.pk)
    return len(waiting)


def publish(asset: MediaAsset, *, subject: Model, now: datetime) -> None:
    """Let the public see the copies of a file, because `subject`, which is published, shows it.

    The verb that publishes the subject has judged who may, and has recorded it.
    """
    PublicUse.objects.get_or_create(
        asset=asset, subject_type=_type_of(subject), subject_id=subject.pk, defaults={"since": now}
    )


def unpublish(subject: Model) -> int:
    """Take from the public all files that only this thing showed; return how many uses ended."""
    return PublicUse.objects.filter(subject_type=_type_of(subject), subject_id=subject.pk).delete()[0]


def _type_of(subject: Model) -> str:
    return subject._meta.label_lower  # noqa: SLF001  Django's public name for it


def _stored(upload: UploadedFile[bytes], kinds: Collection[MediaKind]) -> Stored:
    if isinstance(upload, RefusedUpload):
        raise FileRefused(upload.refusal)
    if not upload.size:
        raise FileRefused(
            _("The file is empty: zero bytes arrived. Copy it from the camera again and upload that copy.")
        )
    upload.seek(0)
    head = upload.read(content.HEAD)
    found = content.detect(head)
    if found is None or found.kind not in kinds:
        raise FileRefused(content.why_not(head, frozenset(kinds)))
    if upload.size > content.limit(found):
        raise FileRefused(content.too_heavy(found))
    facts = _facts(upload, found)
    name, digest, size = keeping.keep(upload, found.extension)
    shown = _shown_name(upload.name or "", found.extension)
    return Stored(name, facts | {"filename": shown, "content_type": found.content_type, "sha256": digest, "size": size})


def _delete_unwritten(files: Collection[Stored]) -> None:
    # By the digest, which has an index; the name says which of several equal files.
    alike = MediaAsset.objects.filter(sha256__in=[file.fields["sha256"] for file in files])
    written = set(alike.values_list("original", flat=True)) if files else set()
    for file in files:
        if file.name not in written:
            default_storage.delete(file.name)


def _facts(upload: UploadedFile[bytes], found: content.Content) -> dict[str, Any]:
    """Decode it, and return what it says of itself as fields. Raises FileRefused."""
    if found.kind is MediaKind.PHOTO:
        photo = photos.inspect(upload, zone=office_zone())
        return {
            "kind": found.kind,
            "width": photo.width,
            "height": photo.height,
            "taken_at": photo.taken_at,
            "has_location": photo.has_location,
            "camera": photo.camera,
        }
    with video.on_disk(upload, found.extension) as path:
        film = video.probe(path)
    return {
        "kind": found.kind,
        "width": film.width,
        "height": film.height,
        "duration": film.duration,
        "taken_at": film.taken_at,
        "has_location": film.has_location,
    }


def _shown_name(name: str, extension: str) -> str:
    """The sender's name without control characters, short enough, never empty."""
    clean = "".join(letter for letter in Path(name).name if letter.isprintable()).strip()
    stem, dot, end = clean.rpartition(".")
    if dot and len(clean) > NAME_LENGTH:
        clean = f"{stem[: NAME_LENGTH - len(end[:10]) - 1]}.{end[:10]}"
    return clean[:NAME_LENGTH] or f"{_('file')}.{extension}"


def _claim(asset_id: int) -> MediaAsset | None:
    """Take the file for this worker, or return None when another has it or it is done."""
    now = timezone.now()  # a lease is counted by the worker's own clock
    row = MediaAsset.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), pk=asset_id, state=AssetState.RECEIVED
    )
    asset = row.first()
    if asset is None:
        return None
    lease = PHOTO_LEASE
    if asset.kind == MediaKind.VIDEO:
        lease = VIDEO_LEASE + (asset.duration or timedelta()) * video.ENCODE_PATIENCE_TIMES
    if not row.update(claimed_until=now + lease, attempts=F("attempts") + 1):
        return None
    asset.claimed_until = now + lease
    return asset


def _finish(asset: MediaAsset, made: Iterable[Rendition]) -> bool:
    """Write the copies down; False when the lease was lost to another worker meanwhile."""
    with transaction.atomic():
        mine = MediaAsset.objects.select_for_update().filter(
            pk=asset.pk, state=AssetState.RECEIVED, claimed_until=asset.claimed_until
        )
        locked = mine.first()
        if locked is None:
            return False
        Rendition.objects.bulk_create(made)
        locked.state, locked.claimed_until = AssetState.READY, None
        locked.save(update_fields=("state", "claimed_until"))
        record(locked, "files.process", by=system_user(), now=timezone.now())
    return True


def _fail(asset: MediaAsset, sentence: str) -> None:
    with transaction.atomic():
        mine = MediaAsset.objects.select_for_update().filter(
            pk=asset.pk, state=AssetState.RECEIVED, claimed_until=asset.claimed_until
        )
        if mine.first() is None:
            return
        mine.update(state=AssetState.FAILED, error=sentence[:300], claimed_until=None)
        record(asset, "files.fail", by=system_user(), now=timezone.now(), note=sentence)


def _put_off(asset: MediaAsset) -> None:
    """A full disk is not the file's fault: try again later, and don't count this attempt."""
    MediaAsset.objects.filter(pk=asset.pk, claimed_until=asset.claimed_until).update(
        claimed_until=timezone.now() + ROOM_PATIENCE, attempts=F("attempts") - 1
    )
