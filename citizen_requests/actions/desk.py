"""What the citizen desk and the areas do with a request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from citizen_requests.actions.letters import write_to_area, write_to_person
from citizen_requests.actions.steps import (
    add_photos,
    deadline,
    forget_later,
    lock,
    move,
    photos_first,
    write_step,
)
from citizen_requests.enums import RequestState, StepKind
from citizen_requests.models import CitizenRequest
from citizen_requests.permissions import may_answer, may_note, may_route, may_speak_for_area
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.office.models import Area


class NothingSaid(ActionRefused):
    """The verb needs words."""

    default = _("Write what the person will read.")


def route(request: CitizenRequest, area: Area, *, by: User, now: datetime, note: str = "") -> CitizenRequest:
    """Send it to the area that answers, and tell its liaison and the person."""
    with transaction.atomic():
        request = lock(request)
        if not may_route(by):
            raise NotAllowed
        was, former = move(request, RequestState.ROUTED), request.area
        request.area, request.routed_at = area, now
        request.save()
        step = write_step(request, StepKind.ROUTED, by=by, now=now, internal_text=note)
        changes = {"state": [was, request.state], "area": [former.key if former else "", area.key]}
        record(request, "citizen_requests.route", by=by, now=now, changes=changes)
        write_to_area(request, step=step, by=by, now=now)
        write_to_person(request, "routed", step=step, by=by, now=now)
    return request


def accept(request: CitizenRequest, *, by: User, now: datetime) -> CitizenRequest:
    """The area takes it on."""
    with transaction.atomic():
        request = lock(request)
        if not may_speak_for_area(by, request):
            raise NotAllowed
        was = move(request, RequestState.IN_PROGRESS)
        request.save()
        write_step(request, StepKind.ACCEPTED, by=by, now=now)
        record(request, "citizen_requests.accept", by=by, now=now, changes={"state": [was, request.state]})
    return request


def return_to_desk(request: CitizenRequest, *, reason: str, by: User, now: datetime) -> CitizenRequest:
    """The area says that it is not theirs. The desk must find whose it is; nobody turns the person away."""
    with transaction.atomic():
        request = lock(request)
        if not may_speak_for_area(by, request):
            raise NotAllowed
        if not reason.strip():
            raise NothingSaid(_("Say why it is not of this area, and whose it may be."))
        was, area = move(request, RequestState.RECEIVED), request.area
        write_step(request, StepKind.RETURNED, by=by, now=now, internal_text=reason)
        request.area, request.routed_at = None, None
        request.route_by = deadline(request.category, request.category.route_days, now=now)
        request.save()
        changes = {"state": [was, request.state], "area": [area.key if area else "", ""]}
        record(request, "citizen_requests.return_to_desk", by=by, now=now, changes=changes)
    return request


def answer(
    request: CitizenRequest, *, text: str, by: User, now: datetime, photos: Sequence[UploadedFile[Any]] = ()
) -> CitizenRequest:
    """Say what was done, with photographs of it. Closing is the person's."""
    with photos_first(photos) as kept, transaction.atomic():
        request = lock(request)
        if not may_answer(by, request):
            raise NotAllowed
        if not text.strip():
            raise NothingSaid
        was = move(request, RequestState.ANSWERED)
        request.answer, request.answered_at = text, now
        request.save()
        step = write_step(request, StepKind.ANSWERED, by=by, now=now, public_text=text)
        add_photos(request, kept, is_solution=True, now=now)
        forget_later(request, now=now)
        record(request, "citizen_requests.answer", by=by, now=now, changes={"state": [was, request.state]})
        write_to_person(request, "answered", step=step, by=by, now=now, note=text)
    return request


def orient(request: CitizenRequest, *, text: str, by: User, now: datetime) -> CitizenRequest:
    """It is not the municipality's: say whose it is and how to reach them."""
    with transaction.atomic():
        request = lock(request)
        if not may_route(by):
            raise NotAllowed
        if not text.strip():
            raise NothingSaid(_("Say which body attends to it, and how to reach it."))
        was = move(request, RequestState.ORIENTED)
        request.save()
        step = write_step(request, StepKind.ORIENTED, by=by, now=now, public_text=text)
        forget_later(request, now=now)
        record(request, "citizen_requests.orient", by=by, now=now, changes={"state": [was, request.state]})
        write_to_person(request, "oriented", step=step, by=by, now=now, note=text)
    return request


def add_note(request: CitizenRequest, *, text: str, by: User, now: datetime) -> CitizenRequest:
    """Leave a note for the colleagues. The person never sees it."""
    with transaction.atomic():
        request = lock(request)
        if not may_note(by, request):
            raise NotAllowed
        if not text.strip():
            raise NothingSaid(_("Write the note."))
        write_step(request, StepKind.NOTE, by=by, now=now, internal_text=text)
        record(request, "citizen_requests.add_note", by=by, now=now)
    return request
