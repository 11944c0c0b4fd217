"""A correction of a public text, and the text that it replaced."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pressreleases.enums import CORRECTION_OPEN, CORRECTION_TRANSITIONS, CorrectionState
from pressreleases.models.release import Release
from pressreleases.models.written import Written, text_parts


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Named for the question."""

    def open(self) -> "CorrectionQuerySet":
        """Keep what is still being written or waits for the signature."""
        return self.filter(state__in=CORRECTION_OPEN)

    def issued(self) -> "CorrectionQuerySet":
        """Keep what the public can read, newest first."""
        return self.filter(state=CorrectionState.ISSUED).order_by("-approved_at", "-id")

    def waiting_for(self, user_id: int) -> "CorrectionQuerySet":
        """Keep what another person submitted and this one could sign."""
        return self.filter(state=CorrectionState.IN_REVIEW).exclude(
            Q(author=user_id) | Q(edited_by=user_id) | Q(release__author=user_id)
        )

    def returned_to(self, user_id: int) -> "CorrectionQuerySet":
        """Keep the drafts that came back to the person who wrote or submitted them."""
        return (
            self.filter(state=CorrectionState.DRAFT)
            .exclude(returned_note="")
            .filter(Q(author=user_id) | Q(submitted_by=user_id))
        )


class Correction(Written):
    """«Fe de erratas»: what a public text said, what it should have said, and the text as it should be.

    It holds the whole text as it should be: the title may change, folio and address never do. Until it is issued
    the public text stays as it is; afterwards neither it nor the text it replaced changes.
    """

    release = models.ForeignKey(
        Release, verbose_name=_("release"), on_delete=models.PROTECT, related_name="corrections"
    )
    note_wrong = models.CharField(_("what it said"), max_length=300)
    note_right = models.CharField(_("what it should say"), max_length=300)
    # Of the photographs and videos whose words change: number of the asset → caption, credit, alternative text.
    captions = models.JSONField(_("captions"), default=dict, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.DRAFT)

    objects: ClassVar[CorrectionQuerySet] = CorrectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("release",), condition=Q(state__in=["draft", "in_review"]), name="correction_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(note_wrong="") & ~Q(note_right="") & ~Q(title=""), name="correction_says_what"
            ),
            models.CheckConstraint(
                condition=Q(submitted_by=None, submitted_at=None)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="correction_submission_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_review", "issued"]) | Q(submitted_by__isnull=False),
                name="correction_was_submitted",
            ),
            models.CheckConstraint(
                condition=(~Q(state="issued") & Q(approved_by=None, approved_at=None, approved_hash=""))
                | (Q(state="issued", approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_hash="")),
                name="correction_issued_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("author")) & ~Q(approved_by=F("edited_by"))),
                name="correction_two_persons",
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="moves", field="state", transitions=[(str(a), str(b)) for a, b in CORRECTION_TRANSITIONS]
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state IN ('issued', 'discarded')"),
            ),
        )

    def __str__(self) -> str:
        return gettext("Correction of %(release)s") % {"release": self.release}

    @property
    def state_kind(self) -> str:
        """How its state looks."""
        return CorrectionState(self.state).kind

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.state in CORRECTION_OPEN


class ReplacedText(models.Model):
    """A text that was public until a correction took its place. Kept for ever as it was."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="replaced_texts")
    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="replaced")
    title = models.CharField(_("title"), max_length=100)
    highlights = ArrayField(models.CharField(max_length=140), verbose_name=_("highlights"), default=list, size=3)
    lead = models.TextField(_("lead"))
    body = models.TextField(_("body"))
    practical = models.TextField(_("practical information"))
    # Of the files whose words changed.
    captions = models.JSONField(_("captions"), default=dict)
    # What was signed: the digest that its deliveries carry, by whom and when.
    approved_hash = models.CharField(_("approved digest"), max_length=64)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("approved"))
    replaced_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("replaced text")
        verbose_name_plural = _("replaced texts")
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.title

    @property
    def text_parts(self) -> dict[str, str]:
        """The words a person compares: field → plain text."""
        return text_parts(self)
