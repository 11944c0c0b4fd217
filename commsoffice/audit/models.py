"""The append-only record. Text, not foreign keys: it must outlive what it speaks of."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One verb, done by one person to one thing."""

    at = models.DateTimeField(_("when"), db_index=True)
    # Kept beside the name for queries; the name stays when the account goes.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    actor_name = models.CharField(_("who"), max_length=120)
    # "pressreleases.approve": the verb, as in the code. Its words are in the presenter.
    verb = models.CharField(_("verb"), max_length=80)
    target_type = models.CharField(_("kind of thing"), max_length=80)
    target_id = models.CharField(_("thing"), max_length=64)
    target_label = models.CharField(_("name of the thing"), max_length=300)
    # Words of the person: the reason of a waiver, the note of a return.
    note = models.TextField(_("note"), blank=True)
    # {"field": [before, after]}; never personal data, never a secret.
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    request_id = models.CharField(_("request"), max_length=36, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("target_type", "target_id", "-at"), name="audit_entry_target"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_label}"
