"""What a release and its correction have in common: the words, who wrote them, and who signed them."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from pressreleases.prose import BODY_EXTENSIONS, to_text

# The words of a release; what a correction may change, and what is kept of a text that was replaced.
WORDS = ("title", "highlights", "lead", "body", "practical")


def text_parts(words: Any) -> dict[str, str]:
    """Return the words of a release, a correction or a replaced text as a person compares them: plain text."""
    return {
        "title": words.title,
        "highlights": "\n".join(words.highlights),
        "lead": words.lead,
        "body": to_text(words.body),
        "practical": words.practical,
    }


class Written(models.Model):
    """A text of two persons: one writes it, another one signs it."""

    title = models.CharField(_("title"), max_length=100)
    # Two or three lines under the title, 140 characters each: «balazos».
    highlights = ArrayField(
        models.CharField(max_length=140), verbose_name=_("highlights"), default=list, blank=True, size=3
    )
    lead = models.TextField(_("lead"), max_length=1000, blank=True)
    body = ProseEditorField(_("body"), extensions=BODY_EXTENSIONS, sanitize=True, blank=True)
    practical = models.TextField(_("practical information"), max_length=1000, blank=True)

    # Grows with each saved change; an older one is refused, so nobody overwrites anybody.
    version = models.PositiveIntegerField(_("version"), default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("last edited by"), on_delete=models.PROTECT, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    # Why it came back.
    returned_note = models.TextField(_("why it was returned"), max_length=1000, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of a correction the hour at which it was issued, which the public reads.
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    # SHA-256 of text, files and destinations as approved (see queries.content_hash); deliveries carry it.
    approved_hash = models.CharField(_("approved digest"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        abstract = True

    @property
    def text_parts(self) -> dict[str, str]:
        """The words a person compares: field → plain text."""
        return text_parts(self)
