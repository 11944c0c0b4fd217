"""A post of a withdrawn release that is on its network no more."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from commsoffice.outbox.models import Delivery
from pressreleases.models.release import Release


class TakenDown(models.Model):
    """A person deleted the post there by hand, and says so. Kept for ever; the delivery stays as it left."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="taken_down")
    delivery = models.OneToOneField(Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    objects: ClassVar[models.Manager["TakenDown"]] = models.Manager()

    class Meta:
        verbose_name = _("post taken down")
        verbose_name_plural = _("posts taken down")
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return str(self.delivery)
