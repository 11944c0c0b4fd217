"""Releases for tests, brought to a state by the verbs themselves."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pgtrigger
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from agenda.models import Event
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.files.actions import process, receive
from commsoffice.files.models import MediaAsset
from commsoffice.outbox.enums import SETTLED, DeliveryState
from commsoffice.outbox.models import Delivery
from media_contacts.models import MediaList
from pressreleases import actions
from pressreleases.enums import CorrectionState, ReleaseState
from pressreleases.models import Correction, Release

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


# Which way a delivery goes to a state; the database refuses any other.
_PATHS: dict[DeliveryState, tuple[DeliveryState, ...]] = {
    DeliveryState.QUEUED: (),
    DeliveryState.HELD: (DeliveryState.HELD,),
    DeliveryState.SENDING: (DeliveryState.SENDING,),
    DeliveryState.SCHEDULED: (DeliveryState.SENDING, DeliveryState.SCHEDULED),
    DeliveryState.ACCEPTED: (DeliveryState.SENDING, DeliveryState.ACCEPTED),
    DeliveryState.CONFIRMED: (DeliveryState.SENDING, DeliveryState.CONFIRMED),
    DeliveryState.UNKNOWN: (DeliveryState.SENDING, DeliveryState.UNKNOWN),
    DeliveryState.REJECTED: (DeliveryState.SENDING, DeliveryState.REJECTED),
    DeliveryState.CANCELLED: (DeliveryState.CANCELLED,),
    DeliveryState.EXPIRED: (DeliveryState.EXPIRED,),
}


def bring(delivery: Delivery, state: DeliveryState, *, now: datetime = NOW, **fields: object) -> Delivery:
    """Move a delivery as the worker would have, without the other side."""
    path = (state,) if delivery.state == DeliveryState.TO_DO else _PATHS[state]
    if state == DeliveryState.SCHEDULED:
        # The hour is chosen when it is queued.
        with pgtrigger.ignore("outbox.Delivery:frozen"):
            Delivery.objects.filter(pk=delivery.pk).update(publish_at=now)
    for step in path:
        Delivery.objects.filter(pk=delivery.pk).update(
            state=step,
            settled_at=now if step in SETTLED else None,
            lease_until=now + timedelta(minutes=5) if step == DeliveryState.SENDING else None,
        )
    if fields:
        Delivery.objects.filter(pk=delivery.pk).update(**fields)
    delivery.refresh_from_db()
    return delivery


def all_left(release: Release, *, now: datetime = NOW) -> None:
    """Everything of a release left: mails and posts accepted, calls made, our own page confirmed."""
    for delivery in Delivery.objects.of("pressreleases.release", release.pk).open():
        by_hand = delivery.state == DeliveryState.TO_DO
        state = DeliveryState.CONFIRMED if by_hand or delivery.channel == "web" else DeliveryState.ACCEPTED
        bring(delivery, state, now=now)


WRONG, RIGHT = "148 luminarias", "184 luminarias"
CORRECTED_LEAD = "Desde hoy, 184 luminarias alumbran las 12 calles de la colonia El Mirador."


def correction_in(
    state: CorrectionState, release: Release, *, writer: User, director: User, now: datetime = NOW, **changes: object
) -> Correction:
    """A correction that went through every verb up to that state."""
    words = text(**{"lead": CORRECTED_LEAD, **changes})
    row = actions.write_correction(release, actions.Notes(WRONG, RIGHT), words, version=0, by=writer, now=now)
    if state == CorrectionState.DISCARDED:
        return actions.discard_correction(row, by=writer, now=now)
    if state == CorrectionState.DRAFT:
        return row
    row = actions.submit_correction(row, by=writer, now=now)
    return row if state == CorrectionState.IN_REVIEW else actions.issue_correction(row, by=director, now=now)
