"""The directory of media."""

from datetime import date

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from media_contacts.enums import Preference, Reach


class Outlet(models.Model):
    """A newspaper, station, channel, site, agency or alternative medium."""

    key = models.CharField(_("key"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=60)
    reach = models.CharField(_("reach"), max_length=10, choices=Reach, default=Reach.LOCAL)
    periodicity = models.CharField(_("periodicity"), max_length=60, blank=True)
    closing = models.CharField(_("closing time"), max_length=60, blank=True)
    beat = models.CharField(_("beat that covers us"), max_length=80, blank=True)
    audience = models.PositiveIntegerField(_("audience"), default=0)
    registry = models.CharField(_("state registry"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlets")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Contact(models.Model):
    """A person, or a desk, at an outlet."""

    outlet = models.ForeignKey(Outlet, verbose_name=_("outlet"), on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=120, blank=True)
    post = models.CharField(_("post"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    prefers = models.CharField(_("prefers"), max_length=10, choices=Preference, default=Preference.EMAIL)
    # Else whoever has an address is written to as well: a mail carries the photographs and the personal link.
    only_preferred = models.BooleanField(_("only by that way, even with an e-mail address"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True)
    # He pressed «spam» instead of the link; he is unsubscribed by it.
    complained_at = models.DateTimeField(_("marked our mail as unwanted"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced"), null=True, blank=True)
    # People change posts: after this day somebody has to ask again before anything is sent. Empty: it does not expire.
    valid_until = models.DateField(_("verified until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("outlet__name", "name")
        constraints = (
            models.UniqueConstraint(
                "outlet",
                Lower("email"),
                condition=~Q(email=""),
                name="media_contact_email_once_per_outlet",
            ),
            models.CheckConstraint(condition=~Q(email="") | ~Q(phone=""), name="media_contact_reachable"),
            models.CheckConstraint(
                condition=Q(only_preferred=False) | ~Q(prefers__in=["telephone", "whatsapp"]) | ~Q(phone=""),
                name="media_contact_only_way_exists",
                violation_error_message=_("Write the telephone: it would be the only way to reach them."),
            ),
            models.CheckConstraint(
                condition=Q(complained_at=None) | Q(unsubscribed_at__isnull=False),
                name="media_contact_complaint_unsubscribes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name or self.post} ({self.outlet})" if self.name or self.post else str(self.outlet)

    @property
    def is_reachable_by_email(self) -> bool:
        """Say whether the address is worth writing to, and wanted."""
        is_wanted = self.is_active and self.unsubscribed_at is None and not self.wants_no_mail
        return bool(self.email) and is_wanted and self.bounced_at is None

    @property
    def is_reachable_by_hand(self) -> bool:
        """Say whether a person can call or write; paper goes to the outlet."""
        return bool(self.phone.strip()) or self.prefers == Preference.PRINT

    @property
    def wants_no_mail(self) -> bool:
        """Say whether a person brings everything, though there is an address."""
        return bool(self.email) and self.only_preferred and self.prefers != Preference.EMAIL

    @property
    def prefers_another_way(self) -> bool:
        """Say whether the mail that is written to them is not what they would have chosen."""
        return self.is_reachable_by_email and self.prefers != Preference.EMAIL

    @property
    def mail_came_back(self) -> bool:
        """Say whether there is an address that a person stands in for, because mail to it came back."""
        return bool(self.email) and self.bounced_at is not None and not self.wants_no_mail

    def is_expired(self, day: date) -> bool:
        """Say whether nobody has verified the contact for this day."""
        return self.valid_until is not None and self.valid_until < day


class MediaList(models.Model):
    """Contacts who are written to together."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.CharField(_("what it is for"), max_length=240, blank=True)
    # The list that a new invitation or release starts with.
    is_default = models.BooleanField(_("used by default"), default=False)
    contacts = models.ManyToManyField(Contact, verbose_name=_("contacts"), related_name="lists", blank=True)

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("is_default",), condition=Q(is_default=True), name="media_one_default_list"
            ),
        )

    def __str__(self) -> str:
        return self.name
