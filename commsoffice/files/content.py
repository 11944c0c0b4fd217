"""What a file is, by its first bytes. Its name and the sender's header are not asked."""

from dataclasses import dataclass

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

from commsoffice.files import errors
from commsoffice.files.enums import MediaKind

# More than any of the signatures needs.
HEAD = 261


@dataclass(frozen=True, slots=True)
class Content:
    """A type that is taken, and the extension that a file of it gets."""

    kind: MediaKind
    content_type: str
    extension: str


_TAKEN = {
    "image/jpeg": Content(MediaKind.PHOTO, "image/jpeg", "jpg"),
    "image/png": Content(MediaKind.PHOTO, "image/png", "png"),
    "image/apng": Content(MediaKind.PHOTO, "image/png", "png"),
    "image/webp": Content(MediaKind.PHOTO, "image/webp", "webp"),
    "video/mp4": Content(MediaKind.VIDEO, "video/mp4", "mp4"),
    "video/x-m4v": Content(MediaKind.VIDEO, "video/mp4", "mp4"),
    "video/quicktime": Content(MediaKind.VIDEO, "video/quicktime", "mov"),
}
# What people try to send by mistake, so that the refusal can say it by name.
_KNOWN = {
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/x-canon-cr2": "RAW (CR2)",
    "image/vnd.adobe.photoshop": "Photoshop",
    "video/x-msvideo": "AVI",
    "video/x-matroska": "MKV",
    "video/webm": "WebM",
    "video/x-ms-wmv": "WMV",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
}
_HEIF = {"image/heic", "image/avif"}
# Cameras and phones name their film in many ways; ffmpeg has the last word on each.
_FILM_BRANDS = {b"qt  ", b"XAVC", b"3gp4", b"3gp5", b"M4V ", b"M4VH", b"MSNV", b"avc1", b"iso2", b"iso5", b"iso6"}


def _mime(head: bytes) -> str:
    found = filetype.guess_mime(head) if head else None
    if found is None and head[4:8] == b"ftyp" and head[8:12] in _FILM_BRANDS:
        return "video/mp4"
    return str(found or "")


def detect(head: bytes) -> Content | None:
    """Return what these first bytes are, or None when it is nothing that is taken."""
    return _TAKEN.get(_mime(head))


def limit(content: Content | None) -> int:
    """Return how many bytes a file of that content may have."""
    if content is not None and content.kind is MediaKind.VIDEO:
        return int(settings.VIDEO_MAX_BYTES)
    return int(settings.PHOTO_MAX_BYTES)


def too_heavy(content: Content | None) -> str:
    """Return the sentence for a file over its limit, in bytes."""
    if content is not None and content.kind is MediaKind.VIDEO:
        return errors.video_too_heavy(limit(content))
    return errors.photo_too_heavy(limit(content))


def why_not(head: bytes, kinds: frozenset[MediaKind]) -> str:
    """Return the sentence for a file that is none of what is taken here."""
    mime = _mime(head)
    wanted = _wanted(kinds)
    if mime in _HEIF:
        return _(
            "This is a HEIC or AVIF photo, which the media cannot open. Set the camera to «Most compatible», "
            "or export the photo as JPEG, and upload that copy."
        )
    if name := _KNOWN.get(mime):
        return _("This is a %(type)s file, whatever its name says. Upload %(wanted)s.") % {
            "type": name,
            "wanted": wanted,
        }
    if content := _TAKEN.get(mime):
        if content.kind is MediaKind.VIDEO:
            return _("This is a video. Upload %(wanted)s.") % {"wanted": wanted}
        return _("This is a photo. Upload %(wanted)s.") % {"wanted": wanted}
    return _("This is neither a photo nor a video that can be opened. Upload %(wanted)s.") % {"wanted": wanted}


def _wanted(kinds: frozenset[MediaKind]) -> str:
    if kinds == {MediaKind.PHOTO}:
        return _("a photo (JPEG, PNG or WebP)")
    if kinds == {MediaKind.VIDEO}:
        return _("a video (MP4 or MOV)")
    return _("a photo (JPEG, PNG or WebP) or a video (MP4 or MOV)")
