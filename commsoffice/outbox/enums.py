"""States of a delivery and the table of allowed moves."""

from dataclasses import dataclass
from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    """Where a delivery stands. ``UNKNOWN`` is an answer: nobody knows whether it happened."""

    QUEUED = "queued", _("Queued")
    HELD = "held", _("Held")
    SENDING = "sending", _("Sending")
    SCHEDULED = "scheduled", _("Scheduled on the network")
    ACCEPTED = "accepted", _("Accepted")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")
    UNKNOWN = "unknown", _("No answer")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    TO_DO = "to_do", _("To do")

    @property
    def kind(self) -> str:
        """How it looks: a name of ``commsoffice.ui.states.StateKind``."""
        return _KINDS[self]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in SETTLED


_S = DeliveryState

_KINDS = {
    _S.QUEUED: "todo",
    _S.HELD: "blocked",
    _S.SENDING: "running",
    _S.SCHEDULED: "running",
    _S.ACCEPTED: "running",
    _S.CONFIRMED: "done",
    _S.REJECTED: "late",
    _S.UNKNOWN: "unknown",
    _S.CANCELLED: "waived",
    _S.EXPIRED: "waived",
    _S.TO_DO: "due",
}


@dataclass(frozen=True, slots=True)
class CameBack:
    """What people call a refusal that came as returned mail; to the table of moves it is a refusal."""

    value: ClassVar[str] = "came_back"
    kind: ClassVar[str] = _KINDS[_S.REJECTED]
    is_settled: ClassVar[bool] = True

    @property
    def label(self) -> str:
        """Its word."""
        return gettext("Came back")


CAME_BACK: Final = CameBack()


def ending(state: str, *, came_back: bool) -> DeliveryState | CameBack:
    """Where a delivery stands, as people call it."""
    found = DeliveryState(state)
    return CAME_BACK if came_back and found == _S.REJECTED else found


def counted(state: DeliveryState | CameBack, n: int) -> str:
    """The word under a figure: «confirmado» of one, «confirmados» of many."""
    if isinstance(state, CameBack):
        return ngettext("delivery that came back", "deliveries that came back", n)
    return {
        _S.CONFIRMED: ngettext("delivery confirmed", "deliveries confirmed", n),
        _S.ACCEPTED: ngettext("delivery accepted", "deliveries accepted", n),
        _S.SCHEDULED: ngettext("delivery scheduled", "deliveries scheduled", n),
        _S.SENDING: ngettext("delivery being sent", "deliveries being sent", n),
        _S.QUEUED: ngettext("delivery queued", "deliveries queued", n),
        _S.REJECTED: ngettext("delivery rejected", "deliveries rejected", n),
        _S.UNKNOWN: ngettext("delivery without an answer", "deliveries without an answer", n),
        _S.HELD: ngettext("delivery held", "deliveries held", n),
        _S.TO_DO: ngettext("delivery to be made by hand", "deliveries to be made by hand", n),
        _S.CANCELLED: ngettext("delivery cancelled", "deliveries cancelled", n),
        _S.EXPIRED: ngettext("delivery expired", "deliveries expired", n),
    }[state]


# From → to. Installed in the database as well, so that no update() goes round it.
TRANSITIONS: tuple[tuple[DeliveryState, DeliveryState], ...] = (
    (_S.QUEUED, _S.SENDING),
    (_S.QUEUED, _S.HELD),
    (_S.QUEUED, _S.REJECTED),  # a gate refused for good
    (_S.QUEUED, _S.CANCELLED),
    (_S.QUEUED, _S.EXPIRED),
    (_S.HELD, _S.QUEUED),
    (_S.HELD, _S.REJECTED),
    (_S.HELD, _S.CANCELLED),
    (_S.HELD, _S.EXPIRED),
    (_S.SENDING, _S.SCHEDULED),  # the network has it and publishes it at its hour
    (_S.SENDING, _S.ACCEPTED),
    (_S.SENDING, _S.CONFIRMED),
    (_S.SENDING, _S.REJECTED),
    (_S.SENDING, _S.QUEUED),  # said no before doing anything: later
    (_S.SENDING, _S.HELD),  # a gate says wait, or the account must be connected again
    (_S.SENDING, _S.EXPIRED),  # claimed, and its time was over before the call
    (_S.SENDING, _S.CANCELLED),  # cancelled meanwhile, and the other side said no
    (_S.SENDING, _S.UNKNOWN),
    (_S.UNKNOWN, _S.SCHEDULED),
    (_S.UNKNOWN, _S.ACCEPTED),  # the other side has it, or a person saw it
    (_S.UNKNOWN, _S.CONFIRMED),
    (_S.UNKNOWN, _S.REJECTED),  # the refusal came late
    (_S.UNKNOWN, _S.QUEUED),  # proven absent, or a person's word
    (_S.UNKNOWN, _S.CANCELLED),  # a person: do not send
    (_S.SCHEDULED, _S.ACCEPTED),  # its hour came, and it is public
    (_S.SCHEDULED, _S.CONFIRMED),
    (_S.SCHEDULED, _S.HELD),  # pulled back by a pause
    (_S.SCHEDULED, _S.CANCELLED),  # pulled back for good
    (_S.SCHEDULED, _S.REJECTED),  # the network threw it away
    (_S.SCHEDULED, _S.UNKNOWN),  # its hour passed and nobody can say whether it is public
    (_S.ACCEPTED, _S.CONFIRMED),
    (_S.ACCEPTED, _S.REJECTED),  # a bounce that came later
    (_S.REJECTED, _S.QUEUED),  # a person tries again: a refusal proves that nothing happened
    (_S.REJECTED, _S.TO_DO),
    # A person takes back what was recorded by hand; a trigger keeps that from anything else.
    (_S.ACCEPTED, _S.TO_DO),
    (_S.CONFIRMED, _S.TO_DO),
    (_S.CANCELLED, _S.TO_DO),
    (_S.TO_DO, _S.ACCEPTED),  # a person sent it, and nobody has said that it arrived
    (_S.TO_DO, _S.CONFIRMED),
    (_S.TO_DO, _S.REJECTED),
    (_S.TO_DO, _S.CANCELLED),
    (_S.TO_DO, _S.EXPIRED),
)

SETTLED = frozenset({_S.ACCEPTED, _S.CONFIRMED, _S.REJECTED, _S.CANCELLED, _S.EXPIRED})
OPEN = frozenset(_S) - SETTLED


class AttemptKind(models.TextChoices):
    """What was tried."""

    SEND = "send", _("Sending")
    RECONCILE = "reconcile", _("Asking the other side")
    PERSON = "person", _("Decided by a person")
    HAND = "hand", _("Made by hand")
    UNDO = "undo", _("Undone")
    GATE = "gate", _("Held by a rule")
    PULL = "pull", _("Pulling it back")
    RETURN = "return", _("Mail that came back")
    RECIPIENT = "recipient", _("Receipt by the recipient")


class Purpose(models.TextChoices):
    """Why something leaves."""

    RELEASE = "release", _("Release")
    INVITATION = "invitation", _("Invitation")
    REQUEST = "request", _("Citizen request")
    CORRECTION = "correction", _("Correction")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    NOTICE = "notice", _("Notice to the office")


class HandOutcome(models.TextChoices):
    """What a person may record of a delivery made by hand."""

    SENT = "sent", _("Sent")
    CONFIRMED = "confirmed", _("Delivered")
    NO_ANSWER = "no_answer", _("Nobody answered")
    REJECTED = "rejected", _("Does not want it, or wrong number")
    CANCELLED = "cancelled", _("It was not sent")

    @property
    def state(self) -> DeliveryState:
        """Where it leads. Only what was handed over with a receipt, or told by telephone, is known to have arrived."""
        return {
            HandOutcome.SENT: DeliveryState.ACCEPTED,
            HandOutcome.CONFIRMED: DeliveryState.CONFIRMED,
            HandOutcome.NO_ANSWER: DeliveryState.TO_DO,
            HandOutcome.REJECTED: DeliveryState.REJECTED,
            HandOutcome.CANCELLED: DeliveryState.CANCELLED,
        }[self]


class Decision(models.TextChoices):
    """What a person may decide where nobody knows whether it left."""

    IT_LEFT = "it_left", _("It did leave")
    SEND_AGAIN = "send_again", _("Send again")
    DO_NOT_SEND = "do_not_send", _("Do not send")


class Word(models.TextChoices):
    """What a person may say of what grew stale during a pause."""

    SEND = "send", _("It still leaves")
    DO_NOT_SEND = "do_not_send", _("It does not leave any more")


class StopKind(models.TextChoices):
    """Why nothing leaves from an account."""

    THROTTLED = "throttled", _("Throttled by the network")
    EXPIRED = "expired", _("Must be connected again")


class ReturnKind(models.TextChoices):
    """What a message in the return mailbox is."""

    BOUNCE = "bounce", _("Could not be delivered")
    DELAYED = "delayed", _("Delayed, still being tried")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    COMPLAINT = "complaint", _("Marked as unwanted mail")
    OTHER = "other", _("Something else")
