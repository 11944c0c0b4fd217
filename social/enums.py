"""Networks and the state of our accounts there."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Network(models.TextChoices):
    """Where an account lives. Only those with a channel are posted to by the worker."""

    FACEBOOK = "facebook", "Facebook"
    YOUTUBE = "youtube", "YouTube"
    X = "x", "X"
    INSTAGRAM = "instagram", "Instagram"
    WHATSAPP = "whatsapp", "WhatsApp"


class ProfileState(models.TextChoices):
    """Whether we may post there."""

    CONNECTED = "connected", _("Connected")
    EXPIRED = "expired", _("Must be connected again")
    MANUAL = "manual", _("Posted by hand")

    @property
    def kind(self) -> str:
        """How the state looks: a kind of the interface, by name."""
        return {"connected": "done", "expired": "late", "manual": "todo"}[self.value]
