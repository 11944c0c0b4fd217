"""What the media published."""

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models import Event
from media_contacts.models import Outlet
from monitoring.enums import Tone
from pressreleases.models import Release


class Clipping(models.Model):
    """One piece in one medium, with the release or event that caused it."""

    # Each row its own, also those that were there before the column.
    submission_key = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    outlet = models.ForeignKey(Outlet, verbose_name=_("outlet"), on_delete=models.PROTECT, related_name="clippings")
    event = models.ForeignKey(
        Event,
        verbose_name=_("event"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="clippings",
    )
    release = models.ForeignKey(
        Release,
        verbose_name=_("release"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="clippings",
    )
    title = models.CharField(_("title"), max_length=240)
    # Where it can be read; empty for radio and print.
    url = models.URLField(_("link"), max_length=500, blank=True)
    # Page, programme or minute.
    place = models.CharField(_("page, programme or minute"), max_length=120, blank=True)
    tone = models.CharField(_("tone"), max_length=12, choices=Tone, default=Tone.INFORMATIVE)
    published_on = models.DateField(_("published"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("clipping")
        verbose_name_plural = _("clippings")
        ordering = ("-published_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("outlet", "url"),
                condition=~models.Q(url=""),
                name="monitoring_clipping_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.outlet}: {self.title}"

    @property
    def tone_kind(self) -> str:
        """How its tone looks."""
        return Tone(self.tone).kind
