"""Uploaded bytes: how they come to rest on disk, and what they are."""

import hashlib
import os
from pathlib import Path
from typing import IO

IMAGE_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}


def sha256_of(path: Path) -> str:
    """Return the hash of a file, reading it piece by piece."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def image_type(path: Path) -> str | None:
    """Name the image type that the first bytes of a file tell, or None."""
    with path.open("rb") as source:
        head = source.read(16)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in IMAGE_SIGNATURES.items() if head.startswith(signature)), None)


def looks_like_video(path: Path) -> bool:
    """Whether the first bytes are those of a container that the networks take: MP4, MOV, AVI, WebM, MPEG."""
    with path.open("rb") as source:
        head = source.read(16)
    return (
        head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free"}
        or (head[:4] == b"RIFF" and head[8:11] == b"AVI")
        or head.startswith((b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"))
    )


def settle(stream: IO[bytes], target: Path) -> None:
    """Move an uploaded file, which already lies on this disk, to its place; copy what has no name."""
    stream.flush()
    name = getattr(stream, "name", None)
    if isinstance(name, str | os.PathLike) and Path(name).exists():
        Path(name).replace(target)
        return
    stream.seek(0)
    with target.open("wb") as copy:
        while piece := stream.read(256 * 1024):
            copy.write(piece)
