"""The channels of the networks, with somebody who changes his mind while a long call is under way."""

from collections.abc import Callable
from typing import Any

from commsoffice.outbox.models import Delivery
from social.channels.facebook import FacebookChannel
from social.channels.youtube import YouTubeChannel

Change = Callable[[Delivery], None]

# What happens after the first note that a call keeps.
changes: list[Change] = []


class _Midway:
    def keep(self, delivery: Delivery, **notes: Any) -> None:
        super().keep(delivery, **notes)  # type: ignore[misc]  # the channel's own, beside this class
        if changes:
            changes.pop()(delivery)


class MidwayFacebook(_Midway, FacebookChannel):
    pass


class MidwayYouTube(_Midway, YouTubeChannel):
    pass
