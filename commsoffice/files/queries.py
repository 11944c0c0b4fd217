"""Reads about files."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from commsoffice.files.enums import AssetState, RenditionName
from commsoffice.files.errors import NoSuchRendition
from commsoffice.files.models import MediaAsset, PublicUse, Rendition
from commsoffice.office.queries import office_zone

_Row = TypeVar("_Row", bound=Model)

# A wake-up that was sent a moment ago is not forgotten yet.
FORGOTTEN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Use:
    """A published thing that shows a file."""

    label: str
    since: datetime
    url: str = ""

    @classmethod
    def of(cls, row: PublicUse, subject: Model | None) -> "Use":
        """Describe it; the room that owns the thing lies above and is asked only for its words and address."""
        address = getattr(subject, "get_absolute_url", None)
        return cls(str(subject or row.subject_type), row.since, str(address()) if address else "")


def with_renditions(rows: QuerySet[_Row], through: str = "") -> QuerySet[_Row]:
    """Fetch the copies along: one more query, however many rows.

    `through` is the path to the file from rows of another room, for example ``asset``.
    """
    return rows.prefetch_related(f"{through}__renditions" if through else "renditions")


def rendition_of(asset: MediaAsset, name: str) -> Rendition | None:
    """Return one copy, or None while it does not exist. Costs nothing after ``with_renditions``."""
    return next((copy for copy in asset.renditions.all() if copy.name == name), None)


def attachment(
    asset: MediaAsset, rendition: RenditionName, *, otherwise: RenditionName | None = None, alt: str = ""
) -> dict[str, Any]:
    """Describe a copy as the outbox freezes it: where it is stored, and by what hash it is known.

    `otherwise` stands in for a copy that older files lack. Raises NoSuchRendition while there is none to describe.
    """
    copy = rendition_of(asset, rendition) or (rendition_of(asset, otherwise) if otherwise else None)
    if copy is None:
        raise NoSuchRendition
    return {
        "name": copy.file.name,
        "filename": public_filename(asset, copy),
        "content_type": copy.content_type,
        "size": copy.size,
        "sha256": copy.sha256,
        "alt": alt,
    }


def public_filename(asset: MediaAsset, copy: Rendition) -> str:
    """The sender's name for it, with the extension of what it now is."""
    return f"{PurePath(asset.filename).stem}.{str(copy.file.name).rpartition('.')[2]}"


def copy_at(token: UUID, name: str) -> tuple[Rendition, bool] | None:
    """Return the copy at an address and whether the public may see it, in one query."""
    copy = (
        Rendition.objects.select_related("asset__uploaded_by")
        .annotate(is_public=Exists(PublicUse.objects.filter(asset=OuterRef("asset"))))
        .filter(asset__token=token, name=name)
        .first()
    )
    return (copy, copy.is_public) if copy else None


def is_public(asset: MediaAsset) -> bool:
    """Whether something published shows this file."""
    return PublicUse.objects.filter(asset=asset).exists()


def uses_of(asset: MediaAsset) -> list[Use]:
    """Return the published things that show a file, with their words and address; one query a kind of thing."""
    rows = list(PublicUse.objects.filter(asset=asset).order_by("since"))
    found: dict[tuple[str, int], Model] = {}
    for kind in {row.subject_type for row in rows}:
        try:
            model = apps.get_model(kind)
        except LookupError:
            continue
        keys = [row.subject_id for row in rows if row.subject_type == kind]
        found |= {(kind, thing.pk): thing for thing in model._default_manager.filter(pk__in=keys)}  # noqa: SLF001  Django's public name for it
    return [Use.of(row, found.get((row.subject_type, row.subject_id))) for row in rows]


def sheet(*, kind: str = "", who: int | None = None, day: date | None = None) -> QuerySet[MediaAsset]:
    """Return the office's own files for the contact sheet; what citizens sent stays at their desk.

    `day` is a day at the office.
    """
    rows = MediaAsset.objects.filter(uploaded_by__is_system=False).select_related("uploaded_by")
    if kind:
        rows = rows.filter(kind=kind)
    if who is not None:
        rows = rows.filter(uploaded_by=who)
    if day is not None:
        start = datetime.combine(day, time(), tzinfo=office_zone())
        rows = rows.filter(uploaded_at__gte=start, uploaded_at__lt=start + timedelta(days=1))
    return with_renditions(rows)


def forgotten(now: datetime) -> QuerySet[MediaAsset]:
    """Return what waits for its copies while no worker is at it."""
    nobody = Q(claimed_until=None, uploaded_at__lt=now - FORGOTTEN_AFTER) | Q(claimed_until__lt=now)
    return MediaAsset.objects.filter(nobody, state=AssetState.RECEIVED).order_by("id")
