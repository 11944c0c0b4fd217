"""Reads for the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agenda.models import Event
from commsoffice.office.models import Office
from commsoffice.ui.dates import long_datetime
from pressreleases.models import Correction, Release
from pressreleases.prose import to_text
from pressreleases.queries.desk import files_of_release

# How many stories the front page shows beside the leading one, and events in its column.
STORIES = 6
EVENTS = 4


@dataclass(frozen=True, slots=True)
class Front:
    """The front page: photographs first, so the newest story that has one leads."""

    lead: Release | None
    stories: list[Release]


def newest(limit: int = STORIES + 1) -> list[Release]:
    """Return the newest public releases, without their files: one query."""
    return list(Release.objects.public().order_by("-published_at", "-id")[:limit])


def load_files(releases: Sequence[Release]) -> None:
    """Load the files of rows that are here already: two queries."""
    prefetch_related_objects(list(releases), *files_of_release())


def load_corrections(releases: Sequence[Release]) -> None:
    """Load what was issued of the corrections of rows that are here already, newest first: one query."""
    prefetch_related_objects(list(releases), Prefetch("corrections", queryset=Correction.objects.issued()))


def arranged(releases: list[Release]) -> Front:
    """Arrange the newest releases, with their files loaded, as the front page shows them."""
    if not releases:
        return Front(None, [])
    lead = next((release for release in releases if release.photos), releases[0])
    return Front(lead, [release for release in releases if release is not lead])


def upcoming_events(today: date) -> list[Event]:
    """Return what the public agenda shows next: one query."""
    ahead = Event.objects.public().filter(Q(date__gte=today) | Q(end_date__gte=today))
    return list(ahead.select_related("locality").order_by("date", F("start_time").asc(nulls_first=True), "id")[:EVENTS])


def years() -> list[int]:
    """Return the years with public releases, newest first: one query."""
    found = Release.objects.public().dates("published_at", "year", order="DESC")
    return [day.year for day in found]


def dateline(release: Release, office: Office, today: date) -> str:
    """Return «Valle de Amatista, Anáhuac, a 14 de octubre de 2026» of the day it came out, or comes out today."""
    day = localdate(release.published_at) if release.published_at else today
    return _("%(municipality)s, %(state)s, %(day)s") % {
        "municipality": office.municipality,
        "state": office.state,
        # Spanish writes its months without capitals.
        "day": date_format(day, "DATE_FORMAT").lower(),
    }


def said_of(correction: Correction) -> str:
    """Return «Fe de erratas, miércoles 14 de octubre, 12:20 h. Decía: 148. Debe decir: 184.»."""
    return _("Correction, %(when)s. It said: %(wrong)s. It should say: %(right)s.") % {
        "when": long_datetime(correction.approved_at or correction.updated_at),
        "wrong": correction.note_wrong.rstrip(". "),
        "right": correction.note_right.rstrip(". "),
    }


def plain_text(release: Release, office: Office, today: date, corrections: Sequence[Correction] = ()) -> str:
    """Return the text to copy: title, highlights, dateline, body, what was corrected, contact. No mark-up."""
    contact = ", ".join(part for part in (office.press_contact_name, office.press_contact_phone, office.email) if part)
    parts = [
        release.title.upper(),
        "\n".join(f"- {line}" for line in release.highlights),
        f"{dateline(release, office, today)}. {release.lead}".strip(),
        to_text(release.body),
        release.practical,
        "-o0o-",
        *(said_of(correction) for correction in corrections),
        _("Press contact: %(contact)s") % {"contact": contact},
    ]
    return "\n\n".join(part for part in parts if part)
