"""The office: its profile, areas, localities, calendar and folio sequences."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AreaKind(models.TextChoices):
    """What an area is within the administration."""

    HEAD = "head", _("Head of government")
    STAFF = "staff", _("Staff")
    DEPARTMENT = "department", _("Department")
    COUNCIL = "council", _("Council")
    BODY = "body", _("Decentralised body")


class Office(models.Model):
    """The one office that lives in this database."""

    name = models.CharField(_("name of the office"), max_length=160)
    government = models.CharField(_("government"), max_length=160)
    municipality = models.CharField(_("municipality"), max_length=120)
    state = models.CharField(_("state"), max_length=120)
    address = models.CharField(_("address"), max_length=240, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    citizen_number = models.CharField(_("citizens' number"), max_length=10, blank=True)
    press_contact_name = models.CharField(_("press contact"), max_length=120, blank=True)
    press_contact_post = models.CharField(_("post of the press contact"), max_length=120, blank=True)
    press_contact_phone = models.CharField(_("telephone of the press contact"), max_length=30, blank=True)
    press_contact_hours = models.CharField(_("hours of the press contact"), max_length=80, blank=True)
    slogan = models.CharField(_("slogan"), max_length=160, blank=True)
    brand_color = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#0f5560",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour as #rrggbb."))],
    )
    # A picture in each mail tells when it is opened. Off unless the office decides otherwise.
    tracks_opens = models.BooleanField(_("count opened mails"), default=False)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/Mexico_City")
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="office_only_one"),)

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A department or body of the administration, with the post that answers for it."""

    key = models.CharField(_("key"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=16, choices=AreaKind)
    liaison_post = models.CharField(_("liaison"), max_length=120, blank=True)
    liaison_email = models.EmailField(_("liaison's e-mail"), blank=True)
    contributes_agenda = models.BooleanField(_("contributes to the agenda"), default=False)
    # Let through by default while everything else is paused: Protección Civil.
    speaks_in_crisis = models.BooleanField(_("speaks in a crisis"), default=False)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class Locality(models.Model):
    """A place of the municipality."""

    key = models.CharField(_("key"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    inhabitants = models.PositiveIntegerField(_("inhabitants"), default=0)

    class Meta:
        verbose_name = _("locality")
        verbose_name_plural = _("localities")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class NonWorkingDay(models.Model):
    """A day on which deadlines do not run."""

    day = models.DateField(_("day"), unique=True)
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        verbose_name = _("non-working day")
        verbose_name_plural = _("non-working days")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.reason}"


class FolioSequence(models.Model):
    """The last folio given in a series and year. Its row is locked while one is given."""

    series = models.CharField(_("series"), max_length=8)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last given"), default=0)

    class Meta:
        verbose_name = _("folio sequence")
        verbose_name_plural = _("folio sequences")
        constraints = (models.UniqueConstraint(fields=("series", "year"), name="office_folio_series_year"),)

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"
