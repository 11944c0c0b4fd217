"""A delivery in words: what each page shows of it, and to whom."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.outbox.channels.marks import fill
from commsoffice.outbox.channels.registry import can_be_asked, is_manual, label_of
from commsoffice.outbox.enums import AttemptKind, DeliveryState, Purpose
from commsoffice.outbox.masking import mask, without_addresses
from commsoffice.outbox.models import Attempt, Delivery
from commsoffice.outbox.permissions import may_record, may_resolve, may_see_person
from commsoffice.outbox.queries import Evidence, attempts_of, calls_of, evidence, held_until, subject_url, undoable
from commsoffice.outbox.sentences import dialled, now_says, said_by, said_of, whatsapp_url
from commsoffice.outbox.verdicts import Expire, Go, Hold, Refuse, Verdict
from commsoffice.ui import dates
from commsoffice.ui.states import StateKind
from commsoffice.ui.timeline import TimelineEntry

_LEFT = (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)
# An hour that lies closer to the moment of queueing says nothing new.
_WORTH_TELLING = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing known of the way to the recipient."""

    kind: StateKind
    word: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """What a gate says against one that a person makes by hand."""

    kind: StateKind
    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery as one person may see it."""

    delivery: Delivery
    user: User
    # What the gates say of one that a person makes by hand; None where they were not asked.
    verdict: Verdict | None = None

    @property
    def stop(self) -> Stop | None:
        """Why nobody may make it now, though it is to be done."""
        match self.verdict:
            case None | Go():
                return None
            case Hold(reason, until):
                if until is not None and until == self.delivery.not_before:
                    reason = _("Not before %(when)s") % {"when": dates.long_datetime(until)}
                return Stop(StateKind.BLOCKED, str(DeliveryState.HELD.label), reason)
            case Refuse(reason):
                return Stop(StateKind.WAIVED, _("It does not leave any more"), reason)
            case Expire(reason):
                return Stop(StateKind.WAIVED, str(DeliveryState.EXPIRED.label), reason)

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
    def can_be_asked(self) -> bool:
        """Whether the other side can say that it has it."""
        return can_be_asked(self.delivery.channel)

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
        files += [payload[name] for name in ("video", "thumbnail") if payload.get(name)]
        return [str(file.get("filename", "")) for file in files]

    @property
    def timeline(self) -> list[TimelineEntry]:
        """What was tried, newest first, down to the moment it was put into the ledger."""
        attempts = attempts_of(self.delivery)
        tried = [self._entry(attempt, is_last=attempt is attempts[0]) for attempt in attempts]
        return [*tried, self._begun(is_last=not tried)]

    @property
    def receipts(self) -> list[Receipt]:
        """What is known of its way to the recipient, in the order of the way; prefetch `attempts` for a list."""
        attempts = attempts_of(self.delivery)
        left = next((each for each in attempts if each.kind == AttemptKind.SEND and each.outcome in _LEFT), None)
        found = [Receipt(StateKind.RUNNING, _("Left"), left.finished_at or left.started_at)] if left else []
        if self.delivery.opened_at:
            found.append(Receipt(StateKind.RUNNING, _("Opened"), self.delivery.opened_at))
        if self.delivery.bounced_at:
            found.append(Receipt(StateKind.LATE, _("Came back"), self.delivery.bounced_at))
        if self.delivery.confirmed_at:
            how = next((each.answer for each in attempts if each.kind == AttemptKind.RECIPIENT), "")
            found.append(
                Receipt(StateKind.DONE, _("Receipt confirmed"), self.delivery.confirmed_at, self._discreet(how))
            )
        return found

    @property
    def received(self) -> str:
        """What is recorded of a paper already, so that nobody brings it twice; prefetch `attempts` for a list."""
        if self.delivery.state == DeliveryState.TO_DO:
            return ""
        last = next((each for each in attempts_of(self.delivery) if each.kind == AttemptKind.HAND), None)
        if last is None:
            return str(self.delivery.status.label)
        return f"{self._discreet(last.answer)} ({dates.short_datetime(last.started_at)})"

    @property
    def until(self) -> datetime | None:
        """Until when it waits, where that is known."""
        return held_until(self.delivery, timezone.now())

    @property
    def now_says(self) -> str:
        """Where it stands, in a sentence: why it waits and until when."""
        return self.stop.reason if self.stop else now_says(self.delivery, self.reason, self.until)

    def evidence(self) -> Evidence:
        """What is known of one that nobody answered for; one query beside the attempts."""
        known = evidence(self.delivery)
        return replace(known, answer=self._discreet(known.answer), last_said=self._discreet(known.last_said))

    @property
    def is_by_mail(self) -> bool:
        """Whether only the recipient can say that it arrived."""
        return self.delivery.channel == "email"

    @property
    def is_told_by_recipient(self) -> bool:
        """Whether the recipient's word says that it arrived: of a mail, and of what a person sent."""
        return self.is_by_mail or self.is_manual

    @property
    def undoable(self) -> Attempt | None:
        """What this person may take back; prefetch `attempts` for a list."""
        return undoable(self.delivery, timezone.now()) if may_record(self.user) else None

    @property
    def undoable_words(self) -> str:
        """What was recorded, by whom and when."""
        if (last := self.undoable) is None:
            return ""
        words = {
            "what": self._discreet(last.answer),
            "who": last.by_name,
            "when": dates.short_datetime(last.started_at),
        }
        return _("«%(what)s», recorded by %(who)s, %(when)s") % words

    @property
    def calls(self) -> list[datetime]:
        """When a person tried in vain."""
        return calls_of(self.delivery)

    @property
    def call_hours(self) -> str:
        """The hours at which a person tried in vain."""
        return ", ".join(dates.short_datetime(at) for at in self.calls)

    @property
    def key(self) -> str:
        """Its number as text, for ids in a page."""
        return str(self.delivery.pk)

    @property
    def subject_url(self) -> str:
        """Where the thing is that it speaks of."""
        return subject_url(self.delivery.subject_type, self.delivery.subject_id)

    @property
    def tel(self) -> str:
        """The number as a telephone dials it; empty where there is none."""
        return "" if self.hides_person else dialled(self.delivery.recipient)

    @property
    def whatsapp_url(self) -> str:
        """Opens WhatsApp with the text written; empty where no number is known."""
        return "" if self.hides_person else whatsapp_url(self.delivery.recipient, self.text)

    @property
    def _marks(self) -> dict[str, object]:
        return {"name": self.delivery.recipient_name, "email": self.delivery.recipient, **self.delivery.personal}

    def _payload(self, *names: str) -> object:
        payload = self.delivery.message.payload
        return next((payload[name] for name in names if payload.get(name)), "")

    def _discreet(self, text: str) -> str:
        if not text:
            return ""
        # It was masked when it was written down; a rule that was learned since then holds for old answers, too.
        text = mask(text)
        if not self.hides_person:
            return text
        for known in (self.delivery.recipient, self.delivery.recipient_name):
            text = text.replace(known, "…") if known else text
        return without_addresses(text)

    def _begun(self, *, is_last: bool) -> TimelineEntry:
        delivery = self.delivery
        later = delivery.planned_for - delivery.created_at >= _WORTH_TELLING
        note = _("meant for %(when)s") % {"when": dates.long_datetime(delivery.planned_for)} if later else ""
        return TimelineEntry(
            at=delivery.created_at, text=_("Put into the ledger"), kind=StateKind.TODO, note=note, current=is_last
        )

    def _entry(self, attempt: Attempt, *, is_last: bool) -> TimelineEntry:
        state = attempt.outcome_state
        return TimelineEntry(
            at=attempt.finished_at or attempt.started_at,
            text=said_by(attempt) or said_of(attempt),
            who=attempt.by_name,
            kind=StateKind(state.kind) if state else StateKind.RUNNING,
            note=self._discreet(attempt.answer),
            current=is_last,
        )
