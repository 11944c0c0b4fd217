"""A release: its text, its files, where it goes, and the approval bound to all three."""

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agenda.models import Event
from commsoffice.files.enums import MediaKind
from commsoffice.files.models import MediaAsset
from commsoffice.office.models import Area
from media_contacts.models import MediaList
from pressreleases.enums import TRANSITIONS, ReleaseKind, ReleaseState
from pressreleases.models.written import Written

# The same words on both sides, or the index is not used.
SEARCHED = SearchVector("title", "topic", "lead", "body", config="spanish")


# The words of one of its files, and how long each may be.
CAPTION_PARTS = {"caption": 300, "credit": 160, "alt_text": 300}


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Named for the question."""

    def public(self) -> "ReleaseQuerySet":
        """Keep what anyone may read."""
        return self.filter(state=ReleaseState.PUBLISHED)

    def saying(self, words: str) -> "ReleaseQuerySet":
        """Keep those with these words, in any of their Spanish forms, or with that folio."""
        query = SearchQuery(words, config="spanish", search_type="websearch")
        return self.alias(searched=SEARCHED).filter(
            Q(searched=query) | Q(folio__iexact=words.strip()) | Q(title__icontains=words.strip())
        )

    def waiting_for(self, user_id: int) -> "ReleaseQuerySet":
        """Keep what another person submitted and this one could sign."""
        return self.filter(state=ReleaseState.IN_REVIEW).exclude(Q(author=user_id) | Q(edited_by=user_id))

    def returned_to(self, user_id: int) -> "ReleaseQuerySet":
        """Keep the drafts that came back to the person who wrote or submitted them."""
        return (
            self.filter(state=ReleaseState.DRAFT)
            .exclude(returned_note="")
            .filter(Q(author=user_id) | Q(submitted_by=user_id))
        )


@pghistory.track()
class Release(Written):
    """What the office says."""

    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ReleaseKind, default=ReleaseKind.BULLETIN)
    # Given at approval, never before, never twice, never changed.
    folio = models.CharField(_("folio"), max_length=20, unique=True, null=True, blank=True)
    slug = models.SlugField(_("address"), max_length=80, blank=True)
    event = models.ForeignKey(
        Event,
        verbose_name=_("event"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="releases",
    )
    area = models.ForeignKey(Area, verbose_name=_("area"), null=True, blank=True, on_delete=models.PROTECT)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)

    # Where it goes when it is approved.
    lists = models.ManyToManyField(MediaList, verbose_name=_("lists"), related_name="+", blank=True)
    # social.Profile.key of each account; text, because that room lies above this one.
    accounts = ArrayField(models.CharField(max_length=20), verbose_name=_("accounts"), default=list, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=ReleaseState, default=ReleaseState.DRAFT)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)

    objects: ClassVar[ReleaseQuerySet] = ReleaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("-published_at", "-id"),
                condition=Q(state="published"),
                name="release_newsroom",
            ),
            models.Index(fields=("state", "-updated_at"), name="release_state"),
            GinIndex(SEARCHED, name="release_search"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="release_title"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, approved_hash="")
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_hash="")),
                name="release_approval_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published", "withdrawn"])
                | Q(approved_by__isnull=False, folio__isnull=False),
                name="release_approved_has_who_and_folio",
            ),
            # Two persons: whoever wrote or last touched the text does not approve it.
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("author")) & ~Q(approved_by=F("edited_by"))),
                name="release_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "withdrawn"]) | Q(published_at__isnull=False),
                name="release_published_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="release_withdrawn_has_reason",
            ),
        )
        triggers = (
            pgtrigger.FSM(name="moves", field="state", transitions=[(str(a), str(b)) for a, b in TRANSITIONS]),
            pgtrigger.Trigger(
                name="folio_kept",
                operation=pgtrigger.UpdateOf("folio"),  # type: ignore[no-untyped-call]  # the library leaves this one untyped
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__folio__isnull=False) & pgtrigger.Q(old__folio__df=pgtrigger.F("new__folio")),
                func="RAISE EXCEPTION 'a folio never changes';",
            ),
        )

    def __str__(self) -> str:
        return f"{self.folio} {self.title}" if self.folio else self.title

    def get_absolute_url(self) -> str:
        """Where the public reads it; empty before it has a folio."""
        if not self.folio:
            return ""
        return reverse("newsroom:release", args=[self.folio.split("-")[1], self.public_name])

    @property
    def public_name(self) -> str:
        """The last part of its address: «bol-2026-0001-nuevas-luminarias»."""
        return f"{self.folio}-{self.slug}".lower().rstrip("-")

    @property
    def state_kind(self) -> str:
        """How its state looks."""
        return ReleaseState(self.state).kind

    @property
    def is_open(self) -> bool:
        """Whether its text can still be changed."""
        return self.state in {ReleaseState.DRAFT, ReleaseState.IN_REVIEW, ReleaseState.APPROVED}

    @property
    def photos(self) -> list["ReleaseFile"]:
        """Its photographs in order; reads ``files`` as loaded."""
        return [file for file in self.files.all() if file.asset.kind == MediaKind.PHOTO]

    @property
    def videos(self) -> list["ReleaseFile"]:
        """Its videos in order; reads ``files`` as loaded."""
        return [file for file in self.files.all() if file.asset.kind == MediaKind.VIDEO]


class ReleaseFile(models.Model):
    """A photograph or video chosen for a release, in its order, with its words."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    asset = models.ForeignKey(MediaAsset, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=160, blank=True)
    # Required for photographs at approval.
    alt_text = models.CharField(_("alternative text"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("file of a release")
        verbose_name_plural = _("files of a release")
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("release", "asset"), name="release_file_once"),)

    def __str__(self) -> str:
        return str(self.asset_id)
