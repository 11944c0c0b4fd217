"""Sentences about deliveries, as they are read aloud."""

from datetime import datetime
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from commsoffice.outbox.channels.registry import is_manual
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.ui import dates

_K, _S = AttemptKind, DeliveryState

_SAID: dict[tuple[AttemptKind, DeliveryState], StrPromise] = {
    (_K.SEND, _S.ACCEPTED): gettext_lazy("It left: the other side took it"),
    (_K.SEND, _S.CONFIRMED): gettext_lazy("It left, and it can be seen"),
    (_K.SEND, _S.SCHEDULED): gettext_lazy("Handed over: the network publishes it at its hour"),
    (_K.SEND, _S.REJECTED): gettext_lazy("The other side refused it"),
    (_K.SEND, _S.QUEUED): gettext_lazy("Not now: it is tried again later"),
    (_K.SEND, _S.HELD): gettext_lazy("It could not leave yet, and waits"),
    (_K.SEND, _S.UNKNOWN): gettext_lazy("It was sent, and no answer came"),
    (_K.SEND, _S.CANCELLED): gettext_lazy("It did not leave, and had been cancelled"),
    (_K.SEND, _S.EXPIRED): gettext_lazy("Its time was over before it could leave"),
    (_K.RECONCILE, _S.ACCEPTED): gettext_lazy("The other side was asked: it has it"),
    (_K.RECONCILE, _S.CONFIRMED): gettext_lazy("The other side was asked: it can be seen"),
    (_K.RECONCILE, _S.SCHEDULED): gettext_lazy("The other side was asked: it waits there for its hour"),
    (_K.RECONCILE, _S.QUEUED): gettext_lazy("The other side was asked: it is not there, so it is sent again"),
    (_K.RECONCILE, _S.UNKNOWN): gettext_lazy("Looked into, and nothing is certain"),
    (_K.RECONCILE, _S.REJECTED): gettext_lazy("The other side was asked: it will not be published"),
    (_K.RECONCILE, _S.CANCELLED): gettext_lazy("The other side was asked: it is not there, and had been cancelled"),
    (_K.GATE, _S.HELD): gettext_lazy("A rule holds it"),
    (_K.GATE, _S.QUEUED): gettext_lazy("No rule holds it any more"),
    (_K.GATE, _S.REJECTED): gettext_lazy("A rule refused it"),
    (_K.GATE, _S.EXPIRED): gettext_lazy("Its time was over before it could leave"),
    (_K.PULL, _S.HELD): gettext_lazy("Pulled back from the network"),
    (_K.PULL, _S.CANCELLED): gettext_lazy("Pulled back from the network"),
    (_K.PULL, _S.CONFIRMED): gettext_lazy("Too late to pull it back: it was public already"),
    (_K.PULL, _S.SCHEDULED): gettext_lazy("It could not be pulled back yet"),
    (_K.RETURN, _S.REJECTED): gettext_lazy("The mail came back"),
    (_K.RETURN, _S.ACCEPTED): gettext_lazy("A report about this mail came in"),
    (_K.RETURN, _S.CONFIRMED): gettext_lazy("A report about this mail came in"),
    (_K.RECIPIENT, _S.CONFIRMED): gettext_lazy("The recipient confirmed it"),
    (_K.RECIPIENT, _S.REJECTED): gettext_lazy("The recipient says that it did arrive"),
    (_K.PERSON, _S.ACCEPTED): gettext_lazy("A person saw that it left"),
    (_K.PERSON, _S.QUEUED): gettext_lazy("A person has it sent again"),
    (_K.PERSON, _S.TO_DO): gettext_lazy("A person has it made again"),
    (_K.PERSON, _S.CANCELLED): gettext_lazy("A person decided that it is not sent"),
    (_K.HAND, _S.CONFIRMED): gettext_lazy("Delivered by hand"),
    (_K.HAND, _S.ACCEPTED): gettext_lazy("A person saw that it left"),
    (_K.HAND, _S.TO_DO): gettext_lazy("Tried by hand"),
    (_K.HAND, _S.CANCELLED): gettext_lazy("A person decided that it is not sent"),
    (_K.HAND, _S.REJECTED): gettext_lazy("Not taken"),
    (_K.UNDO, _S.TO_DO): gettext_lazy("What was recorded was undone: it is to be done"),
    (_K.GATE, _S.CANCELLED): gettext_lazy("It may not leave any more"),
}

# The same after the name of whoever did it: «Nereo Galarza anotó que el destinatario lo recibió».
_DONE_BY: dict[tuple[AttemptKind, DeliveryState], StrPromise] = {
    (_K.RECIPIENT, _S.CONFIRMED): gettext_lazy("noted that the recipient has it"),
    (_K.RECIPIENT, _S.REJECTED): gettext_lazy("noted that the recipient has it after all"),
    (_K.PERSON, _S.ACCEPTED): gettext_lazy("noted that it left"),
    (_K.PERSON, _S.QUEUED): gettext_lazy("had it sent"),
    (_K.PERSON, _S.TO_DO): gettext_lazy("had it made again"),
    (_K.PERSON, _S.CANCELLED): gettext_lazy("decided that it is not sent"),
    (_K.HAND, _S.CONFIRMED): gettext_lazy("noted that it was delivered"),
    (_K.HAND, _S.ACCEPTED): gettext_lazy("noted that it left"),
    (_K.HAND, _S.TO_DO): gettext_lazy("left it to be done"),
    (_K.HAND, _S.CANCELLED): gettext_lazy("decided that it is not sent"),
    (_K.HAND, _S.REJECTED): gettext_lazy("noted that it was not taken"),
    (_K.UNDO, _S.TO_DO): gettext_lazy("undid what was recorded"),
}

_STANDS: dict[DeliveryState, StrPromise] = {
    _S.SENDING: gettext_lazy("It is leaving at this moment."),
    _S.ACCEPTED: gettext_lazy("The other side took it. Nobody has confirmed it yet."),
    _S.CONFIRMED: gettext_lazy("It arrived, and there is proof."),
    _S.CANCELLED: gettext_lazy("It did not leave, because it was cancelled."),
    _S.EXPIRED: gettext_lazy("It did not leave: its time was over."),
}

# Digits of a Mexican number without its country, which it needs abroad and in an address.
_NATIONAL, _COUNTRY = 10, "52"
# Longer addresses are cut by some telephones.
_LONGEST_URL = 3000


def said_of(attempt: Attempt) -> str:
    """What one attempt was and what it led to."""
    kind, state = AttemptKind(attempt.kind), attempt.outcome_state
    if state is None:
        return _("«Sending» was written down before the call") if kind == AttemptKind.SEND else str(kind.label)
    return str(_SAID.get((kind, state)) or f"{kind.label}: {state.label}")


def said_by(attempt: Attempt) -> str:
    """What a person did, as it goes on after the name; empty where it was nobody's doing."""
    if not attempt.by_name:
        return ""
    state = attempt.outcome_state
    words = _DONE_BY.get((AttemptKind(attempt.kind), state)) if state else None
    return str(words or _("noted: %(what)s") % {"what": said_of(attempt)})


def now_says(delivery: Delivery, reason: str, until: datetime | None) -> str:
    """Where a delivery stands: what it waits for, and ``until`` when, where that is known.

    ``reason`` is the one its reader may see.
    """
    state = DeliveryState(delivery.state)
    if state == DeliveryState.SCHEDULED and delivery.publish_at:
        words = _("The network has it and publishes it on %(when)s. Until then it can be pulled back.") % {
            "when": dates.long_datetime(delivery.publish_at)
        }
    elif state in {DeliveryState.HELD, DeliveryState.QUEUED}:
        words = _waits(delivery, until)
    elif state == DeliveryState.TO_DO:
        words = _to_do(delivery)
    elif state == DeliveryState.ACCEPTED and is_manual(delivery.channel):
        words = _("A person sent it. Nobody has confirmed it yet.")
    else:
        words = str(_STANDS.get(state, ""))
    return " ".join(part for part in (words, reason) if part)


def _waits(delivery: Delivery, until: datetime | None) -> str:
    if delivery.asks_word:
        return _("It waits for a person's word.")
    if delivery.state == DeliveryState.HELD:
        if until is None:
            return _("It is held until the reason is gone.")
        return _("It is held until %(when)s.") % {"when": dates.long_datetime(until)}
    if until is None:
        return _("It leaves as soon as it is its turn.")
    again = delivery.attempts_made > 0
    words = _("It is tried again on %(when)s.") if again else _("It leaves on %(when)s.")
    return words % {"when": dates.long_datetime(until)}


def _to_do(delivery: Delivery) -> str:
    if not is_manual(delivery.channel):
        return ""
    if delivery.expires_at:
        return _("A person does it, until %(when)s at the latest.") % {"when": dates.long_datetime(delivery.expires_at)}
    return _("A person does it.")


def dialled(number: str) -> str:
    """The number without what only eyes need; empty for what is no number."""
    digits = "".join(char for char in number if char.isdecimal() or char == "+")
    is_number = len(digits) >= _NATIONAL and not any(char.isalpha() for char in number)
    return digits if is_number else ""


def whatsapp_url(number: str, text: str) -> str:
    """The address that opens WhatsApp with this text for this number; empty where that can't be."""
    digits = dialled(number).lstrip("+")
    if len(digits) == _NATIONAL:
        digits = _COUNTRY + digits
    url = f"https://wa.me/{digits}?text={quote(text)}"
    return url if digits and len(url) <= _LONGEST_URL else ""
