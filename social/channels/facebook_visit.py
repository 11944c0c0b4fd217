"""One delivery at one page, and what the page's answers mean for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from commsoffice.outbox.channels.base import (
    ChannelError,
    CredentialsExpired,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unavailable,
)
from commsoffice.outbox.models import Delivery
from social.channels.common import mark_expired, missing_for, said
from social.channels.facebook_client import Broken, Graph, GraphRefusal, NotReached
from social.channels.facebook_errors import Meaning, rule_for
from social.models import Profile


@dataclass(frozen=True, slots=True)
class Visit:
    """``keep`` and ``ask_whether_wanted`` are the channel's, for this delivery."""

    delivery: Delivery
    profile: Profile
    graph: Graph
    keep: Callable[..., None]
    ask_whether_wanted: Callable[[], None]

    @property
    def payload(self) -> Mapping[str, Any]:
        """What is said."""
        payload: dict[str, Any] = self.delivery.message.payload
        return payload

    @property
    def has_video(self) -> bool:
        """Whether it is a video; its text goes with it."""
        return bool(self.payload.get("video"))

    @property
    def video_id(self) -> str:
        """The video that is being uploaded, or was; empty before."""
        return str((self.delivery.progress.get("video") or {}).get("id", ""))

    @property
    def published_since(self) -> datetime | None:
        """When the last publishing call began; None when there was none."""
        return parse_datetime(str(self.delivery.progress.get("publishing_since", "")))

    def missing_for(self) -> timedelta:
        """How long it has been missing, by the page's own clock."""
        return missing_for(self.delivery.progress, self.graph.now, self.keep)

    def edge(self, name: str) -> str:
        """The path of one of the page's lists."""
        return f"{self.profile.external_id}/{name}"

    def ask(self, path: str, **fields: str) -> dict[str, Any]:
        """Read. Raises GraphRefusal for what the caller may understand, and Unavailable."""
        try:
            return self.graph.get(path, **fields)
        except (NotReached, Broken) as error:
            raise Unavailable(said(error)) from None

    def rows(self, name: str, most: int, **fields: str) -> tuple[list[dict[str, Any]], bool]:
        """One of the page's lists, and whether it is whole. Raises the channel's errors."""
        try:
            return self.graph.pages(self.edge(name), most, **fields)
        except GraphRefusal as refusal:
            raise self.meaning(refusal, repeatable=True) from None
        except (NotReached, Broken) as error:
            raise Unavailable(said(error)) from None

    def prepare(self, name: str, fields: dict[str, str], source: IO[bytes] | None = None) -> dict[str, Any]:
        """A call that may be repeated: whatever goes wrong, nothing is live. Raises the channel's errors."""
        try:
            return self.graph.post(self.edge(name), fields, source)
        except GraphRefusal as refusal:
            raise self.meaning(refusal, repeatable=True) from None
        except (NotReached, Broken) as error:
            raise Unavailable(said(error)) from None

    def publish(self, name: str, fields: dict[str, str], **notes: Any) -> dict[str, Any]:
        """The one call that counts, its moment written down before, with ``notes``.

        Raises GraphRefusal and the channel's errors.
        """
        self.ask_whether_wanted()
        self.keep(publishing_since=timezone.now().isoformat(), missing_since="", **notes)
        try:
            return self.graph.post(self.edge(name), fields)
        except NotReached as error:
            raise Unavailable(said(error)) from None
        except Broken as error:
            raise OutcomeUnknown(said(error)) from None

    def meaning(self, refusal: GraphRefusal, *, repeatable: bool) -> ChannelError:
        """What an error is to the ledger. ``repeatable``: it could do no harm, whatever became of it."""
        rule, words = rule_for(refusal.error), said(refusal)
        if rule.meaning == Meaning.EXPIRED:
            # Who connected it again while we were calling is not told that it has expired.
            return CredentialsExpired(words) if mark_expired(self.profile) else Unavailable(words)
        if rule.meaning == Meaning.THROTTLED:
            return Throttled(words, refusal.wait or rule.wait, of_all=rule.of_application)
        if rule.meaning in {Meaning.REFUSED, Meaning.SAID_BEFORE}:
            return Refused(words)
        return Unavailable(words) if repeatable else OutcomeUnknown(words)

    def forget(self) -> None:
        """What was made there is gone, with everything that was uploaded for it: the next sending begins anew."""
        self.keep(photos={}, video={}, post="", publishing_since="", missing_since="")


def on_the_site(address: str) -> str:
    """A whole address: of videos Facebook tells only the path."""
    return urljoin(settings.FACEBOOK_DIALOG_URL, address) if address else ""
