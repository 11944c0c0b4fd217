"""A request comes in."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from citizen_requests.actions.letters import write_to_person
from citizen_requests.actions.steps import add_photos, deadline, photos_first, write_step
from citizen_requests.enums import RequestChannel, StepKind
from citizen_requests.models import Category, CitizenRequest, Requester
from citizen_requests.permissions import may_route
from commsoffice.accounts.errors import NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit.actions import record
from commsoffice.files.actions import Stored
from commsoffice.office.actions import next_folio, wait_for_twin
from commsoffice.office.models import Locality
from commsoffice.office.queries import local_day


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What a person tells us, already clean. Who they are is optional."""

    submission_key: UUID
    category: Category
    description: str
    locality: Locality | None = None
    address: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    channel: RequestChannel = RequestChannel.FORM
    photos: Sequence[UploadedFile[Any]] = field(default=())


def file_request(intake: Intake, *, by: User, now: datetime) -> CitizenRequest:
    """Receive a request, once: the same submission key gives the same folio again.

    ``by`` is the system for the public form and a person of the desk for the telephone.
    Raises FileRefused for a bad photograph, and then nothing was kept.
    """
    with photos_first(intake.photos) as photos, transaction.atomic():
        if not may_route(by):
            raise NotAllowed
        wait_for_twin(intake.submission_key)
        if known := CitizenRequest.objects.filter(submission_key=intake.submission_key).first():
            return known
        return _receive(intake, photos, by=by, now=now)


def _receive(intake: Intake, photos: Sequence[Stored], *, by: User, now: datetime) -> CitizenRequest:
    category = intake.category
    request = CitizenRequest(
        submission_key=intake.submission_key,
        token=secrets.token_urlsafe(32),
        channel=intake.channel,
        category=category,
        locality=intake.locality,
        address=intake.address,
        latitude=intake.latitude,
        longitude=intake.longitude,
        description=intake.description,
        priority=category.priority,
        received_at=now,
        route_by=deadline(category, category.route_days, now=now),
        solve_by=deadline(category, category.solve_days, now=now),
    )
    # The sequence's row stays locked until the end, which is near: the slow work on files is done already.
    request.folio = next_folio("AC", local_day(now).year, digits=6)
    request.save()
    # Also for those who did not say who they are: the row carries the day on which their words, their point and
    # their photographs lose what may betray them.
    Requester.objects.create(
        request=request, name=intake.name, email=intake.email, phone=intake.phone, privacy_notice_at=now
    )
    step = write_step(request, StepKind.RECEIVED, by=by, now=now)
    add_photos(request, photos, is_solution=False, now=now)
    record(request, "citizen_requests.file", by=by, now=now)
    write_to_person(request, "received", step=step, by=by, now=now)
    return request
