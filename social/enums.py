"""Networks and the state of our accounts there."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class Network(models.TextChoices):
    """Where an account lives. Only those with a channel are posted to by the worker."""

    FACEBOOK = "facebook", "Facebook"
    YOUTUBE = "youtube", "YouTube"
    X = "x", "X"
    INSTAGRAM = "instagram", "Instagram"
    WHATSAPP = "whatsapp", "WhatsApp"


class ProfileState(models.TextChoices):
    """Whether we may post there."""

    CONNECTED = "connected", _("Connected")
    EXPIRED = "expired", _("Must be connected again")
    MANUAL = "manual", _("Posted by hand")

    @property
    def kind(self) -> str:
        """How the state looks: a kind of the interface, by name."""
        return {"connected": "done", "expired": "late", "manual": "todo"}[self.value]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of something a network lets an application do on one of its days."""

    label: StrOrPromise
    limit: int


# YouTube's, for each project and Google day (which begins at midnight in California). ``settings.YOUTUBE_QUOTAS``
# says otherwise for a project that was given more. Source: «YouTube Data API, Quota Calculator», since June 2026;
# before, one pool of 10,000 units held everything, and an upload cost 1,600 of them.
QUOTAS: Mapping[str, Allowance] = {
    "insert": Allowance(_("Videos uploaded"), 100),
    "search": Allowance(_("Searches"), 100),
    "pool": Allowance(_("Units for everything else"), 10_000),
}
# What a call takes, and of which allowance. Same source.
COSTS: Mapping[str, tuple[str, int]] = {
    "videos.insert": ("insert", 1),
    "search.list": ("search", 1),
    "videos.update": ("pool", 50),
    "thumbnails.set": ("pool", 50),
    "videos.list": ("pool", 1),
    "channels.list": ("pool", 1),
    "playlistItems.list": ("pool", 1),
}
