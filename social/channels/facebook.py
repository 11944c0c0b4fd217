"""Posting on a Facebook page.

There is no idempotency key. So everything that may be repeated without harm comes first (photographs, not
published), and one single call publishes. Before that call the moment is written down; whoever does not hear its
answer reads the page back from that moment on.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, ClassVar

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
    ChannelError,
    CredentialsExpired,
    Found,
    OutcomeUnknown,
    Reconciled,
    Refused,
    Sent,
    Story,
    Unavailable,
    Undecided,
)
from commsoffice.outbox.models import Delivery
from social.channels.common import account_of, cut, mark_expired, said
from social.channels.facebook_client import Broken, Graph, GraphRefusal, NotReached
from social.channels.facebook_errors import Meaning, rule_for
from social.enums import Network
from social.models import Profile
from social.queries import choices

MAX_PHOTOS = 10
_TEXT_LIMIT = 5_000
# The hardest limit of Facebook's, in characters.
_MESSAGE_LIMIT = 63_206
# Clocks differ; the page is read from so long before the call.
_MARGIN = timedelta(minutes=5)
_READ_LIMIT = 500
# Facebook throws photographs away that no post took within a day.
_PHOTOS_LIVE = timedelta(hours=12)
_FIELDS = "id,message,created_time,permalink_url,attachments{media_type,target{id},subattachments{media_type}}"


@dataclass(frozen=True, slots=True)
class _Call:
    """The one call that publishes."""

    edge: str
    fields: dict[str, str]
    source: IO[bytes] | None = None


class FacebookChannel(Channel):
    """Payload: ``{"message", "link", "photos": [attachment]}``. An account is a page."""

    label: ClassVar[StrOrPromise] = "Facebook"

    def __init__(
        self, alias: str, *, settle_seconds: int = 90, timeouts: Sequence[float] = (5, 60), **options: Any
    ) -> None:
        """``settle_seconds``: how long a post may take to show, before its absence proves anything."""
        super().__init__(alias, **options)
        self._settle = timedelta(seconds=settle_seconds)
        self._timeouts = (float(timeouts[0]), float(timeouts[1]))

    def accounts(self) -> list[AccountChoice]:
        """Our pages."""
        return choices(Network.FACEBOOK)

    def compose(self, story: Story) -> dict[str, Any]:
        """Title, lead and highlights; the address at the end, or as the post's link where there is no photograph."""
        photos = list(story.photos[:MAX_PHOTOS])
        tags = " ".join(f"#{tag.replace(' ', '')}" for tag in story.tags)
        parts = [story.title, story.lead, "\n".join(f"• {line}" for line in story.highlights)]
        message = cut("\n\n".join(part for part in parts if part), _TEXT_LIMIT)
        ends = [story.url if photos else "", tags]
        message = "\n\n".join(part for part in (message, *ends) if part)
        return {"message": message, "link": "" if photos else story.url, "photos": [dict(photo) for photo in photos]}

    def check(self, payload: Mapping[str, Any]) -> None:
        """Something to say, within Facebook's measures."""
        message, photos = str(payload.get("message", "")), payload.get("photos") or []
        if not message.strip() and not payload.get("link") and not photos:
            raise BadPayload(_("A post needs a text, a link or a photograph."))
        if len(message) > _MESSAGE_LIMIT:
            raise BadPayload(_("The text is too long for Facebook."))
        if len(photos) > MAX_PHOTOS:
            raise BadPayload(_("A post takes ten photographs at most."))

    # --- Sending --------------------------------------------------------------------------------------

    def send(self, delivery: Delivery) -> Sent:
        """Upload what has to be uploaded, then publish with one call."""
        profile = account_of(delivery, Network.FACEBOOK)
        graph = self._graph(profile)
        try:
            return self._send(delivery, profile, graph)
        finally:
            graph.close()

    def _send(self, delivery: Delivery, profile: Profile, graph: Graph) -> Sent:
        payload = delivery.message.payload
        photos = list(payload.get("photos") or [])
        fields = {name: str(payload[name]) for name in ("message", "link") if payload.get(name)}
        if len(photos) == 1:
            answer = self._publish_photo(delivery, profile, graph, photos[0], fields.get("message", ""))
        else:
            if photos:
                media = [{"media_fbid": key} for key in self._upload(delivery, profile, graph, photos)]
                # The library sends a Python list wrongly.
                fields["attached_media"] = json.dumps(media)
            self._about_to_publish(delivery)
            answer = self._publish(delivery, profile, graph, _Call("feed", fields))
        if isinstance(answer, Sent):
            return answer
        remote_id = str(answer.get("post_id") or answer.get("id") or "")
        return Sent(remote_id=remote_id, remote_url=self._address(graph, remote_id), answer=remote_id)

    def _publish_photo(
        self, delivery: Delivery, profile: Profile, graph: Graph, photo: Mapping[str, Any], caption: str
    ) -> dict[str, Any] | Sent:
        fields = {"caption": caption} if caption else {}
        if photo.get("alt"):
            fields["alt_text_custom"] = str(photo["alt"])
        with default_storage.open(photo["name"]) as source:
            self._about_to_publish(delivery)
            return self._publish(delivery, profile, graph, _Call("photos", fields, source))

    def _upload(
        self, delivery: Delivery, profile: Profile, graph: Graph, photos: Sequence[Mapping[str, Any]]
    ) -> list[str]:
        """Each photograph once, not published; what is up already stays up after a crash."""
        begun = parse_datetime(str(delivery.progress.get("photos_since", "")))
        if begun is None or timezone.now() - begun > _PHOTOS_LIVE:
            self.keep(delivery, photos={}, photos_since=timezone.now().isoformat())
        known: dict[str, str] = dict(delivery.progress.get("photos", {}))
        keys = []
        for number, photo in enumerate(photos):
            mark = f"{number}:{photo['sha256']}"
            if mark not in known:
                fields = {"published": "false", "temporary": "true"}
                if photo.get("alt"):
                    fields["alt_text_custom"] = str(photo["alt"])
                with default_storage.open(photo["name"]) as source:
                    answer = self._prepare(profile, graph, fields, source)
                known[mark] = str(answer["id"])
                self.keep(delivery, photos=known)
            keys.append(known[mark])
        return keys

    def _about_to_publish(self, delivery: Delivery) -> None:
        self.keep(delivery, publishing_since=timezone.now().isoformat())

    def _prepare(self, profile: Profile, graph: Graph, fields: dict[str, str], source: Any) -> dict[str, Any]:
        """A call that may be repeated: whatever goes wrong, nothing is live."""
        try:
            return graph.post(f"{profile.external_id}/photos", fields, source)
        except GraphRefusal as refusal:
            raise self._meaning(profile, refusal, repeatable=True) from None
        except (NotReached, Broken) as error:
            raise Unavailable(said(error)) from None

    def _publish(self, delivery: Delivery, profile: Profile, graph: Graph, call: _Call) -> dict[str, Any] | Sent:
        """The one call that counts."""
        try:
            return graph.post(f"{profile.external_id}/{call.edge}", call.fields, call.source)
        except GraphRefusal as refusal:
            if rule_for(refusal.error).meaning == Meaning.SAID_BEFORE:
                return self._said_before(delivery, profile, graph, refusal)
            raise self._meaning(profile, refusal, repeatable=False) from None
        except NotReached as error:
            raise Unavailable(said(error)) from None
        except Broken as error:
            raise OutcomeUnknown(said(error)) from None

    def _said_before(self, delivery: Delivery, profile: Profile, graph: Graph, refusal: GraphRefusal) -> Sent:
        """The page says that it has this already. If it is ours and unclaimed, that was our lost answer."""
        found, _is_whole = self._look(delivery, profile, graph, since=None)
        if found is not None:
            return Sent(remote_id=found.remote_id, remote_url=found.remote_url, answer=found.answer, confirmed=True)
        if delivery.progress.get("photos"):
            # The photographs hang in a post that is gone: upload them anew.
            self.keep(delivery, photos={})
            raise Unavailable(said(refusal))
        raise Refused(said(refusal))

    def _meaning(self, profile: Profile, refusal: GraphRefusal, *, repeatable: bool) -> ChannelError:
        rule, words = rule_for(refusal.error), said(refusal)
        if rule.meaning == Meaning.EXPIRED:
            mark_expired(profile)
            return CredentialsExpired(words)
        if rule.meaning == Meaning.UNAVAILABLE:
            return Unavailable(words, refusal.wait or rule.wait)
        if rule.meaning == Meaning.UNKNOWN:
            return Unavailable(words) if repeatable else OutcomeUnknown(words)
        return Refused(words)

    # --- Asking ---------------------------------------------------------------------------------------

    def reconcile(self, delivery: Delivery) -> Reconciled:
        """Read the page back from the moment of the call: text and number of photographs tell our post."""
        since = parse_datetime(str(delivery.progress.get("publishing_since", "")))
        if since is None:
            return Absent(_("It stopped before it was published; nothing of it is on the page."))
        profile = account_of(delivery, Network.FACEBOOK)
        graph = self._graph(profile)
        try:
            found, is_whole = self._look(delivery, profile, graph, since=since - _MARGIN)
        except GraphRefusal as refusal:
            raise self._meaning(profile, refusal, repeatable=True) from None
        except (NotReached, Broken) as error:
            return Undecided(said(error))
        finally:
            graph.close()
        if found is not None:
            return found
        if not is_whole or timezone.now() - since < self._settle:
            return Undecided(_("It is not on the page yet."))
        return Absent(_("The page was read whole from that moment on, and it is not there."))

    def _look(
        self, delivery: Delivery, profile: Profile, graph: Graph, *, since: datetime | None
    ) -> tuple[Found | None, bool]:
        """Our post among the page's, and whether the page was read whole."""
        bounds = {"since": str(int(since.timestamp()))} if since else {}
        posts: dict[str, dict[str, Any]] = {}
        is_whole = True
        for edge in ("published_posts", "scheduled_posts", "feed"):
            # A scheduled post is older than its hour: that list is short and read without bounds.
            limits = {} if edge == "scheduled_posts" else bounds
            rows, whole = graph.pages(
                f"{profile.external_id}/{edge}", _READ_LIMIT, fields=_FIELDS, limit="100", **limits
            )
            posts.update((str(row["id"]), row) for row in rows)
            is_whole = is_whole and whole
        payload = delivery.message.payload
        mine = [post for post in posts.values() if _is_ours(post, payload)]
        taken = set(
            Delivery.objects.filter(channel=delivery.channel, remote_id__in=[post["id"] for post in mine])
            .exclude(pk=delivery.pk)
            .values_list("remote_id", flat=True)
        )
        free = sorted(
            (post for post in mine if post["id"] not in taken), key=lambda post: str(post.get("created_time", ""))
        )
        if not free:
            return None, is_whole
        post = free[-1]
        return Found(str(post["id"]), str(post.get("permalink_url", "")), _("It is on the page.")), is_whole

    def _graph(self, profile: Profile) -> Graph:
        return Graph(str(profile.credentials["access_token"]), self._timeouts)

    def _address(self, graph: Graph, remote_id: str) -> str:
        # It is posted: nothing that goes wrong from here on may say otherwise.
        try:
            return str(graph.get(remote_id, fields="permalink_url").get("permalink_url", ""))
        except (GraphRefusal, NotReached, Broken):
            return f"https://www.facebook.com/{remote_id}"


def _is_ours(post: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    return _plain(post.get("message", "")) == _plain(payload.get("message", "")) and _photos_in(post) == len(
        payload.get("photos") or []
    )


def _plain(text: object) -> str:
    """Facebook trims and recomposes: compare what is left."""
    return " ".join(unicodedata.normalize("NFC", str(text)).split())


def _photos_in(post: Mapping[str, Any]) -> int:
    count = 0
    for item in post.get("attachments", {}).get("data", []):
        inner = item.get("subattachments", {}).get("data", [])
        count += len(inner) or (item.get("media_type") == "photo")
    return count
