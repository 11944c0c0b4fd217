"""The line of sections. Each room offers its own through its AppConfig; this one collects them.

class AgendaConfig(AppConfig):
    staff_sections = (Section(_("Agenda"), "agenda:list", Permission.AGENDA_VIEW, order=20),)
    public_sections = (Section(_("Agenda"), "public_agenda:list", order=30),)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django_stubs_ext import StrOrPromise

from commsoffice.accounts.enums import Permission

if TYPE_CHECKING:
    # AppConfigs import this module before any model may be imported.
    from commsoffice.accounts.models import User


@dataclass(frozen=True, slots=True)
class Section:
    """A place in the navigation.

    `count` is the dotted path of a function `(user) -> int` that costs one query: how many
    things there wait for this person. A path, because an AppConfig cannot import models.
    """

    label: StrOrPromise
    url_name: str
    permission: Permission | None = None
    order: int = 100
    count: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A section as one page shows it."""

    label: StrOrPromise
    url: str
    count: int = 0
    is_current: bool = False


def offered(attribute: str) -> list[Section]:
    """All sections that the rooms offer under that attribute, in their order."""
    found = [section for config in apps.get_app_configs() for section in getattr(config, attribute, ())]
    return sorted(found, key=lambda section: section.order)


def staff_links(request: HttpRequest, user: "User") -> list[Link]:
    """The sections that this person may open, with what waits in each: one query a count."""
    allowed = [
        section for section in offered("staff_sections") if section.permission is None or user.may(section.permission)
    ]
    return _links(request, allowed, user)


def public_links(request: HttpRequest) -> list[Link]:
    """The sections of the public site."""
    return _links(request, offered("public_sections"), None)


def _links(request: HttpRequest, sections: list[Section], user: "User | None") -> list[Link]:
    placed = list(_placed(sections))
    # The longest address that begins the page's own: /mesa/ must not claim /mesa/agenda/.
    current = max((url for _section, url in placed if _is_inside(request.path, url)), key=len, default=None)
    return [
        Link(
            label=section.label,
            url=url,
            count=import_string(section.count)(user) if section.count and user else 0,
            is_current=url == current,
        )
        for section, url in placed
    ]


def _is_inside(path: str, url: str) -> bool:
    # The front page is a section only of itself; everything public lies below it.
    return path == url if url == "/" else path.startswith(url)


def _placed(sections: list[Section]) -> Iterator[tuple[Section, str]]:
    for section in sections:
        try:
            yield section, reverse(section.url_name)
        except NoReverseMatch:
            # A section without a page must not take every page down; the system check
            # `ui.E001` refuses to start a deployment with it.
            continue
