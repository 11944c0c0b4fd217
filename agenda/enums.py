"""States and kinds of the agenda, with the table of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventState(models.TextChoices):
    """Whether the event will be."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")

    @property
    def kind(self) -> str:
        """How the state looks (``commsoffice.ui.states.StateKind``)."""
        return {"proposed": "due", "confirmed": "done", "cancelled": "waived"}[self.value]


TRANSITIONS: tuple[tuple[EventState, EventState], ...] = (
    (EventState.PROPOSED, EventState.CONFIRMED),
    (EventState.PROPOSED, EventState.CANCELLED),
    (EventState.CONFIRMED, EventState.CANCELLED),
    (EventState.CANCELLED, EventState.PROPOSED),
)


class Level(models.TextChoices):
    """How much the event matters: who is invited and what is made of it."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class Modality(models.TextChoices):
    """Who of the media may come in."""

    OPEN = "open", _("Open to media")
    PHOTO_ONLY = "photo_only", _("Photo opportunity only")
    POOL = "pool", _("Pool")
    CLOSED = "closed", _("Closed to media")
    INTERNAL = "internal", _("Internal")


# To these the media are not invited.
WITHOUT_MEDIA = frozenset({Modality.CLOSED, Modality.INTERNAL})


class Answer(models.TextChoices):
    """What an invited contact said."""

    NONE = "none", _("No answer")
    YES = "yes", _("Will attend")
    NO = "no", _("Will not attend")

    @property
    def kind(self) -> str:
        """How the answer looks (``commsoffice.ui.states.StateKind``)."""
        return {"none": "due", "yes": "done", "no": "waived"}[self.value]


class AnsweredBy(models.TextChoices):
    """How the answer reached us."""

    LINK = "link", _("Personal link")
    TELEPHONE = "telephone", _("Telephone")
    PRINT = "print", _("Signed receipt")


class StepKey(models.TextChoices):
    """The six steps of the route of the day."""

    AGENDA = "agenda", _("Agenda")
    INVITATION = "invitation", _("Invitation")
    COVERAGE = "coverage", _("Coverage")
    RELEASE = "release", _("Release")
    DELIVERY = "delivery", _("Delivery")
    PUBLICATION = "publication", _("Publication")
