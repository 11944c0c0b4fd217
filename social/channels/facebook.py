"""Posting on a Facebook page.

There is no idempotency key. So everything that may be repeated without harm comes first (photographs and videos, not
published), and one single call publishes. Before that call the moment is written down; whoever does not hear its
answer reads the page back from that moment on.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from commsoffice.outbox.channels.base import (
    Absent,
    AccountChoice,
    BadPayload,
    Channel,
    Found,
    OutcomeUnknown,
    Proved,
    PulledBack,
    Reconciled,
    Refused,
    Scheduled,
    Sent,
    Story,
    Throttled,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.models import Delivery
from social.channels.common import account_of, cut, said
from social.channels.facebook_client import TIMEOUTS, Broken, Graph, GraphRefusal, NotReached
from social.channels.facebook_errors import Meaning, is_about_hour, is_missing, rule_for
from social.channels.facebook_hours import hour_fields, too_near, wait_until_near
from social.channels.facebook_look import MARGIN, There, is_listed, processed, remote, search
from social.channels.facebook_video import publish_video
from social.channels.facebook_visit import Visit, on_the_site
from social.enums import Network
from social.queries import choices

MAX_PHOTOS = 10
_TEXT_LIMIT = 5_000
# The hardest limit of Facebook's, in characters.
_MESSAGE_LIMIT = 63_206
# Facebook throws photographs away that no post took within a day.
_PHOTOS_LIVE = timedelta(hours=12)


class FacebookChannel(Channel):
    """Payload: ``{"message", "link", "photos": [attachment], "video": attachment or None}``. An account is a page."""

    label: ClassVar[StrOrPromise] = "Facebook"
    has_accounts: ClassVar[bool] = True
    can_schedule: ClassVar[bool] = True
    proves: ClassVar[bool] = True
    # A piece of a video on a slow line.
    lease: ClassVar[timedelta] = timedelta(minutes=10)

    def __init__(
        self,
        alias: str,
        *,
        settle_seconds: int = 300,
        timeouts: tuple[float, float] = TIMEOUTS,
        pause: float = 2.0,
        **options: Any,
    ) -> None:
        """``settle_seconds``: how long a post may take to show. Only what was missing twice, so far apart, is absent.

        ``timeouts``: seconds to connect, and to read. ``pause``: seconds after a piece of a video was lost.
        """
        super().__init__(alias, **options)
        self._settle = timedelta(seconds=settle_seconds)
        self._timeouts = (float(timeouts[0]), float(timeouts[1]))
        self._pause = pause

    def accounts(self) -> list[AccountChoice]:
        """Our pages."""
        return choices(Network.FACEBOOK)

    def compose(self, story: Story) -> dict[str, Any]:
        """Title, lead and highlights; the address at the end, or as the post's link where there is no picture.

        A post holds photographs or a video: the photographs win, the video is where the address leads.
        """
        photos = list(story.photos[:MAX_PHOTOS])
        video = dict(story.videos[0]) if story.videos and not photos else None
        has_media = bool(photos or video)
        tags = " ".join(f"#{tag.replace(' ', '')}" for tag in story.tags)
        parts = [story.title, story.lead, "\n".join(f"• {line}" for line in story.highlights)]
        message = cut("\n\n".join(part for part in parts if part), _TEXT_LIMIT)
        ends = [story.url if has_media else "", tags]
        return {
            "message": "\n\n".join(part for part in (message, *ends) if part),
            "link": "" if has_media else story.url,
            "photos": [dict(photo) for photo in photos],
            "video": video,
        }

    def check(self, payload: Mapping[str, Any]) -> None:
        """Something to say, within Facebook's measures."""
        message, photos = str(payload.get("message", "")), payload.get("photos") or []
        video = payload.get("video")
        if not message.strip() and not payload.get("link") and not photos and not video:
            raise BadPayload(_("A post needs a text, a link, a photograph or a video."))
        if len(message) > _MESSAGE_LIMIT:
            raise BadPayload(_("The text is too long for Facebook."))
        if len(photos) > MAX_PHOTOS:
            raise BadPayload(_("A post takes ten photographs at most."))
        if video and (photos or payload.get("link")):
            raise BadPayload(_("A post with a video takes neither photographs nor a link."))
        if video and not int(video.get("size") or 0):
            raise BadPayload(_("The video is empty."))

    # --- Sending --------------------------------------------------------------------------------------

    def send(self, delivery: Delivery) -> Sent | Scheduled:
        """Upload what has to be uploaded, then publish with one call, or give it its hour."""
        with self._visit(delivery) as visit:
            wait_until_near(delivery.publish_at, timezone.now())
            return publish_video(visit, self._pause) if visit.has_video else self._publish(visit)

    def _publish(self, visit: Visit) -> Sent | Scheduled:
        payload = visit.payload
        fields = {name: str(payload[name]) for name in ("message", "link") if payload.get(name)}
        known = set(dict(visit.delivery.progress.get("photos") or {}).values())
        photos = self._upload(visit)
        if photos:
            # The library sends a Python list wrongly.
            fields["attached_media"] = json.dumps([{"media_fbid": key} for key in photos])
        hour = hour_fields(visit.delivery.publish_at, timezone.now())
        try:
            answer = visit.publish("feed", fields | hour)
        except GraphRefusal as refusal:
            return self._refused(visit, refusal, is_scheduled=bool(hour), is_old=bool(known & set(photos)))
        remote_id = str(answer.get("id", ""))
        if not remote_id:
            raise OutcomeUnknown(said(answer))
        url = self._address(visit, remote_id)
        return Scheduled(remote_id, url, remote_id) if hour else Sent(remote_id, url, remote_id)

    def _upload(self, visit: Visit) -> list[str]:
        """Each photograph once, not published; what is up already stays up after a crash."""
        photos = list(visit.payload.get("photos") or [])
        begun = parse_datetime(str(visit.delivery.progress.get("photos_since", "")))
        if photos and (begun is None or timezone.now() - begun > _PHOTOS_LIVE):
            visit.keep(photos={}, photos_since=timezone.now().isoformat())
        known: dict[str, str] = dict(visit.delivery.progress.get("photos") or {})
        keys = []
        for number, photo in enumerate(photos):
            mark = f"{number}:{photo['sha256']}"
            if mark not in known:
                fields = {"published": "false", "temporary": "true"}
                if photo.get("alt"):
                    fields["alt_text_custom"] = str(photo["alt"])
                with default_storage.open(photo["name"]) as source:
                    answer = visit.prepare("photos", fields, source)
                if not answer.get("id"):
                    raise Unavailable(said(answer))
                known[mark] = str(answer["id"])
                visit.keep(photos=known)
            keys.append(known[mark])
        return keys

    def _refused(self, visit: Visit, refusal: GraphRefusal, *, is_scheduled: bool, is_old: bool) -> Sent | Scheduled:
        """The publishing call was refused: nothing happened by it. ``is_old``: with photographs of an earlier one."""
        if rule_for(refusal.error).meaning == Meaning.SAID_BEFORE:
            return self._said_before(visit, refusal)
        publish_at = visit.delivery.publish_at
        if is_scheduled and publish_at is not None and is_about_hour(refusal.error):
            raise too_near(publish_at, timezone.now())
        if is_old and is_missing(refusal.error):
            visit.keep(photos={})
            raise Unavailable(said(refusal))
        raise visit.meaning(refusal, repeatable=False)

    def _said_before(self, visit: Visit, refusal: GraphRefusal) -> Sent | Scheduled:
        """The page says that it has this already. If it is ours and unclaimed, that was our lost answer."""
        looked = search(visit, since=None)
        if isinstance(looked.found, Scheduled):
            return looked.found
        if looked.found is not None:
            found = looked.found
            return Sent(found.remote_id, found.remote_url, found.answer, confirmed=True)
        if looked.is_doubtful:
            raise Unavailable(said(refusal))
        if visit.delivery.progress.get("photos"):
            # The photographs hang in a post that is gone: upload them anew.
            visit.keep(photos={})
            raise Unavailable(said(refusal))
        raise Refused(said(refusal))

    def _address(self, visit: Visit, remote_id: str) -> str:
        # It is posted: nothing that goes wrong from here on may say otherwise.
        try:
            return str(visit.graph.get(remote_id, fields="permalink_url").get("permalink_url", ""))
        except (GraphRefusal, NotReached, Broken):
            return on_the_site(f"/{remote_id}")

    # --- Asking ---------------------------------------------------------------------------------------

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Ask for the post by its number, or read the page back from the moment of the call."""
        if not (delivery.remote_id or delivery.progress.get("publishing_since")):
            return Absent(_("It stopped before it was published; nothing of it is on the page."))
        with self._asking(delivery) as visit:
            return self._reconciled(visit)

    def look(self, delivery: Delivery) -> Reconciled:
        """Ask after a scheduled one."""
        with self._asking(delivery) as visit:
            return self._reconciled(visit)

    def prove(self, delivery: Delivery) -> Proved:
        """Whether Facebook has made the video by now, or could not."""
        with self._asking(delivery) as visit:
            key = visit.video_id
            if not key:
                return Undecided()
            made = processed(visit)
            if made is None:
                return Undecided(_("Facebook is still processing the video."))
            if made:
                return Found(key, delivery.remote_url, _("It is on the page."))
            # Who sends it again uploads it anew.
            visit.forget()
            return Absent(_("Facebook took the video and then could not process it."))

    def pull_back(self, delivery: Delivery) -> PulledBack:
        """Delete a scheduled one, and read back that it is gone. What is public already stays."""
        with self._visit(delivery) as visit:
            try:
                return self._pull_back(visit)
            except GraphRefusal as refusal:
                raise visit.meaning(refusal, repeatable=False) from None
            except Throttled:
                raise
            except Unavailable as error:
                raise OutcomeUnknown(error.answer) from None

    def _pull_back(self, visit: Visit) -> PulledBack:
        there = remote(visit)
        if there is None:
            return Undecided(_("It has no number on the page."))
        if there.there == There.WAITING:
            self._delete(visit, there.key)
            there = remote(visit) or there
        if there.there == There.PUBLIC:
            return Found(there.key, there.url, _("It is on the page."))
        if there.there in {There.GONE, There.UNFINISHED} and not is_listed(visit, there.key):
            visit.forget()
            publish_at = visit.delivery.publish_at
            if publish_at is not None and publish_at <= timezone.now():
                return Absent(_("It is no longer on the page; its hour had come, and somebody may have seen it."))
            return Absent(_("It is no longer on the page."))
        raise OutcomeUnknown(_("The page does not say that it is gone."))

    def _delete(self, visit: Visit, key: str) -> None:
        try:
            visit.graph.delete(key)
        except GraphRefusal as refusal:
            # Somebody else was quicker; what is there is read back in any case.
            if not is_missing(refusal.error):
                raise
        except (NotReached, Broken) as error:
            raise OutcomeUnknown(said(error)) from None

    def _reconciled(self, visit: Visit) -> Reconciled:
        """Raises GraphRefusal and the channel's errors."""
        there = remote(visit)
        told = there.told() if there is not None else None
        if told is not None:
            return told
        if there is not None and there.there == There.UNCLEAR:
            return Undecided(_("The page does not say what became of it."))
        since = self._since(visit)
        looked = search(visit, since=since - MARGIN)
        if looked.found is not None:
            return looked.found
        if looked.is_doubtful:
            return Undecided(_("A post with the same text is on the page, and it may be another one."))
        if not looked.is_whole or visit.missing_for() < self._settle:
            return Undecided(_("It is not on the page yet."))
        if there is not None and there.there == There.GONE:
            visit.forget()
        return Absent(_("The page was read whole from that moment on, and it is not there."))

    def _since(self, visit: Visit) -> datetime:
        """From when on it may be on the page: the call, or the hour that it was given."""
        now, delivery = timezone.now(), visit.delivery
        since = visit.published_since or now
        if delivery.remote_id and delivery.publish_at is not None:
            # It was waiting there, and can't have been public before.
            since = max(since, min(delivery.publish_at, now))
        return since

    # --- The way there --------------------------------------------------------------------------------

    @contextmanager
    def _visit(self, delivery: Delivery) -> Iterator[Visit]:
        profile = account_of(delivery, Network.FACEBOOK)
        graph = Graph(str(profile.credentials["access_token"]), self._timeouts)
        try:
            yield Visit(
                delivery, profile, graph, partial(self.keep, delivery), partial(self.ask_whether_wanted, delivery)
            )
        finally:
            graph.close()

    @contextmanager
    def _asking(self, delivery: Delivery) -> Iterator[Visit]:
        """A question that is refused or not heard decides nothing; the engine makes that of any error."""
        with self._visit(delivery) as visit:
            try:
                yield visit
            except GraphRefusal as refusal:
                raise visit.meaning(refusal, repeatable=True) from None
