"""What a channel is. A new one is a module with a class and an entry in ``settings.OUTBOX_CHANNELS``.

The engine calls ``send`` with no transaction open and after ``sending`` is committed. A channel answers
by meaning: it returns ``Sent``, or raises one of the errors below. Any other exception counts as
``OutcomeUnknown``, because nobody can tell what happened before it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from commsoffice.accounts.errors import ActionRefused
from commsoffice.outbox.models import Delivery, Pause
from commsoffice.outbox.verdicts import Hold

Attachment = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """One of our accounts that a channel can send from. ``why_not`` says why it can't be used now."""

    key: str
    label: str
    network: str
    is_default: bool = False
    is_usable: bool = True
    why_not: str = ""
    # The office lets this network publish by itself at an hour given to it (``Channel.can_schedule``).
    schedules: bool = False
    # Where anybody sees what it publishes; empty where that is not known.
    url: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What an office tells, before a channel makes it fit: plain text, and attachments as in a payload."""

    title: str
    highlights: list[str] = field(default_factory=list)
    lead: str = ""
    text: str = ""
    url: str = ""
    photos: list[Attachment] = field(default_factory=list)
    videos: list[Attachment] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took it; ``confirmed`` when it also proved that it is there."""

    remote_id: str = ""
    remote_url: str = ""
    answer: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The other side has it and publishes it by itself at ``delivery.publish_at``."""

    remote_id: str = ""
    remote_url: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Asked, and it is there."""

    remote_id: str = ""
    remote_url: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """Asked, and it is proven that it is not there: it may be sent again."""

    answer: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Asked, and the answer proves nothing. A person decides."""

    answer: str = ""


# What asking about an unknown one may say; ``Scheduled``: it is there, and not public yet.
Reconciled = Found | Scheduled | Absent | Undecided
# What pulling a scheduled one back may say: gone from there, public already, or nobody can say.
PulledBack = Absent | Found | Undecided
# What asking after an accepted one may say: it is to be seen, it came to nothing, or that is not known yet.
Proved = Absent | Found | Undecided


class ChannelError(Exception):
    """What the other side said instead of yes. ``answer`` are its words; the engine masks secrets."""

    def __init__(self, answer: str = "") -> None:
        """Keep the words."""
        self.answer = answer
        super().__init__(answer)


class Refused(ChannelError):
    """No, for good: bad address, refused content, no permission. Nothing happened."""


class Unavailable(ChannelError):
    """No, for now, and nothing happened: throttled, down, unreachable."""

    def __init__(self, answer: str = "", retry_after: timedelta | None = None) -> None:
        """Keep how long the other side asked us to wait."""
        self.retry_after = retry_after
        super().__init__(answer)


class Throttled(Unavailable):
    """No, for now, to everything from this account: no call is made from it until ``retry_after`` is over.

    ``of_all``: to everything from all accounts of the channel, since they come by one and the same application.
    """

    def __init__(self, answer: str = "", retry_after: timedelta | None = None, *, of_all: bool = False) -> None:
        """Keep whom it concerns."""
        self.of_all = of_all
        super().__init__(answer, retry_after)


class OutcomeUnknown(ChannelError):
    """We can't know whether it happened."""


class CredentialsExpired(ChannelError):
    """The account must be connected again. Nothing happened."""


class LeaseLost(OutcomeUnknown):
    """Somebody else has taken this delivery over: stop."""


class BadPayload(ActionRefused):
    """This channel can't carry this message."""

    default = _("This message cannot be sent this way.")


class Channel:
    """A way out of the office. An instance belongs to one thread and to one batch; see ``registry``."""

    label: ClassVar[StrOrPromise] = ""
    # A person calls, prints or delivers, and records it; nothing is sent by the worker.
    is_manual: ClassVar[bool] = False
    # It leaves from accounts of ours that people connect, not from one sender; it has ``accounts``.
    has_accounts: ClassVar[bool] = False
    # Longer than the longest silence of one ``send`` between two calls of ``keep``.
    lease: ClassVar[timedelta] = timedelta(minutes=5)
    # The other side can be given an hour, and publishes by itself. Such a channel has ``look`` and ``pull_back``.
    can_schedule: ClassVar[bool] = False
    # The other side can say whether an unknown one is there. Where it can't, only a person knows.
    can_be_asked: ClassVar[bool] = True
    # What is slow may be taken and still come to nothing there: a film that can't be played. It has ``prove``.
    proves: ClassVar[bool] = False
    # How often the other side is asked about an unknown before only a person is left.
    ask_limit: ClassVar[int] = 5

    def __init__(self, alias: str, **options: Any) -> None:
        """Keep the alias; ``options`` come from the settings."""
        self.alias = alias
        self.options = options

    def accounts(self) -> list[AccountChoice]:
        """Our accounts on the other side; none where there is only one sender."""
        return []

    def compose(self, story: Story) -> dict[str, Any] | None:
        """Return the payload that tells the story here, or None where it can't be told."""
        return None

    def is_slow(self, payload: Mapping[str, Any]) -> bool:
        """Whether it takes minutes to hand this over: a video. It then leaves beside the rest, not before it."""
        return bool(payload.get("video"))

    def check(self, payload: Mapping[str, Any]) -> None:
        """Raise ``BadPayload`` for a message that could never be sent."""

    def not_yet(self, delivery: Delivery, now: datetime) -> Hold | None:
        """Why this one has to wait before its call, and until when. Asked after the gates."""
        return None

    def hands(self, number: int) -> int:
        """How many calls of ``send`` may be made at once, each in a thread, for so many deliveries.

        0: one after the other, in the worker's own thread. In threads ``send`` is called inside one session and
        may not touch the database.
        """
        return 0

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep one connection open for a batch."""
        yield

    def send(self, delivery: Delivery) -> Sent | Scheduled:
        """Send it. ``delivery.message.payload`` is the message; ``delivery.progress`` what ``keep`` kept."""
        raise NotImplementedError

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Ask the other side whether an unknown delivery is there. Changes nothing there."""
        return Undecided()

    def look(self, delivery: Delivery) -> Reconciled:
        """Ask after a scheduled one: Found when public, Scheduled while it waits, Absent when it is gone."""
        return self.reconcile(delivery)

    def prove(self, delivery: Delivery) -> Proved:
        """What became of one that was taken: Found when all see it, Absent when it came to nothing there."""
        return Undecided()

    def pull_back(self, delivery: Delivery) -> PulledBack:
        """Take a scheduled one back from the other side. Doing it twice does no harm.

        Raises the errors of ``send``; ``OutcomeUnknown`` only means that it is tried again.
        """
        return Undecided()

    def keep(self, delivery: Delivery, **notes: Any) -> None:
        """Write down notes for going on after a crash, and renew the lease. Call it between the steps of a send.

        Raises ``LeaseLost`` when the delivery is no longer ours: then nothing more may be sent.
        """
        progress = {**delivery.progress, **notes}
        lease_until = self.lease_from(timezone.now())
        kept = Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence, state=delivery.state).update(
            progress=progress, lease_until=lease_until
        )
        if not kept:
            raise LeaseLost
        delivery.progress, delivery.lease_until = progress, lease_until

    def ask_whether_wanted(self, delivery: Delivery) -> None:
        """Raise ``Unavailable`` when it was cancelled, or everything paused, since the gates were asked.

        For a ``send`` that takes minutes: call it right before the step that makes it public.
        """
        reason = Delivery.objects.values_list("cancel_reason", flat=True).get(pk=delivery.pk)
        if reason:
            raise Unavailable(reason)
        pause = Pause.objects.current()
        if pause is not None and pause.holds(delivery):
            raise Unavailable(gettext("Everything is paused: %(reason)s") % {"reason": pause.reason})

    def lease_from(self, now: datetime) -> datetime:
        """Until when a claim made now holds."""
        return now + self.lease
