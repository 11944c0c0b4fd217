"""Photographs: what is in them, and the copies made of them."""

import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, JpegImagePlugin

from commsoffice.files import jpeg
from commsoffice.files.enums import SIZES, RenditionName
from commsoffice.files.errors import FileRefused

FORMATS = ("JPEG", "PNG", "WEBP")
WEBP_QUALITY = 80
# The slower methods make files 3 % smaller and take a third longer.
WEBP_METHOD = 2
JPEG_QUALITY = 92
# One to two megabytes of a photograph: several fit in a mail, and Facebook takes no more than four of one.
PRESS_QUALITY = 90
PRESS_DENSITY = (300, 300)
# PNG, WebP and progressive JPEG cannot be decoded at a fraction of their size: all of it goes to memory.
WHOLE_MAX_PIXELS = 40_000_000

_BAD_METADATA = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError, struct.error)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# Credit, hour, camera and exposure. Neither place, nor serial numbers, nor the maker's secret notes.
_KEPT_BASE = (
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Orientation,
    ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
)
_KEPT_EXIF = (
    ExifTags.Base.ExposureTime,
    ExifTags.Base.FNumber,
    ExifTags.Base.ISOSpeedRatings,
    ExifTags.Base.DateTimeOriginal,
    ExifTags.Base.OffsetTimeOriginal,
    ExifTags.Base.FocalLength,
)
_CREDIT = (ExifTags.Base.Artist, ExifTags.Base.Copyright)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself. Pixels as they are looked at; the hour with its zone."""

    width: int
    height: int
    taken_at: datetime | None = None
    has_location: bool = False
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy, made in memory or as a file that its maker deletes."""

    name: RenditionName
    data: bytes | Path
    content_type: str
    extension: str
    width: int
    height: int


def inspect(file: IO[bytes], *, zone: ZoneInfo) -> Facts:
    """Open and decode a photograph; an hour without a zone is read in `zone`.

    Raises FileRefused for what cannot be decoded to its last line and for more pixels than are taken.
    """
    try:
        with _opened(file) as image:
            facts = _facts(image, zone)
            # An eighth of the size, where the format allows it: all the coded data is read all the same.
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
            return facts
    except _BOMB:
        raise FileRefused(_too_many_pixels(settings.PHOTO_MAX_PIXELS)) from None
    except _BAD_METADATA:
        raise FileRefused(
            _(
                "The photo is damaged or incomplete: it cannot be opened to its end. "
                "Copy it from the camera again and upload that copy."
            )
        ) from None


def renditions(file: IO[bytes]) -> Iterator[Copy]:
    """Make every copy of a photograph. Raises FileRefused when it cannot be decoded."""
    try:
        with _opened(file) as image:
            credit = _credit(image)
            if image.format == "JPEG":
                yield _same_pixels(file, image)
                picture = _scaled(image, SIZES[0][1])
            else:
                picture = _whole(image)
                yield _as_jpeg(picture, credit)
                picture = _reduced(picture, SIZES[0][1])
            yield _for_press(picture, credit)
            yield from sized(picture, SIZES, exif=credit)
    except (*_BOMB, *_BAD_METADATA):
        raise FileRefused(_("The photo could not be decoded. Export it again as JPEG and upload that copy.")) from None


def sized(image: Image.Image, sizes: Iterable[tuple[RenditionName, int]], *, exif: bytes = b"") -> Iterator[Copy]:
    """Make WebP copies, each from the one before; `sizes` go from large to small. None is made larger."""
    for name, longest in sizes:
        image = _reduced(image, longest)
        target = io.BytesIO()
        image.save(target, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD, exif=exif)
        yield Copy(name, target.getvalue(), "image/webp", "webp", image.width, image.height)


def _opened(file: IO[bytes]) -> Image.Image:
    """Open without decoding. Raises FileRefused before a single pixel of a bomb is made."""
    file.seek(0)
    image = Image.open(file, formats=FORMATS)
    if image.format == "MPO":
        # A JPEG with a second picture behind it (phones, stereo): the first one is the photograph.
        file.seek(0)
        image = JpegImagePlugin.JpegImageFile(file)
    pixels = image.width * image.height
    is_whole = image.format != "JPEG" or bool(image.info.get("progressive"))
    allowed = min(WHOLE_MAX_PIXELS, settings.PHOTO_MAX_PIXELS) if is_whole else settings.PHOTO_MAX_PIXELS
    if pixels > allowed:
        raise FileRefused(_too_many_pixels(allowed))
    return image


def _too_many_pixels(allowed: int) -> str:
    return _(
        "The photo has too many pixels; the most that is taken is %(megapixels)s megapixels. "
        "Export it smaller as JPEG and upload that copy."
    ) % {"megapixels": allowed // 1_000_000}


def _within(image: Image.Image, longest: int) -> tuple[int, int]:
    share = min(1.0, longest / max(image.size))
    return max(1, round(image.width * share)), max(1, round(image.height * share))


def _reduced(image: Image.Image, longest: int) -> Image.Image:
    smaller = _within(image, longest)
    return image if smaller == image.size else image.resize(smaller, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _scaled(image: Image.Image, longest: int) -> Image.Image:
    """Decode as little as is needed, turn upright, and bring the colours to sRGB."""
    # The box must have the photo's proportions, or everything is decoded at full size.
    image.draft("RGB", _within(image, longest))
    image.load()
    profile = image.info.get("icc_profile")
    orientation = _orientation(image)
    scaled = image.resize(_within(image, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.close()
    return _upright(_srgb(scaled, profile), orientation)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    has_alpha = image.has_transparency_data
    mode = "RGBA" if has_alpha else "RGB"
    if image.mode in {"P", "PA", "LA", "La", "I;16", "I", "F", "1"}:
        image = image.convert(mode)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, ValueError, OSError):
            # A profile that doesn't fit the picture: the colours are taken as they are.
            pass
    return image if image.mode == mode else image.convert(mode)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    method = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    # What the library knew of the file doesn't follow into the copies.
    image.info = {}
    return image.transpose(method) if method is not None else image


def _whole(image: Image.Image) -> Image.Image:
    """Decode all of it: formats that know no fraction."""
    image.load()
    return _upright(_srgb(image, image.info.get("icc_profile")), _orientation(image))


def _same_pixels(file: IO[bytes], image: Image.Image) -> Copy:
    """Full size for the media, losing nothing but what must not be given away."""
    file.seek(0)
    target = io.BytesIO()
    jpeg.clean(file, target, exif=_public_exif(image))
    width, height = _seen_size(image)
    return Copy(RenditionName.FULL, target.getvalue(), "image/jpeg", "jpg", width, height)


def _as_jpeg(image: Image.Image, credit: bytes) -> Copy:
    target = io.BytesIO()
    _on_white(image).save(target, "JPEG", quality=JPEG_QUALITY, exif=credit)
    return Copy(RenditionName.FULL, target.getvalue(), "image/jpeg", "jpg", image.width, image.height)


def _for_press(image: Image.Image, credit: bytes) -> Copy:
    """A plain JPEG (baseline, sRGB and saying so, inches for print), as programs of page layout want it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    target = io.BytesIO()
    _on_white(image).save(target, "JPEG", quality=PRESS_QUALITY, dpi=PRESS_DENSITY, icc_profile=profile, exif=credit)
    return Copy(RenditionName.PRESS, target.getvalue(), "image/jpeg", "jpg", image.width, image.height)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _exif(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except _BAD_METADATA:
        return Image.Exif()


def _ifd(exif: Image.Exif, tag: int) -> dict[int, object]:
    try:
        return dict(exif.get_ifd(tag))
    except _BAD_METADATA:
        return {}


def _orientation(image: Image.Image) -> int:
    value = _exif(image).get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) else 1


def _seen_size(image: Image.Image) -> tuple[int, int]:
    sideways = _orientation(image) in {5, 6, 7, 8}
    return (image.height, image.width) if sideways else (image.width, image.height)


def _facts(image: Image.Image, zone: ZoneInfo) -> Facts:
    exif = _exif(image)
    inner = _ifd(exif, ExifTags.IFD.Exif)
    xmp = image.info.get("xmp") or b""
    width, height = _seen_size(image)
    return Facts(
        width=width,
        height=height,
        taken_at=_taken_at(
            inner.get(ExifTags.Base.DateTimeOriginal), inner.get(ExifTags.Base.OffsetTimeOriginal), zone
        ),
        has_location=ExifTags.GPS.GPSLatitude in _ifd(exif, ExifTags.IFD.GPSInfo)
        or b"GPSLatitude" in (xmp if isinstance(xmp, bytes) else str(xmp).encode()),
        camera=_camera(exif),
    )


def _camera(exif: Image.Exif) -> str:
    make, model = _word(exif.get(ExifTags.Base.Make)), _word(exif.get(ExifTags.Base.Model))
    return (model if model.startswith(make) else f"{make} {model}").strip()[:120]


def _word(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _taken_at(value: object, offset: object, zone: ZoneInfo) -> datetime | None:
    try:
        naive = datetime.strptime(_word(value), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  the camera's zone comes below
    except ValueError:
        return None
    try:
        # «-06:00», when the camera knows its zone.
        return (
            datetime.fromisoformat(f"{naive.isoformat()}{_word(offset)}").astimezone(zone)
            if offset
            else (naive.replace(tzinfo=zone))
        )
    except ValueError:
        return naive.replace(tzinfo=zone)


def _credit(image: Image.Image) -> bytes:
    """Exif with the credit and nothing else; empty when there is none."""
    exif = _exif(image)
    kept = Image.Exif()
    for tag in _CREDIT:
        if word := _word(exif.get(tag)):
            kept[tag] = word
    return kept.tobytes() if kept else b""


def _public_exif(image: Image.Image) -> bytes:
    """Exif that may be given away: an allow-list, because makers invent places to write to."""
    exif = _exif(image)
    kept = Image.Exif()
    for tag in _KEPT_BASE:
        value = exif.get(tag)
        if value is not None:
            kept[tag] = _word(value) if isinstance(value, str) else value
    inner = _ifd(exif, ExifTags.IFD.Exif)
    inside = {int(tag): inner[tag] for tag in _KEPT_EXIF if tag in inner}
    if inside:
        kept.get_ifd(ExifTags.IFD.Exif).update(inside)
    try:
        return kept.tobytes() if kept or inside else b""
    except _BAD_METADATA:
        # Values of the wrong type in the original: only what shows the picture upright is kept.
        bare = Image.Exif()
        bare[ExifTags.Base.Orientation] = _orientation(image)
        return bare.tobytes()
