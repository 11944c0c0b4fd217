"""States of a citizen's request and the table of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    """Where a request stands. Who said that it was solved is part of the state."""

    RECEIVED = "received", _("Received")
    ROUTED = "routed", _("Routed")
    IN_PROGRESS = "in_progress", _("In progress")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed by the person")
    REOPENED = "reopened", _("Reopened")
    ORIENTED = "oriented", _("Oriented to the competent body")

    @property
    def kind(self) -> str:
        """How the state looks: a kind of the interface, by name."""
        return _KINDS[self.value]


# A text and not the interface's own enum: states know nothing of how they are drawn.
_KINDS = {
    "received": "todo",
    "routed": "running",
    "in_progress": "running",
    "answered": "due",
    "closed": "done",
    "reopened": "late",
    "oriented": "waived",
}

_S = RequestState

TRANSITIONS: tuple[tuple[RequestState, RequestState], ...] = (
    (_S.RECEIVED, _S.ROUTED),
    (_S.RECEIVED, _S.ORIENTED),
    (_S.RECEIVED, _S.ANSWERED),
    (_S.ROUTED, _S.RECEIVED),  # the area says that it is not theirs
    (_S.ROUTED, _S.IN_PROGRESS),
    (_S.ROUTED, _S.ANSWERED),
    (_S.IN_PROGRESS, _S.ANSWERED),
    (_S.IN_PROGRESS, _S.ROUTED),
    (_S.ANSWERED, _S.CLOSED),
    (_S.ANSWERED, _S.REOPENED),
    (_S.CLOSED, _S.REOPENED),
    (_S.REOPENED, _S.ROUTED),
    (_S.REOPENED, _S.ANSWERED),
    (_S.ORIENTED, _S.REOPENED),
)


# Still running against a clock of ours.
OPEN_STATES = (_S.RECEIVED, _S.ROUTED, _S.IN_PROGRESS, _S.REOPENED)
# Waiting for the citizen desk to say whose it is.
TO_ROUTE = (_S.RECEIVED, _S.REOPENED)


class RequestChannel(models.TextChoices):
    """How it reached us."""

    FORM = "form", _("Public form")
    TELEPHONE = "telephone", _("Telephone")
    EMAIL = "email", _("E-mail")
    FACEBOOK = "facebook", "Facebook"
    WHATSAPP = "whatsapp", "WhatsApp"
    IN_PERSON = "in_person", _("In person")


class Priority(models.TextChoices):
    """How soon."""

    URGENT = "urgent", _("Urgent")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class StepKind(models.TextChoices):
    """What happened to a request."""

    RECEIVED = "received", _("Received")
    ROUTED = "routed", _("Routed")
    ACCEPTED = "accepted", _("Accepted by the area")
    RETURNED = "returned", _("Returned by the area")
    ANSWERED = "answered", _("Answered")
    ORIENTED = "oriented", _("Oriented")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")
    MESSAGE = "message", _("Message from the person")
    NOTE = "note", _("Internal note")
