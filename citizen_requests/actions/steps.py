"""What every verb of this room does alike: lock, move, write the step, add the photographs."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from citizen_requests.enums import TRANSITIONS, RequestState, StepKind
from citizen_requests.models import Category, CitizenRequest, Requester, RequestPhoto, RequestStep
from commsoffice.accounts.errors import WrongState
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.files.actions import Stored, stored, write_down
from commsoffice.files.enums import MediaKind
from commsoffice.office.working_days import add_working_days


def lock(request: CitizenRequest) -> CitizenRequest:
    """Return the row as it is now, locked until the transaction ends."""
    rows = CitizenRequest.objects.select_for_update(of=("self",))
    return rows.select_related("category", "area", "locality").get(pk=request.pk)


def move(request: CitizenRequest, to: RequestState) -> RequestState:
    """Set the state where the table allows it, and return the former one. Saves nothing."""
    was = RequestState(request.state)
    if (was, to) not in TRANSITIONS:
        raise WrongState
    request.state = to
    return was


def write_step(
    request: CitizenRequest,
    kind: StepKind,
    *,
    by: User,
    now: datetime,
    public_text: str = "",
    internal_text: str = "",
) -> RequestStep:
    """Write down what happened, with the area that answers at that moment."""
    return RequestStep.objects.create(
        request=request,
        kind=kind,
        at=now,
        by=by,
        area=request.area,
        public_text=public_text,
        internal_text=internal_text,
    )


@contextmanager
def photos_first(uploads: Sequence[UploadedFile[Any]]) -> Iterator[list[Stored]]:
    """Stand around the transaction of a verb that keeps photographs. Raises FileRefused, with its sentence."""
    for number, upload in enumerate(uploads, start=1):
        # What a person calls a file may say who they are; the extension says nothing either, content decides.
        upload.name = f"foto-{number}{PurePath(upload.name or '').suffix[:10]}"
    with stored(uploads, kinds=[MediaKind.PHOTO]) as photos:
        yield photos


def add_photos(request: CitizenRequest, photos: Iterable[Stored], *, is_solution: bool, now: datetime) -> None:
    """Write the photographs down, and say what they show.

    They are the system's, whoever of the desk took them in: what belongs to a request stays out of the
    office's own archive.
    """
    by = system_user()
    RequestPhoto.objects.bulk_create(
        RequestPhoto(request=request, asset=write_down(photo, by=by, now=now), is_solution=is_solution, added_at=now)
        for photo in photos
    )


def deadline(category: Category, days: int, *, now: datetime) -> datetime:
    """When a clock of so many working days runs out.

    A clock of no days is one of the same day: the hours that the category gives to acknowledge.
    """
    if days == 0:
        return now + timedelta(hours=category.acknowledge_hours)
    return add_working_days(now, days)


def forget_later(request: CitizenRequest, *, now: datetime) -> None:
    """Start the last clock of the person's data: nothing is owed any more."""
    after = now + timedelta(days=settings.REQUESTER_FORGET_DAYS)
    Requester.objects.filter(request=request).update(forget_after=after)


def keep_person(request: CitizenRequest) -> None:
    """Stop that clock: the person is waiting again."""
    Requester.objects.filter(request=request).update(forget_after=None)
