"""What the person does with the own request, by the link and in the system's name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from citizen_requests.actions.letters import write_to_person
from citizen_requests.actions.steps import deadline, forget_later, keep_person, lock, move, write_step
from citizen_requests.enums import RequestState, StepKind
from citizen_requests.models import CitizenRequest
from commsoffice.accounts.errors import ActionRefused
from commsoffice.accounts.queries import system_user
from commsoffice.audit.actions import record


class NothingWritten(ActionRefused):
    """An empty message."""

    default = _("Write your message first.")


def close_by_person(request: CitizenRequest, *, now: datetime) -> CitizenRequest:
    """The person says that it is solved. Nobody else closes a folio."""
    by = system_user()
    with transaction.atomic():
        request = lock(request)
        was = move(request, RequestState.CLOSED)
        request.closed_at = now
        request.save()
        step = write_step(request, StepKind.CLOSED, by=by, now=now)
        record(request, "citizen_requests.close_by_person", by=by, now=now, changes={"state": [was, request.state]})
        forget_later(request, now=now)
        write_to_person(request, "closed", step=step, by=by, now=now)
    return request


def reopen_by_person(request: CitizenRequest, *, now: datetime, text: str = "") -> CitizenRequest:
    """The person says that it is not solved: it goes back to the desk, and its clocks begin again."""
    by = system_user()
    with transaction.atomic():
        request = lock(request)
        was = move(request, RequestState.REOPENED)
        category = request.category
        request.closed_at = None
        request.route_by = deadline(category, category.route_days, now=now)
        request.solve_by = deadline(category, category.solve_days, now=now)
        request.save()
        write_step(request, StepKind.REOPENED, by=by, now=now, public_text=text)
        keep_person(request)
        record(request, "citizen_requests.reopen_by_person", by=by, now=now, changes={"state": [was, request.state]})
    return request


def leave_message(request: CitizenRequest, *, text: str, now: datetime) -> CitizenRequest:
    """The person adds something, in whatever state it is."""
    by = system_user()
    with transaction.atomic():
        request = lock(request)
        if not text.strip():
            raise NothingWritten
        write_step(request, StepKind.MESSAGE, by=by, now=now, public_text=text)
        record(request, "citizen_requests.leave_message", by=by, now=now)
    return request


def send_link_again(*, folio: str, email: str, now: datetime) -> None:
    """Write the link once more to the address of the folio. Says nothing: neither may the page."""
    request = CitizenRequest.objects.filter(folio__iexact=folio, requester__email__iexact=email).first()
    if request is not None:
        with transaction.atomic():
            write_to_person(lock(request), "link", by=system_user(), now=now)
