"""Putting originals and copies into the storage, hashed and counted on the way."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from commsoffice.files import errors, photos, video
from commsoffice.files.enums import MediaKind
from commsoffice.files.errors import FileRefused
from commsoffice.files.models import MediaAsset, Rendition


class _Hashed(File[bytes]):
    """A file that is hashed and counted while someone copies it."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.digest = hashlib.sha256()
        self.count = 0

    def read(self, *args: Any) -> bytes:
        chunk: bytes = super().read(*args)
        self.digest.update(chunk)
        self.count += len(chunk)
        return chunk


def _address(folder: str, extension: str) -> str:
    """A name that cannot be guessed, in folders that stay small."""
    key = uuid.uuid4()
    return f"{folder}/{key.hex[:2]}/{key.hex[2:4]}/{key}.{extension}"


def keep(file: IO[bytes], extension: str, folder: str = "originals") -> tuple[str, str, int]:
    """Copy into the storage; return its name there, its digest and its size in bytes.

    Raises FileRefused when there is no room; then nothing is left of it.
    """
    address = _address(folder, extension)
    file.seek(0)
    hashed = _Hashed(file, address)
    try:
        name = default_storage.save(address, hashed)
    except BaseException as error:
        with suppress(OSError):
            default_storage.delete(address)
        if folder == "originals" and isinstance(error, OSError) and errors.is_disk_full(error):
            raise FileRefused(errors.disk_full()) from error
        raise
    return name, hashed.digest.hexdigest(), hashed.count


def copies(asset: MediaAsset) -> Iterator[photos.Copy]:
    """Make every copy of a file, one after the other. Raises FileRefused when it cannot be decoded."""
    if asset.kind == MediaKind.PHOTO:
        with default_storage.open(str(asset.original.name)) as file:
            yield from photos.renditions(file)
        return
    with video.stored_on_disk(str(asset.original.name)) as path:
        yield from video.renditions(path)


def store(asset: MediaAsset, copy: photos.Copy) -> Rendition:
    """Put a copy into the storage; return its row, which is not written yet."""
    file = copy.data.open("rb") if isinstance(copy.data, Path) else ContentFile(copy.data)
    with file:
        name, digest, size = keep(file, copy.extension, "copies")
    return Rendition(
        asset=asset,
        name=copy.name,
        file=name,
        content_type=copy.content_type,
        size=size,
        sha256=digest,
        width=copy.width,
        height=copy.height,
    )


def discard(made: Iterable[Rendition]) -> None:
    """Delete what was stored for rows that are never written."""
    for copy in made:
        with suppress(OSError):
            default_storage.delete(str(copy.file.name))
