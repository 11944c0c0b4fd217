"""Releases for tests, brought to a state by the verbs themselves."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.files.actions import process, receive
from commsoffice.files.models import MediaAsset
from media_contacts.models import MediaList
from pressreleases import actions
from pressreleases.enums import ReleaseState
from pressreleases.models import Release

NOW = datetime(2026, 10, 9, 18, 0, tzinfo=UTC)
BODY = "<p>El servicio queda completo en 12 calles.</p><blockquote><p>«Ya se ve», dijo una vecina.</p></blockquote>"


def text(**changes: object) -> actions.Text:
    """A whole text; ``changes`` replace parts of it."""
    parts: dict[str, Any] = {
        "title": "El Mirador estrena 148 luminarias",
        "topic": "Obra pública",
        "highlights": ["La colonia completa su alumbrado", "Reportes, al 072"],
        "lead": "Desde hoy, 148 luminarias alumbran las 12 calles de la colonia El Mirador.",
        "body": BODY,
        "practical": "Reportes: teléfono 072, gratuito.",
        **changes,
    }
    return actions.Text(**parts)


def photo(by: User, name: str = "luminarias.jpg", *, size: tuple[int, int] = (640, 426)) -> MediaAsset:
    """A photograph with its copies; each name gives other bytes."""
    file = BytesIO()
    Image.new("RGB", size, color=(sum(name.encode()) % 256, 90, 60)).save(file, "JPEG")
    asset = receive(SimpleUploadedFile(name, file.getvalue(), "image/jpeg"), by=by, now=NOW)
    process(asset.pk)
    asset.refresh_from_db()
    return asset


def chosen(asset: MediaAsset, **changes: str) -> actions.FileChoice:
    """The photograph with its words."""
    words = {"caption": "Calle Cedro de noche", "credit": "Efrén Tzompa", "alt_text": "Calle con luz nueva", **changes}
    return actions.FileChoice(asset, **words)


def release_in(
    state: ReleaseState,
    *,
    writer: User,
    director: User,
    event: Event | None = None,
    lists: list[MediaList] | None = None,
    accounts: list[str] | None = None,
    photos: list[actions.FileChoice] | None = None,
    now: datetime = NOW,
    **changes: object,
) -> Release:
    """A release that went through every verb up to that state."""
    release = actions.draft(by=writer, now=now, event=event, title="Luminarias")
    whole = text(lists=lists or [], accounts=accounts or [], **changes)
    release = actions.save(release, whole, version=release.version, by=writer, now=now)
    if photos:
        release = actions.choose_files(release, photos, version=release.version, by=writer, now=now)
    if state == ReleaseState.DRAFT:
        return release
    release = actions.submit(release, by=writer, now=now)
    if state == ReleaseState.IN_REVIEW:
        return release
    release = actions.approve(release, by=director, now=now)
    if state == ReleaseState.APPROVED:
        return release
    release = actions.publish(release, by=system_user(), now=now + timedelta(seconds=2))
    if state == ReleaseState.PUBLISHED:
        return release
    return actions.withdraw(release, reason="Se publicó con una cifra equivocada.", by=director, now=now)
