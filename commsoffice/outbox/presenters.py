"""A delivery in words: what each page shows of it, and to whom."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.outbox.channels.marks import fill
from commsoffice.outbox.channels.registry import is_manual, label_of
from commsoffice.outbox.enums import AttemptKind, DeliveryState, Purpose
from commsoffice.outbox.masking import without_addresses
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.permissions import may_record, may_resolve, may_see_person
from commsoffice.outbox.queries import attempts_of
from commsoffice.ui.states import StateKind
from commsoffice.ui.timeline import TimelineEntry


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery as one person may see it."""

    delivery: Delivery
    user: User

    @property
    def hides_person(self) -> bool:
        """Whether the recipient is a citizen whom this person must not know."""
        return self.delivery.purpose == Purpose.REQUEST and not may_see_person(self.user)

    @property
    def name(self) -> str:
        """Who it goes to."""
        if self.hides_person:
            return _("A citizen")
        return self.delivery.recipient_name or self.delivery.recipient or _("Erased")

    @property
    def address(self) -> str:
        """Where it goes, if that says more than the name."""
        return "" if self.hides_person or self.delivery.recipient == self.name else self.delivery.recipient

    @property
    def reason(self) -> str:
        """Why it is as it is."""
        return self._discreet(self.delivery.reason)

    @property
    def said(self) -> str:
        """Why it is as it is, or else the other side's last words, in one line; prefetch `attempts` for a list."""
        last = next(iter(attempts_of(self.delivery)), None)
        return " ".join((self.reason or (self._discreet(last.answer) if last else "")).split())

    @property
    def channel_label(self) -> str:
        """What people call the way."""
        return label_of(self.delivery.channel)

    @property
    def is_manual(self) -> bool:
        """Whether a person walks this way."""
        return is_manual(self.delivery.channel)

    @property
    def next_label(self) -> str:
        """The verb of its row."""
        match self.delivery.state:
            case DeliveryState.UNKNOWN if may_resolve(self.user):
                return _("Decide")
            case DeliveryState.REJECTED if may_resolve(self.user) and self.delivery.seen_at is None:
                return _("Correct and send again")
            case DeliveryState.TO_DO if may_record(self.user):
                return _("Record")
        return _("See")

    @property
    def subject(self) -> str:
        """The subject line, with its marks filled."""
        return "" if self.hides_person else fill(str(self._payload("subject", "title")), self._marks)

    @property
    def text(self) -> str:
        """The text, with its marks filled, as the recipient reads it."""
        return "" if self.hides_person else fill(str(self._payload("text", "message", "description")), self._marks)

    @property
    def attachments(self) -> list[str]:
        """Names of what goes with it."""
        payload = self.delivery.message.payload
        files = [*payload.get("attachments", ()), *payload.get("photos", ())]
        if payload.get("video"):
            files.append(payload["video"])
        return [str(file.get("filename", "")) for file in files]

    @property
    def timeline(self) -> list[TimelineEntry]:
        """What was tried, newest first."""
        attempts = attempts_of(self.delivery)
        return [self._entry(attempt, is_last=attempt is attempts[0]) for attempt in attempts]

    @property
    def _marks(self) -> dict[str, object]:
        return {"name": self.delivery.recipient_name, "email": self.delivery.recipient, **self.delivery.personal}

    def _payload(self, *names: str) -> object:
        payload = self.delivery.message.payload
        return next((payload[name] for name in names if payload.get(name)), "")

    def _discreet(self, text: str) -> str:
        if not self.hides_person:
            return text
        for known in (self.delivery.recipient, self.delivery.recipient_name):
            text = text.replace(known, "…") if known else text
        return without_addresses(text)

    def _entry(self, attempt: Attempt, *, is_last: bool) -> TimelineEntry:
        state = attempt.outcome_state
        if state is None:
            text, kind = str(AttemptKind(attempt.kind).label), StateKind.RUNNING
            if attempt.kind == AttemptKind.SEND:
                text = _("«Sending» was written down before the call")
        else:
            text = f"{AttemptKind(attempt.kind).label}: {state.label}"
            kind = StateKind(state.kind)
        return TimelineEntry(
            at=attempt.finished_at or attempt.started_at,
            text=text,
            who=attempt.by_name,
            kind=kind,
            note=self._discreet(attempt.answer),
            current=is_last,
        )
