"""`{% load release_tags %}`: the body of a release, and what changed in a text."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from commsoffice.files.enums import RenditionName
from commsoffice.files.queries import rendition_of
from pressreleases import prose
from pressreleases.diff import Piece
from pressreleases.models import ReleaseFile

register = template.Library()

_FIELDS = {
    "note_wrong": _("It said"),
    "note_right": _("It should say"),
    "title": _("Title"),
    "highlights": _("Highlights"),
    "lead": _("Lead"),
    "body": _("Body"),
    "practical": _("Practical information"),
    "caption": _("Caption"),
    "credit": _("Credit"),
    "alt_text": _("Alternative text"),
}


@register.filter
def body_html(html: str) -> SafeString:
    """The body as HTML, cleaned once more where it is shown: no script reaches a page, whoever wrote the row."""
    return mark_safe(prose.clean(html))  # noqa: S308  only elements of the list survive


@register.filter
def pieces(found: Sequence[Piece]) -> SafeString:
    """The words with what was removed struck out and what was added marked."""
    marks = {"same": "{}", "removed": "<del>{}</del>", "added": "<mark>{}</mark>"}
    return format_html_join("", "{}", ((format_html(marks[piece.kind], piece.text),) for piece in found))


@register.filter
def field_name(name: str) -> str:
    """How a person calls a part of the text."""
    return str(_FIELDS[name])


@register.filter
def file_size(size: int) -> str:
    """«8.4 MB»."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size // 1000, 1)} kB"  # noqa: PLR2004  a tenth of a megabyte


@register.filter
def full_size(file: ReleaseFile) -> int:
    """Bytes of the copy that is downloaded; 0 while there is none."""
    copy = rendition_of(file.asset, RenditionName.FULL)
    return copy.size if copy else 0


@register.filter
def words(text: str) -> int:
    """How many words."""
    return prose.count_words(text)
