"""Kinds of files, states of their processing, names of renditions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MediaKind(models.TextChoices):
    """Decided by content, never by name or header."""

    PHOTO = "photo", _("Photo")
    VIDEO = "video", _("Video")


class AssetState(models.TextChoices):
    """Whether the renditions exist."""

    RECEIVED = "received", _("Received")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")

    @property
    def kind(self) -> str:
        """The kind of state, as the interface draws it."""
        return {self.RECEIVED: "running", self.READY: "done", self.FAILED: "late"}[self]


TRANSITIONS: tuple[tuple[AssetState, AssetState], ...] = (
    (AssetState.RECEIVED, AssetState.READY),
    (AssetState.RECEIVED, AssetState.FAILED),
    (AssetState.FAILED, AssetState.RECEIVED),
)


class RenditionName(models.TextChoices):
    """Pixels of the longest side; ``FULL`` is the original's size without place or serial numbers."""

    THUMB = "thumb", _("Thumbnail, 320")
    SMALL = "small", _("Small, 800")
    MEDIUM = "medium", _("Medium, 1600")
    LARGE = "large", _("Large, 2560")
    FULL = "full", _("Full size, no location")
    # What the media print and what networks are given, as large as the large one: programs of page layout open no
    # WebP. It fills a tabloid's page at the 200 dots an inch of newsprint, and 22 cm at the 300 of a magazine.
    PRESS = "press", _("For the press, 2560, JPEG")
    # Of a video, besides the thumbnail and the small one of its poster:
    POSTER = "poster", _("Poster")
    VIDEO = "video", _("Video, 720p")


# From the largest to the smallest: each is made from the one before.
SIZES: tuple[tuple[RenditionName, int], ...] = (
    (RenditionName.LARGE, 2560),
    (RenditionName.MEDIUM, 1600),
    (RenditionName.SMALL, 800),
    (RenditionName.THUMB, 320),
)
POSTER_SIZES: tuple[tuple[RenditionName, int], ...] = (
    (RenditionName.POSTER, 1280),
    (RenditionName.SMALL, 800),
    (RenditionName.THUMB, 320),
)
