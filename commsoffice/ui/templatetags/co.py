"""`{% load co %}`: icons, states and dates, the smallest components."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django import template
from django.forms import Media
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commsoffice.ui import dates, prose
from commsoffice.ui.states import StateKind
from commsoffice.ui.timeline import TimelineEntry

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A symbol of the sprite. Always hidden from readers: the word beside it speaks."""
    return format_html(
        '<svg class="bi{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        f" {extra}" if extra else "",
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def shield() -> SafeString:
    """The shield of the masthead when the office has no coat of arms of its own."""
    return format_html(
        '<svg class="co-shield" aria-hidden="true"><use href="{}#co-shield"></use></svg>',
        static("icons/sprite.svg"),
    )


@register.simple_tag
def state(kind: str, word: str, *, bare: bool = False) -> SafeString:
    """A state: colour, icon and word. Raises ValueError for a kind that does not exist."""
    known = StateKind(kind)
    return format_html(
        '<span class="co-state is-{}{}">{}{}</span>',
        known.value,
        " co-state--bare" if bare else "",
        icon(known.icon),
        word,
    )


@register.simple_tag
def level(letter: str) -> SafeString:
    """The rank of an event: A, B or C."""
    return format_html(
        '<span class="co-level co-level--{}">{}</span><span class="visually-hidden"> {}</span>',
        str(letter).lower(),
        str(letter).upper(),
        _("priority level."),
    )


@register.filter
def initials(name: object) -> str:
    """«IC» of «Itandehui Corrales»; at most two letters."""
    words = str(name).split()
    if not words:
        return "·"
    chosen = [words[0]] if len(words) == 1 else [words[0], words[1]]
    return "".join(word[0] for word in chosen).upper()


@register.filter
def long_date(value: date | None, year: str = "") -> str:
    """«miércoles 14 de octubre»; `|long_date:"year"` adds «de 2026»."""
    return dates.long_date(value, year=bool(year)) if value else ""


@register.filter
def long_datetime(value: datetime | None, year: str = "") -> str:
    """«miércoles 14 de octubre, 11:00 h»; `:"year"` adds the year."""
    return dates.long_datetime(value, year=bool(year)) if value else ""


@register.filter
def short_date(value: date | None) -> str:
    """«lun 12»."""
    return dates.short_date(value) if value else ""


@register.filter
def short_datetime(value: datetime | None) -> str:
    """«lun 12, 17:22»."""
    return dates.short_datetime(value) if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """«11:00 h»."""
    return dates.clock(value) if value is not None and value != "" else ""


@register.simple_tag
def time_tag(value: date | None, style: str = "long_datetime") -> SafeString:
    """A `<time>` with its machine value; style is the name of one of the date filters."""
    if not value:
        return mark_safe("")
    write = {
        "long_date": dates.long_date,
        "long_datetime": dates.long_datetime,
        "short_date": dates.short_date,
        "short_datetime": dates.short_datetime,
        "clock": dates.clock,
    }[style]
    return format_html(
        '<time datetime="{}">{}</time>',
        dates.local(value).isoformat(),
        write(value),  # type: ignore[operator]  # the style fits the value, or Django says so loudly
    )


@register.simple_tag
def progress(value: int, total: int, label: str, kind: str = "") -> SafeString:
    """A bar of long work; `label` is what a screen reader says."""
    return format_html(
        '<progress{} value="{}" max="{}" aria-label="{}"></progress>',
        format_html(' class="is-{}"', StateKind(kind).value) if kind else "",
        value,
        max(total, 1),
        label,
    )


@register.simple_tag(takes_context=True)
def prose_media(context: template.Context, media: Media) -> SafeString:
    """The media of a form with a prose editor, for `{% block head %}`."""
    return prose.media(media, str(getattr(context["request"], "csp_nonce", "")))


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[TimelineEntry]) -> dict[str, Iterable[TimelineEntry]]:
    """Who did what, in the order given."""
    return {"entries": entries}


@register.inclusion_tag("components/sort.html", takes_context=True)
def sort_header(context: template.Context, field: str, label: str, *, number: bool = False) -> dict[str, object]:
    """A `<th>` that sorts by `field` through `?orden=` and keeps the filters in the address."""
    request = context["request"]
    current = request.GET.get("orden", "")
    query = request.GET.copy()
    query["orden"] = f"-{field}" if current == field else field
    # A new order begins at its first page.
    query.pop("desde", None)
    query.pop("page", None)
    return {
        "label": label,
        "number": number,
        "href": f"?{query.urlencode()}",
        "sorted": {field: "ascending", f"-{field}": "descending"}.get(current, ""),
    }
