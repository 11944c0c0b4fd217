"""One errand on YouTube: a delivery, its account, the way there, and what YouTube's answers mean for the ledger."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from commsoffice.outbox.channels.base import (
    ChannelError,
    CredentialsExpired,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unavailable,
)
from commsoffice.outbox.enums import AttemptKind, DeliveryState
from commsoffice.outbox.models import Attempt, Delivery
from social.channels.common import broke, mark_expired, missing_for, said
from social.channels.youtube_client import NOT_REACHED, TROUBLE, GoogleAuthError, HttpError, YouTube
from social.channels.youtube_errors import TOO_FAST, Meaning, read, token_error
from social.fields import unseal
from social.models import Profile
from social.quota import QuotaSpent, until_tomorrow


@dataclass(frozen=True, slots=True)
class Visit:
    """What the steps of an errand share.

    ``keep`` writes notes into the delivery's progress:
    ``session``, ``offset``: the upload's address, sealed because it lets anybody upload, and how far it is;
    ``began``: when it was opened;
    ``is_last``, ``left``: whether and when the last bytes were sent on their way;
    ``missing_since``: when the channel was first seen without the video, by its own clock;
    ``video``: the id of the video that was made; ``pulled``: it was made private again by us;
    ``thumbnail``: its picture is settled.
    """

    delivery: Delivery
    profile: Profile
    youtube: YouTube
    keep: Callable[..., None]
    ask_whether_wanted: Callable[[], None]

    @property
    def payload(self) -> Mapping[str, Any]:
        """The message."""
        payload: Mapping[str, Any] = self.delivery.message.payload
        return payload

    @property
    def size(self) -> int:
        """Bytes of the video."""
        return int(self.payload["video"]["size"])

    def noted(self, name: str) -> Any:
        """Return a note, or None."""
        return self.delivery.progress.get(name)

    def session(self) -> str | None:
        """The address of the upload session; None without one, or when its key is lost: as if it were gone."""
        return unseal(str(self.noted("session") or ""))

    def noted_time(self, name: str) -> datetime | None:
        """Return a note that is a moment."""
        return parse_datetime(str(self.noted(name) or ""))

    def is_decided(self) -> bool:
        """Whether a person had it sent again since nobody knew."""
        attempts = Attempt.objects.filter(delivery_id=self.delivery.pk)
        doubts = attempts.filter(outcome=DeliveryState.UNKNOWN).order_by("-pk").values_list("pk", flat=True)
        return attempts.filter(
            kind=AttemptKind.PERSON, outcome=DeliveryState.QUEUED, pk__gt=doubts.first() or 0
        ).exists()

    def missing_for(self) -> timedelta:
        """How long it has been missing, by YouTube's own clock."""
        return missing_for(self.delivery.progress, self.youtube.now, partial(self.keep, self.delivery))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A call that changes nothing: whatever goes wrong, nothing happened."""
        try:
            yield
        except TROUBLE as error:
            raise meaning_of(self.profile, error, at_risk=False) from None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A call that changes something: when its answer is lost, it may have happened."""
        try:
            yield
        except TROUBLE as error:
            raise meaning_of(self.profile, error, at_risk=True) from None


def meaning_of(profile: Profile, error: Exception, *, at_risk: bool) -> ChannelError:
    """What trouble means for the ledger. ``at_risk``: the call changes something, and may have done so."""
    if isinstance(error, QuotaSpent):
        words = _("The day's allowance at YouTube is used up: %(what)s.") % {"what": str(error.label)}
        return Throttled(words, until_tomorrow(timezone.now()))
    if isinstance(error, HttpError):
        return _refusal(profile, error, at_risk=at_risk)
    if isinstance(error, GoogleAuthError):
        return _no_token(profile, error)
    if at_risk and not isinstance(error, NOT_REACHED):
        return OutcomeUnknown(broke(error))
    return Unavailable(broke(error))


def _refusal(profile: Profile, error: HttpError, *, at_risk: bool) -> ChannelError:
    refusal = read(int(error.resp.status), error.content)
    words = said(refusal.words, profile.credentials.values())
    match refusal.meaning:
        case Meaning.EXPIRED:
            return _expired(profile, words)
        case Meaning.TOMORROW:
            return Throttled(words, until_tomorrow(timezone.now()))
        case Meaning.LATER:
            return Throttled(words, _asked_wait(error) or TOO_FAST)
        case Meaning.BROKEN:
            return OutcomeUnknown(words) if at_risk else Unavailable(words, _asked_wait(error))
    return Refused(words)


def _no_token(profile: Profile, error: GoogleAuthError) -> ChannelError:
    answer = next((arg for arg in error.args if isinstance(arg, Mapping)), {})
    words = said(error, profile.credentials.values())
    return _expired(profile, words) if token_error(answer) == Meaning.EXPIRED else Unavailable(words)


def _expired(profile: Profile, words: str) -> ChannelError:
    # Somebody may have connected it again meanwhile: then the next call has what it needs.
    return CredentialsExpired(words) if mark_expired(profile) else Unavailable(words)


def _asked_wait(error: HttpError) -> timedelta | None:
    seconds = str(error.resp.get("retry-after", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdigit() else None


def is_gone(error: HttpError) -> bool:
    """Whether YouTube says that there is no such thing, or not any more."""
    return int(error.resp.status) in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
