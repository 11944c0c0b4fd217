"""Who covers an event and what came back from it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agenda.models import Event
from commsoffice.files.models import MediaAsset


class CoverageOrder(models.Model):
    """The order to cover an event. One per event."""

    folio = models.CharField(_("folio"), max_length=20, unique=True)
    event = models.OneToOneField(
        Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="coverage_order"
    )
    crew = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("crew"), related_name="+", blank=True)
    call_time = models.TimeField(_("call"), null=True, blank=True)
    notes = models.TextField(_("required shots and restrictions"), max_length=2000, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("ordered"))

    class Meta:
        verbose_name = _("coverage order")
        verbose_name_plural = _("coverage orders")

    def __str__(self) -> str:
        return self.folio

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("coverage:upload", args=[self.event_id])


class CoverageFile(models.Model):
    """A photograph or video that came back from an event."""

    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="coverage_files")
    asset = models.OneToOneField(
        MediaAsset, verbose_name=_("file"), on_delete=models.PROTECT, related_name="coverage_file"
    )
    # Name under which it is credited; the account may be a colleague's.
    author = models.CharField(_("author"), max_length=120)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    alt_text = models.CharField(_("alternative text"), max_length=300, blank=True)
    # The original's digest, here too so that the database can keep the promise below.
    sha256 = models.CharField(max_length=64, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("file of a coverage")
        verbose_name_plural = _("files of a coverage")
        ordering = ("id",)
        indexes = (models.Index(fields=("event", "id"), name="coverage_file_event"),)
        constraints = (
            # A bad signal makes people send the same photo again.
            models.UniqueConstraint(fields=("event", "added_by", "sha256"), name="coverage_file_once"),
        )

    def __str__(self) -> str:
        return str(self.asset)
