"""The picture that stands for a video before it plays."""

import io
from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from commsoffice.outbox.channels.base import ChannelError
from social.channels.youtube_client import TROUBLE
from social.channels.youtube_visit import Visit, meaning_of

CONTENT_TYPE = "image/jpeg"
# As YouTube recommends; so a JPEG stays far below 2 MB, the smallest limit that its pages name.
_SIZE = (1280, 720)
_QUALITY = 88


def drawn(photo: Mapping[str, Any]) -> bytes:
    """The photograph as a thumbnail: whole, on black where its shape is another. Raises OSError for a bad file."""
    with default_storage.open(photo["name"]) as file, Image.open(file) as image:
        framed = ImageOps.pad(ImageOps.exif_transpose(image).convert("RGB"), _SIZE, color="black")
    target = io.BytesIO()
    framed.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()


def settle_thumbnail(visit: Visit, video_id: str) -> str:
    """Set the thumbnail unless that is settled; return what went wrong, in words. Never fails the delivery."""
    photo = visit.payload.get("thumbnail")
    if not photo or visit.noted("thumbnail"):
        return ""
    try:
        content = drawn(photo)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        visit.keep(visit.delivery, thumbnail=True)
        return _("Its thumbnail could not be set: the photograph cannot be read.")
    try:
        visit.youtube.set_thumbnail(video_id, content, CONTENT_TYPE)
    except TROUBLE as error:
        return _words(meaning_of(visit.profile, error, at_risk=False))
    visit.keep(visit.delivery, thumbnail=True)
    return ""


def _words(error: ChannelError) -> str:
    return _("Its thumbnail could not be set: %(answer)s") % {"answer": error.answer}
