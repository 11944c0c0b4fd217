"""`{% load files_tags %}`: photographs and video in any page. Fetch with ``queries.with_renditions`` first."""

from datetime import timedelta

from django import template
from django.conf import settings
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commsoffice.files.enums import SIZES, AssetState, MediaKind, RenditionName
from commsoffice.files.errors import photo_too_heavy, video_too_heavy
from commsoffice.files.models import MediaAsset, Rendition
from commsoffice.files.queries import rendition_of
from commsoffice.ui.states import StateKind
from commsoffice.ui.templatetags.co import state

register = template.Library()

# Made smaller or larger until there is one: a page shows what there is.
_PICTURES = [name for name, _longest in reversed(SIZES)] + [RenditionName.POSTER]


@register.filter
def rendition_url(asset: MediaAsset, name: str) -> str:
    """The address of a copy; it answers once that copy exists, and to the public once it is published."""
    return reverse("files:rendition", args=[asset.token, RenditionName(name)])


@register.simple_tag
def photo(asset: MediaAsset, name: str, alt: str = "", sizes: str = "", **attributes: str) -> SafeString:
    """A photograph, or the poster of a video, in the copy asked for and the larger ones for finer screens.

    While there is no copy yet: its state in words. `sizes` as in HTML; by default what the layout gives it.
    """
    # By width, because a small photo has the same one several times.
    pictures = {copy.width: copy for wanted in _PICTURES if (copy := rendition_of(asset, wanted))}
    chosen = rendition_of(asset, RenditionName(name)) or next(reversed(pictures.values()), None)
    if chosen is None:
        return _waiting(asset)
    attributes.setdefault("loading", "lazy")
    fits = f"(max-width: {chosen.width}px) 100vw, {chosen.width}px"
    given = {
        "src": _url(asset, chosen),
        "srcset": ", ".join(f"{_url(asset, copy)} {width}w" for width, copy in sorted(pictures.items())),
        # «auto»: the browser's own measure, for pictures that load lazily.
        "sizes": sizes or (f"auto, {fits}" if attributes["loading"] == "lazy" else fits),
        "width": str(chosen.width),
        "height": str(chosen.height),
        "alt": alt,
        "decoding": "async",
        **attributes,
    }
    return format_html("<img{}>", flatatt(given))


@register.simple_tag
def video(asset: MediaAsset, alt: str = "", **attributes: str) -> SafeString:
    """A video with its poster and controls; nothing of it is fetched before someone plays it."""
    copy = rendition_of(asset, RenditionName.VIDEO)
    if copy is None:
        return _waiting(asset)
    given = {
        "poster": rendition_url(asset, RenditionName.POSTER),
        "width": str(copy.width),
        "height": str(copy.height),
        "aria-label": alt or _("Video"),
        **attributes,
    }
    return format_html(
        '<video controls preload="none"{}><source src="{}" type="{}"></video>',
        flatatt(given),
        _url(asset, copy),
        copy.content_type,
    )


@register.simple_tag
def upload_limits() -> SafeString:
    """Attributes for ``<form data-upload>``: the most bytes of each kind, and the sentence for a file with more."""
    given = {
        "data-photo-most": settings.PHOTO_MAX_BYTES,
        "data-photo-too-heavy": photo_too_heavy(settings.PHOTO_MAX_BYTES),
        "data-video-most": settings.VIDEO_MAX_BYTES,
        "data-video-too-heavy": video_too_heavy(settings.VIDEO_MAX_BYTES),
    }
    return flatatt(given)


@register.filter
def is_video(asset: MediaAsset) -> bool:
    """Whether it moves."""
    return asset.kind == MediaKind.VIDEO


@register.filter
def has_picture(asset: MediaAsset) -> bool:
    """Whether there is something to look at already."""
    return any(copy.name in _PICTURES for copy in asset.renditions.all())


@register.filter
def length_of_film(length: timedelta) -> str:
    """«1:05»: minutes and seconds, with hours when there are any."""
    seconds = round(length.total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def _url(asset: MediaAsset, copy: Rendition) -> str:
    return rendition_url(asset, copy.name)


def _waiting(asset: MediaAsset) -> SafeString:
    if asset.state == AssetState.FAILED:
        return state(StateKind.LATE, _("Without copies"))
    return state(StateKind.RUNNING, _("Making the copies"))
