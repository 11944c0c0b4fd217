"""What was uploaded, what was made of it, and what may be seen by the public."""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commsoffice.files.enums import TRANSITIONS, AssetState, MediaKind, RenditionName


class MediaAsset(models.Model):
    """An original, kept as it came, with everything inside it. Private."""

    # Its address; says nothing and cannot be guessed.
    token = models.UUIDField(_("token"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=MediaKind)
    state = models.CharField(_("state"), max_length=10, choices=AssetState, default=AssetState.RECEIVED)
    # Why it failed, in words for the person.
    error = models.CharField(_("error"), max_length=300, blank=True)
    original = models.FileField(_("original"), max_length=200)
    # As the sender called it; shown, never used as a path.
    filename = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=60)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("digest"), max_length=64, db_index=True)
    width = models.PositiveIntegerField(_("width in pixels"), default=0)
    height = models.PositiveIntegerField(_("height in pixels"), default=0)
    duration = models.DurationField(_("duration"), null=True, blank=True)
    # From the camera, in the office's zone when it says none.
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    has_location = models.BooleanField(_("original says where it was taken"), default=False)
    camera = models.CharField(_("camera"), max_length=120, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("uploaded"))

    # A worker makes the copies until then; afterwards it is taken for dead and another one may try.
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=Q(size__gt=0), name="files_asset_not_empty"),)
        indexes = (
            models.Index(fields=("id",), condition=Q(state="received"), name="files_asset_waiting"),
            models.Index(fields=("-uploaded_at", "-id"), name="files_asset_newest"),
        )
        triggers = (
            pgtrigger.FSM(name="moves", field="state", transitions=[(str(a), str(b)) for a, b in TRANSITIONS]),
            pgtrigger.ReadOnly(name="frozen", fields=["token", "original", "sha256", "size", "kind"]),
        )

    def __str__(self) -> str:
        # Not the sender's file name: this goes into the audit, which holds no personal data.
        return f"{self.get_kind_display()} {str(self.token)[:8]}"

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("files_staff:asset", args=[self.token])

    @property
    def state_kind(self) -> str:
        """How the interface draws its state."""
        return AssetState(self.state).kind

    @property
    def extension(self) -> str:
        """Of the original: by its content, never by what the sender called it."""
        return str(self.original.name).rpartition(".")[2]


class Rendition(models.Model):
    """A copy made for looking at, without location or serial numbers."""

    asset = models.ForeignKey(MediaAsset, verbose_name=_("file"), on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(_("name"), max_length=8, choices=RenditionName)
    file = models.FileField(_("copy"), max_length=200)
    content_type = models.CharField(_("type"), max_length=60)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("digest"), max_length=64)
    width = models.PositiveIntegerField(_("width in pixels"))
    height = models.PositiveIntegerField(_("height in pixels"))

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = (models.UniqueConstraint(fields=("asset", "name"), name="files_rendition_once"),)

    def __str__(self) -> str:
        return f"{self.asset_id} {self.name}"


class PublicUse(models.Model):
    """A published thing shows this file. Without one, the file answers 404 to the public."""

    asset = models.ForeignKey(MediaAsset, verbose_name=_("file"), on_delete=models.PROTECT, related_name="public_uses")
    subject_type = models.CharField(_("kind of thing"), max_length=80)
    subject_id = models.BigIntegerField(_("thing"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("public use")
        verbose_name_plural = _("public uses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("asset", "subject_type", "subject_id"), name="files_public_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} ← {self.subject_type}:{self.subject_id}"
