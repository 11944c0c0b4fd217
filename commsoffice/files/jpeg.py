"""JPEG files as a row of segments: metadata is taken out without touching a pixel.

Decoding and encoding again would lose quality and need the whole picture in memory. The format
is that of ITU-T T.81, annex B; the markers of applications are those of JEITA CP-3451 (Exif).
"""

import io
from typing import IO

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_ALONE = {0x01, *range(0xD0, 0xD8)}
_BLOCK = 1 << 16
# The most that a segment's two bytes of length can say.
_LONGEST = 65533


class NotAJpeg(ValueError):
    """The bytes do not follow the format up to its end."""


def clean(source: IO[bytes], target: IO[bytes], *, exif: bytes = b"") -> None:
    r"""Copy the picture of `source` with no metadata but its colour profile and `exif`.

    `exif` begins with ``Exif\0\0``. What follows the end of the picture (a second picture, a film, or
    anything that someone glued on) is left behind. Raises NotAJpeg when the picture has no end.
    """
    if source.read(2) != bytes((0xFF, SOI)):
        raise NotAJpeg("It does not begin as a JPEG.")
    target.write(bytes((0xFF, SOI)))
    if exif and len(exif) <= _LONGEST:
        _write(target, _APP1, exif)
    marker = _marker(source)
    while marker != EOI:
        if marker in _ALONE:
            target.write(bytes((0xFF, marker)))
            marker = _marker(source)
            continue
        data = _segment(source)
        if _stays(marker, data):
            _write(target, marker, data)
        marker = _copy_scan(source, target) if marker == SOS else _marker(source)
    target.write(bytes((0xFF, EOI)))


def _stays(marker: int, data: bytes) -> bool:
    if marker == _APP2:
        return data.startswith(b"ICC_PROFILE\0")
    # JFIF's density and Adobe's colour transform belong to the picture; thumbnails of JFIF (JFXX) don't.
    if marker == _APP0:
        return data.startswith(b"JFIF\0")
    if marker == _APP14:
        return data.startswith(b"Adobe")
    is_application_or_comment = 0xE0 <= marker <= 0xEF or marker == 0xFE  # noqa: PLR2004  APPn and COM
    return not is_application_or_comment


def _write(target: IO[bytes], marker: int, data: bytes) -> None:
    target.write(bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data)


def _marker(source: IO[bytes]) -> int:
    if source.read(1) != b"\xff":
        raise NotAJpeg("A segment does not begin where the one before ends.")
    while (byte := source.read(1)) == b"\xff":
        pass
    if not byte or byte == b"\0":
        raise NotAJpeg("The picture has no end.")
    return byte[0]


def _segment(source: IO[bytes]) -> bytes:
    length = int.from_bytes(source.read(2), "big") - 2
    data = source.read(length) if length > 0 else b""
    if length < 0 or len(data) != length:
        raise NotAJpeg("A segment is cut off.")
    return data


def _copy_scan(source: IO[bytes], target: IO[bytes]) -> int:
    """Copy coded data up to the next marker that is not part of it, and return that."""
    while True:
        start = source.tell()
        block = source.read(_BLOCK)
        if not block:
            raise NotAJpeg("The picture has no end.")
        at = block.find(b"\xff")
        while at >= 0 and at + 1 < len(block) and (block[at + 1] == 0 or block[at + 1] in _ALONE):
            at = block.find(b"\xff", at + 2)
        if at < 0:
            target.write(block)
            continue
        target.write(block[:at])
        if at + 1 == len(block) and len(block) == 1:
            raise NotAJpeg("The picture has no end.")
        source.seek(start + at)
        if at + 1 == len(block):
            # The pair is torn by the block's edge: begin the next block with it.
            continue
        return _marker(source)


def cleaned(data: bytes, *, exif: bytes = b"") -> bytes:
    """Do the same with bytes in memory."""
    target = io.BytesIO()
    clean(io.BytesIO(data), target, exif=exif)
    return target.getvalue()
