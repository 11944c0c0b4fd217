"""Events, invitations and answers."""

import datetime as dt
import uuid
from typing import ClassVar
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.enums import (
    TRANSITIONS,
    WITHOUT_MEDIA,
    Answer,
    AnsweredBy,
    EventState,
    Level,
    Modality,
    StepKey,
)
from commsoffice.office.models import Area, Locality
from commsoffice.outbox.models import Delivery
from media_contacts.models import Contact, MediaList


class EventQuerySet(models.QuerySet["Event"]):
    """Named for the question."""

    def on(self, day: dt.date) -> "EventQuerySet":
        """Keep those that happen on a day, also those that last several."""
        return self.filter(date__lte=day).filter(Q(end_date__gte=day) | Q(end_date=None, date=day))

    def standing(self) -> "EventQuerySet":
        """Leave out the cancelled."""
        return self.exclude(state=EventState.CANCELLED)

    def public(self) -> "EventQuerySet":
        """Keep what the public agenda shows."""
        return self.filter(is_public=True, state=EventState.CONFIRMED)


@pghistory.track()
class Event(models.Model):
    """One thing that will happen.

    Day and hour are kept as the wall clock of the office's zone, not as instants: an all-day event
    stays on its day everywhere, and a change of clock rules moves nothing.
    """

    key = models.CharField(_("key"), max_length=20, unique=True)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("event"), max_length=200)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    area = models.ForeignKey(Area, verbose_name=_("area"), on_delete=models.PROTECT)
    locality = models.ForeignKey(Locality, verbose_name=_("locality"), null=True, blank=True, on_delete=models.PROTECT)
    venue = models.CharField(_("place"), max_length=240, blank=True)
    date = models.DateField(_("day"))
    # Both empty: the whole day.
    start_time = models.TimeField(_("starts"), null=True, blank=True)
    end_time = models.TimeField(_("ends"), null=True, blank=True)
    end_date = models.DateField(_("last day"), null=True, blank=True)
    press_time = models.TimeField(_("press registration"), null=True, blank=True)
    presides = models.CharField(_("presides"), max_length=120, blank=True)
    spokesperson = models.CharField(_("spokesperson"), max_length=160, blank=True)
    facilities = models.CharField(_("facilities for the press"), max_length=300, blank=True)
    level = models.CharField(_("level"), max_length=1, choices=Level, default=Level.C)
    level_reason = models.CharField(_("why this level"), max_length=240, blank=True)
    modality = models.CharField(_("who may come in"), max_length=12, choices=Modality, default=Modality.OPEN)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=0)
    products = models.CharField(_("products"), max_length=240, blank=True)
    blackout_class = models.CharField(_("class in electoral blackout"), max_length=60, blank=True)
    description = models.TextField(_("what it is about"), max_length=4000, blank=True)
    is_public = models.BooleanField(_("on the public agenda"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=EventState, default=EventState.PROPOSED)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    cancelled_reason = models.CharField(_("why it was cancelled"), max_length=240, blank=True)
    # Grows with each change that an invited person must know (RFC 5545 SEQUENCE).
    sequence = models.PositiveIntegerField(_("sequence"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("date", F("start_time").asc(nulls_first=True), "id")
        indexes = (models.Index(fields=("date", "start_time"), name="agenda_event_day"),)
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="agenda_event_title"),
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=F("date")),
                name="agenda_event_end_day",
            ),
            models.CheckConstraint(
                condition=Q(end_time=None)
                | Q(start_time__isnull=False, end_time__gt=F("start_time"))
                | Q(start_time__isnull=False, end_date__gt=F("date")),
                name="agenda_event_end_time",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="agenda_event_confirmed_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="agenda_event_confirmed_has_who",
            ),
        )
        triggers = (pgtrigger.FSM(name="moves", field="state", transitions=[(str(a), str(b)) for a, b in TRANSITIONS]),)

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Say in words, beside the field, what the constraints below would refuse."""
        # Further away is a slip of the keyboard.
        for name in ("date", "end_date"):
            day = getattr(self, name)
            if day is not None and not 2000 <= day.year <= 2100:  # noqa: PLR2004
                raise ValidationError({name: _("Write a day between the years 2000 and 2100.")})
        # A form that could not read the day leaves it empty.
        first: dt.date | None = self.date
        if self.end_date is not None and first is not None and self.end_date < first:
            raise ValidationError({"end_date": _("The last day is before the first.")})
        if self.end_time and self.start_time is None:
            raise ValidationError({"end_time": _("Write the hour at which it starts as well, or leave both empty.")})
        same_day = not self.end_date or self.end_date == self.date
        if self.end_time and self.start_time and same_day and self.end_time <= self.start_time:
            raise ValidationError(
                {"end_time": _("It ends before it starts. If it ends another day, write the last day.")}
            )

    @property
    def place(self) -> str:
        """Where it is, each name once: «Plaza Principal, El Mirador»; "" when nobody said."""
        locality = self.locality.name if self.locality and self.locality.name not in self.venue else ""
        return ", ".join(part for part in (self.venue, locality) if part)

    @property
    def is_all_day(self) -> bool:
        """Say whether it has no hour."""
        return self.start_time is None

    @property
    def last_day(self) -> dt.date:
        """The day on which it ends."""
        return self.end_date or self.date

    def starts_at(self, zone: ZoneInfo) -> dt.datetime:
        """Return the instant of its start in the office's zone; an all-day event starts at 0:00."""
        return dt.datetime.combine(self.date, self.start_time or dt.time(0), tzinfo=zone)

    def over_at(self, zone: ZoneInfo) -> dt.datetime:
        """Return the midnight that closes its last day in the office's zone."""
        return dt.datetime.combine(self.last_day + dt.timedelta(days=1), dt.time(0), tzinfo=zone)

    @property
    def state_kind(self) -> str:
        """How its state looks."""
        return EventState(self.state).kind

    @property
    def can_have_media(self) -> bool:
        """Say whether media may be invited to this kind of event."""
        return Modality(self.modality) not in WITHOUT_MEDIA


class StepWaiver(models.Model):
    """A step that will not be done, with the reason in writing."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="waivers")
    step = models.CharField(_("step"), max_length=12, choices=StepKey)
    reason = models.CharField(_("reason"), max_length=240)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = (
            models.UniqueConstraint(fields=("event", "step"), name="agenda_waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="agenda_waiver_reason"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.step}"


class Invitation(models.Model):
    """The media of a list were invited to an event. One per event; later lists add guests."""

    folio = models.CharField(_("folio"), max_length=20, unique=True)
    event = models.OneToOneField(Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="invitation")
    note = models.TextField(_("words for the media"), max_length=2000, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.folio


class Guest(models.Model):
    """One invited contact, the personal link, and the answer."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="guests")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    media_list = models.ForeignKey(MediaList, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # 256 random bits; whoever has it may answer, nothing else.
    token = models.CharField(max_length=64, unique=True, editable=False)
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=4, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.CharField(_("how"), max_length=10, choices=AnsweredBy, blank=True)
    # Who of ours wrote it down, when it came by telephone.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("invitation", "contact"), name="agenda_guest_once"),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at=None, answered_by="")
                | (~Q(answer="none") & Q(answered_at__isnull=False) & ~Q(answered_by="")),
                name="agenda_guest_answer_has_when",
            ),
        )

    def __str__(self) -> str:
        return str(self.contact)
