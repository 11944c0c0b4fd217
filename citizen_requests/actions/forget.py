"""The person's right to be forgotten: on time, everywhere, and for good."""

import logging
import re
from collections.abc import Callable
from datetime import datetime

import pgtrigger
from django.apps import apps
from django.db import transaction
from django.db.models.functions import Round
from django.utils.translation import gettext

from citizen_requests.actions.letters import requester_ref
from citizen_requests.actions.steps import lock
from citizen_requests.models import CitizenRequest, Requester, RequestStep
from citizen_requests.permissions import sees_persons
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.audit.actions import record
from commsoffice.files.actions import strip_original
from commsoffice.files.models import MediaAsset
from commsoffice.outbox.actions import cancel_for
from commsoffice.outbox.actions import forget as forget_deliveries
from commsoffice.outbox.models import Delivery

logger = logging.getLogger(__name__)

_EMAIL = r"[^\s<>()@,;:]+@[^\s<>()@,;:]+\.[a-zA-Z]{2,}"
# Ten digits as people write them: 000 000 01 23, (000) 000-0123, +52 000…
_PHONE = r"(?:\+?\d{1,3}[\s.-]*)?(?:\(?\d\)?[\s.()-]{0,2}){9}\d"
_STRUCK = "▇▇▇"
# A worker's turn; the next one comes in six hours.
_AT_ONCE = 500
# Decimals of a degree: about a hundred metres say which street, and no longer which house.
_DECIMALS = 3


def forget_due(now: datetime) -> int:
    """Forget everyone whose time has come; returns how many. One that fails is logged, and holds up nobody else."""
    by = system_user()
    due = Requester.objects.filter(forget_after__lte=now).order_by("forget_after", "pk")
    keys = list(due.values_list("request_id", flat=True)[:_AT_ONCE])
    done = 0
    for key in keys:
        try:
            forget(CitizenRequest.objects.get(pk=key), by=by, now=now)
        except Exception:
            logger.exception("The person of request %s could not be forgotten; a later turn tries again", key)
        else:
            done += 1
    return done


def forget(request: CitizenRequest, *, by: User, now: datetime) -> None:
    """Delete who asked, here and in the ledger, and strike names, addresses and telephones out of the words.

    The photographs lose their originals, and the point on the map becomes a stretch of street.
    The request itself, its answer and its dates stay: they are the office's file. As long as nobody knows of a
    letter whether it left, the person stays too, and a later turn tries again: only settled letters can be erased.
    """
    with transaction.atomic():
        request = lock(request)
        if not sees_persons(by):
            raise NotAllowed
        person = Requester.objects.select_for_update().filter(request=request).first()
        if person is None:
            return
        strike = _striker(person)
        _strike_row(request, strike)
        _strike_steps(request, strike)
        _strike_history(request, strike)
        for photo in MediaAsset.objects.filter(request_photo__request=request):
            strip_original(photo, now=now)
        # What has not left by now never will.
        cancel_for(request, by=by, now=now, reason=gettext("The person was forgotten."))
        forget_deliveries(requester_ref(person), by=by, now=now)
        if Delivery.objects.filter(recipient_ref=requester_ref(person)).open().exists():
            return
        person.delete()
        record(request, "citizen_requests.forget", by=by, now=now)


def _striker(person: Requester) -> Callable[[str], str]:
    patterns = [_EMAIL, _PHONE]
    if person.name:
        patterns.insert(0, r"\s+".join(re.escape(word) for word in person.name.split()))
    if digits := re.sub(r"\D", "", person.phone):
        patterns.insert(0, r"\D{0,3}".join(digits))
    whole = re.compile("|".join(patterns), re.IGNORECASE)
    return lambda text: whole.sub(_STRUCK, text)


def _strike_row(request: CitizenRequest, strike: Callable[[str], str]) -> None:
    struck = {name: strike(getattr(request, name)) for name in ("description", "address", "answer")}
    CitizenRequest.objects.filter(pk=request.pk).update(**struck, **_blurred())


def _blurred() -> dict[str, Round]:
    return {name: Round(name, precision=_DECIMALS) for name in ("latitude", "longitude")}


def _strike_steps(request: CitizenRequest, strike: Callable[[str], str]) -> None:
    # Steps are append-only for everyone but the law.
    with pgtrigger.ignore("citizen_requests.RequestStep:append_only"):
        for step in request.steps.all():
            RequestStep.objects.filter(pk=step.pk).update(
                public_text=strike(step.public_text), internal_text=strike(step.internal_text)
            )


def _strike_history(request: CitizenRequest, strike: Callable[[str], str]) -> None:
    history = apps.get_model("citizen_requests", "CitizenRequestEvent")._default_manager  # noqa: SLF001  Django's name for it
    for key, description, address, answer in history.filter(pgh_obj_id=request.pk).values_list(
        "pgh_id", "description", "address", "answer"
    ):
        history.filter(pgh_id=key).update(
            description=strike(description), address=strike(address), answer=strike(answer), **_blurred()
        )
