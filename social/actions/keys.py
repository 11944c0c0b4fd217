"""Changing the keys that the tokens are encrypted with.

A new key goes in front of TOKEN_KEYS; then everything is written anew with it, and the old one may go.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.outbox.models import Delivery
from social.fields import seal, unseal
from social.models import Journey, Profile

# Each a column that holds tokens.
_KEPT: tuple[tuple[Any, str], ...] = ((Profile, "credentials"), (Journey, "secrets"))


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: how many rows it wrote, of how many."""

    written: int
    total: int


def rotate(*, by: User, now: datetime) -> Rotation:
    """Encrypt with the first key whatever another one opens; doing it again does nothing.

    Raises ImproperlyConfigured, having kept what it did so far, when no key opens a row.
    """
    keys = [Fernet(key) for key in settings.TOKEN_KEYS]
    written = total = 0
    for model, column in _KEPT:
        for pk in model.objects.order_by("pk").values_list("pk", flat=True):
            # A transaction for each row: nobody waits for the whole, and what was done stays done.
            with transaction.atomic():
                row = model.objects.select_for_update().filter(pk=pk).defer(column).first()
                if row is None:
                    continue
                number = _opened_by(keys, _ciphertext(model, pk, column))
                if number is None:
                    message = f"TOKEN_KEYS holds no key that opens {model.__name__} {pk}. Put the lost key back."
                    raise ImproperlyConfigured(message)
                total += 1
                if number:
                    # Reading opens it with the old key, writing closes it with the first.
                    row.save(update_fields=[column])
                    written += 1
                    if isinstance(row, Profile):
                        record(row, "social.rotate_key", by=by, now=now)
    uploads = _rotate_uploads(keys)
    return Rotation(written + uploads.written, total + uploads.total)


def places_used() -> set[int | None]:
    """The places in TOKEN_KEYS of the keys that open at least one row; None among them for rows that none opens."""
    keys = [Fernet(key) for key in settings.TOKEN_KEYS]
    places = {
        _opened_by(keys, ciphertext or "")
        for model, column in _KEPT
        for ciphertext in model.objects.values_list(Cast(column, TextField()), flat=True)
    }
    # An upload whose key is lost finds out by itself what became of it.
    of_uploads = {_opened_by(keys, sealed) for sealed in _uploads().values_list("progress__session", flat=True)}
    return places | (of_uploads - {None})


def _rotate_uploads(keys: list[Fernet]) -> Rotation:
    written = total = 0
    for pk in list(_uploads().values_list("pk", flat=True)):
        with transaction.atomic():
            # A worker that uploads just now writes its own copy over this one: then the next round finds it again.
            delivery = _uploads().select_for_update().filter(pk=pk).first()
            place = _opened_by(keys, delivery.progress["session"]) if delivery is not None else None
            if delivery is None or place is None:
                continue
            total += 1
            if place:
                session = seal(unseal(delivery.progress["session"]) or "")
                Delivery.objects.filter(pk=pk).update(progress={**delivery.progress, "session": session})
                written += 1
    return Rotation(written, total)


def _uploads() -> QuerySet[Delivery]:
    """Deliveries that keep the sealed address of an upload session (channels.youtube_upload)."""
    return Delivery.objects.filter(progress__has_key="session").exclude(progress__session="").order_by("pk")


def _ciphertext(model: Any, pk: Any, column: str) -> str:
    """The column as it is stored: cast to text, the field doesn't open it."""
    return model.objects.filter(pk=pk).values_list(Cast(column, TextField()), flat=True).get() or ""


def _opened_by(keys: list[Fernet], ciphertext: str) -> int | None:
    """The place of the key that opens it; 0 for what is empty."""
    if not ciphertext:
        return 0
    for place, key in enumerate(keys):
        try:
            key.decrypt(ciphertext.encode())
        except InvalidToken:
            continue
        return place
    return None
