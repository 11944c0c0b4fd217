"""How the media are sorted and how each wants to be reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.TextChoices):
    """How a contact wants to be reached."""

    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", _("WhatsApp")
    TELEPHONE = "telephone", _("Telephone")
    PRINT = "print", _("Printed")


class Reach(models.TextChoices):
    """How far an outlet is read."""

    LOCAL = "local", _("Local")
    REGIONAL = "regional", _("Regional")
    STATE = "state", _("State")
    NATIONAL = "national", _("National")


class LeftOut(models.TextChoices):
    """Why a contact of a list is not written to."""

    NO_ADDRESS = "no_address", _("no address")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    COMPLAINED = "complained", _("marked our mail as unwanted")
    BOUNCED = "bounced", _("bounced before")
    DUPLICATE = "duplicate", _("same address as another contact")
    EXPIRED = "expired", _("not verified any more")
    INACTIVE = "inactive", _("no longer at the outlet")
