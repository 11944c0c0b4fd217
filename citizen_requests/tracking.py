"""What the person reads on the tracking page: steps with dates and areas, and never a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from citizen_requests.enums import OPEN_STATES, RequestState, StepKind
from citizen_requests.models import CitizenRequest, RequestPhoto, RequestStep
from commsoffice.files.enums import AssetState
from commsoffice.ui.dates import local, long_date
from commsoffice.ui.states import StateKind


@dataclass(frozen=True)
class TrackRow:
    """One line of the track; without a date it is still to come."""

    kind: StateKind
    title: str
    at: datetime | None = None
    text: str = ""
    photos: Sequence[RequestPhoto] = field(default=())


def track(request: CitizenRequest) -> list[TrackRow]:
    """What happened, in order, and then what comes next. Reads ``steps`` and ``photos`` as prefetched."""
    photos = [photo for photo in request.photos.all() if photo.asset.state == AssetState.READY]
    rows = [_row(request, step, photos) for step in request.steps.all() if step.kind != StepKind.NOTE]
    return [*rows, *_to_come(request)]


def headline(request: CitizenRequest) -> str:
    """One sentence under the title: where it stands."""
    area = request.area.name if request.area else ""
    sentences = {
        RequestState.RECEIVED: _("We have it. Next we send it to the area that attends to it."),
        RequestState.REOPENED: _("You told us that it is not solved. It is open again and goes back to the area."),
        RequestState.ROUTED: _("It is with %(area)s, who will attend to it."),
        RequestState.IN_PROGRESS: _("%(area)s is working on it."),
        RequestState.ANSWERED: _(
            "There is an answer. Only you can say whether it is solved: nobody else can close your folio."
        )
        if not area
        else _("%(area)s says that it is done. Only you can confirm it: nobody else can close your folio."),
        RequestState.CLOSED: _("You told us that it is solved. Thank you."),
        RequestState.ORIENTED: _("It is not in the hands of this government; below is whom to ask."),
    }
    return sentences[RequestState(request.state)] % {"area": area}


def _row(request: CitizenRequest, step: RequestStep, photos: Iterable[RequestPhoto]) -> TrackRow:
    area = step.area.name if step.area else ""
    titles = {
        StepKind.RECEIVED: _("We received your report"),
        StepKind.ROUTED: _("We sent it to %(area)s"),
        StepKind.ACCEPTED: _("%(area)s took it on"),
        StepKind.RETURNED: _("We are looking for the area that attends to it"),
        StepKind.ANSWERED: _("%(area)s answered") if area else _("We answered"),
        StepKind.ORIENTED: _("Another body attends to this"),
        StepKind.CLOSED: _("You said that it is solved"),
        StepKind.REOPENED: _("You said that it is not solved"),
        StepKind.MESSAGE: _("You wrote to us"),
    }
    kinds = {
        StepKind.REOPENED: StateKind.LATE,
        StepKind.RETURNED: StateKind.RUNNING,
        StepKind.ORIENTED: StateKind.WAIVED,
    }
    kind = StepKind(step.kind)
    text = step.public_text
    if kind == StepKind.RECEIVED:
        text = _("By: %(channel)s.") % {"channel": request.get_channel_display().lower()}
    elif kind == StepKind.ROUTED:
        text = _("Deadline: %(day)s.") % {"day": long_date(local(request.solve_by))}
    return TrackRow(
        kind=kinds.get(kind, StateKind.DONE),
        title=titles[kind] % {"area": area},
        at=step.at,
        text=text,
        photos=[photo for photo in photos if _belongs(photo, step)],
    )


def _belongs(photo: RequestPhoto, step: RequestStep) -> bool:
    # Both were written by one verb, with one and the same `now`.
    return photo.added_at == step.at and photo.is_solution == (step.kind == StepKind.ANSWERED)


def _to_come(request: CitizenRequest) -> list[TrackRow]:
    rows = {
        RequestState.RECEIVED: [TrackRow(StateKind.RUNNING, _("We send it to the area that attends to it"))],
        RequestState.REOPENED: [TrackRow(StateKind.RUNNING, _("We send it to the area that attends to it"))],
        RequestState.ROUTED: [TrackRow(StateKind.RUNNING, _("The area attends to it"))],
        RequestState.IN_PROGRESS: [TrackRow(StateKind.RUNNING, _("The area attends to it"))],
        RequestState.ANSWERED: [TrackRow(StateKind.DUE, _("We wait for your answer"))],
    }.get(RequestState(request.state), [])
    if request.state in {*OPEN_STATES, RequestState.ANSWERED}:
        rows.append(TrackRow(StateKind.TODO, _("Closing"), text=_("When you confirm that it is solved")))
    return rows
