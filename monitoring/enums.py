"""How a piece speaks of us."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tone(models.TextChoices):
    """As the trade calls it; set by a person."""

    POSITIVE = "positive", _("Positive")
    INFORMATIVE = "informative", _("Informative")
    NEGATIVE = "negative", _("Negative")

    @property
    def kind(self) -> str:
        """How it looks (``commsoffice.ui.states.StateKind``)."""
        return {"positive": "done", "informative": "due", "negative": "late"}[self.value]
