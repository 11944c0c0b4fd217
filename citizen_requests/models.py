"""A citizen's request, its steps, and, apart from them, the person."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizen_requests.enums import (
    TO_ROUTE,
    TRANSITIONS,
    Priority,
    RequestChannel,
    RequestState,
    StepKind,
)
from commsoffice.files.models import MediaAsset
from commsoffice.office.models import Area, Locality


class Category(models.Model):
    """What requests are about, who answers, and how soon. Clocks are in hours and working days."""

    key = models.CharField(_("key"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(Area, verbose_name=_("area"), on_delete=models.PROTECT)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority)
    acknowledge_hours = models.PositiveSmallIntegerField(_("hours to acknowledge"))
    route_days = models.PositiveSmallIntegerField(_("working days to route"))
    first_answer_days = models.PositiveSmallIntegerField(_("working days to a first answer"))
    solve_days = models.PositiveSmallIntegerField(_("working days to solve"))
    needs_place = models.BooleanField(_("needs a place"), default=True)
    verification = models.CharField(_("verification visit"), max_length=40, blank=True)
    evidence = models.CharField(_("evidence"), max_length=80, blank=True)
    # Answered apart, seen by few, never shown on a public page.
    is_restricted = models.BooleanField(_("restricted"), default=False)
    # A symbol of the sprite. The categories that have one stand first on the public form, as buttons.
    icon = models.CharField(_("icon on the public form"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class CitizenRequest(models.Model):
    """What was asked. Nothing here says who asked."""

    folio = models.CharField(_("folio"), max_length=20, unique=True)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The tracking link; 256 random bits.
    token = models.CharField(max_length=64, unique=True, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=RequestChannel, default=RequestChannel.FORM)
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT)
    area = models.ForeignKey(Area, verbose_name=_("area"), null=True, blank=True, on_delete=models.PROTECT)
    locality = models.ForeignKey(Locality, verbose_name=_("locality"), null=True, blank=True, on_delete=models.PROTECT)
    address = models.CharField(_("where"), max_length=240, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    description = models.TextField(_("what happens"), max_length=4000)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority)
    state = models.CharField(_("state"), max_length=12, choices=RequestState, default=RequestState.RECEIVED)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    received_at = models.DateTimeField(_("received"))
    # Deadlines computed at intake in the office's working days.
    route_by = models.DateTimeField(_("route by"))
    solve_by = models.DateTimeField(_("solve by"))
    routed_at = models.DateTimeField(_("routed"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("citizen request")
        verbose_name_plural = _("citizen requests")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("solve_by", "id"),
                condition=Q(state__in=["received", "routed", "in_progress", "reopened"]),
                name="requests_open_by_clock",
            ),
            models.Index(fields=("area", "-id"), name="requests_area"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="answered") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="requests_answered_has_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["routed", "in_progress"]) | Q(area__isnull=False, routed_at__isnull=False),
                name="requests_routed_has_area",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="requests_point_whole",
            ),
        )
        triggers = (pgtrigger.FSM(name="moves", field="state", transitions=[(str(a), str(b)) for a, b in TRANSITIONS]),)

    def __str__(self) -> str:
        return f"{self.folio} {self.category}"

    @property
    def stage(self) -> RequestState:
        """The state with its kind, for pages."""
        return RequestState(self.state)

    @property
    def is_to_route(self) -> bool:
        """Whether the desk has to say whose it is."""
        return self.state in TO_ROUTE


class Requester(models.Model):
    """The person, kept apart so that it can die on time. No history is kept of it."""

    request = models.OneToOneField(CitizenRequest, on_delete=models.CASCADE, related_name="requester")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    privacy_notice_at = models.DateTimeField(_("privacy notice accepted"))
    # Set when the request closes; the row is deleted after it.
    forget_after = models.DateTimeField(_("forget after"), null=True, blank=True)

    class Meta:
        verbose_name = _("requester")
        verbose_name_plural = _("requesters")
        indexes = (models.Index(fields=("forget_after",), name="requests_forget"),)

    def __str__(self) -> str:
        return self.request.folio


class RequestStep(models.Model):
    """One thing that happened. Append-only."""

    request = models.ForeignKey(CitizenRequest, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind)
    at = models.DateTimeField(_("when"))
    # Whom the step speaks of, as it was then: a request may pass through several areas.
    area = models.ForeignKey(
        Area, verbose_name=_("area"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Shown on the tracking page; names an area, never a person.
    public_text = models.TextField(_("shown to the person"), max_length=4000, blank=True)
    internal_text = models.TextField(_("internal note"), max_length=4000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of a request")
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class RequestPhoto(models.Model):
    """A photograph of the problem or of its solution. Never public."""

    request = models.ForeignKey(CitizenRequest, on_delete=models.PROTECT, related_name="photos")
    asset = models.OneToOneField(MediaAsset, on_delete=models.PROTECT, related_name="request_photo")
    is_solution = models.BooleanField(_("shows the solution"), default=False)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("photo of a request")
        verbose_name_plural = _("photos of a request")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.request_id)
