"""The words of each verb. A room says its own in its AppConfig, in the third person: ``audit_words``."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.apps import apps
from django_stubs_ext import StrOrPromise

from commsoffice.audit.models import Entry


@cache
def words() -> dict[str, StrOrPromise]:
    """All verbs that the rooms have words for: "room.verb" → «approved it»."""
    found: dict[str, StrOrPromise] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "audit_words", {}))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the timeline shows it (the attributes of ``commsoffice.ui.timeline.TimelineEntry``)."""

    at: datetime
    who: str
    text: str
    note: str
    kind: None = None
    url: str = ""
    current: bool = False


def line(entry: Entry) -> Line:
    """The entry in words."""
    return Line(at=entry.at, who=entry.actor_name, text=text_of(entry.verb), note=entry.note)


def text_of(verb: str) -> str:
    """«approved it»; a verb without words is shown as it is, since hiding it would be worse."""
    return str(words().get(verb, verb))
