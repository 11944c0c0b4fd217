"""Refusals of the verbs of coverage, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.errors import ActionRefused
from coverage.models import CoverageFile


class NotCrew(ActionRefused):
    """Someone in the crew could not upload what comes back."""

    default = _("Somebody in the crew may not upload photos. Choose people who cover events.")


class NobodyOrdered(ActionRefused):
    """An order goes to somebody."""

    default = _("Choose who covers the event.")


class AlreadyThere(ActionRefused):
    """The same file, by the same person, for the same event: nothing was doubled."""

    default = _("You had already uploaded this file to this event; it was not doubled.")

    def __init__(self, existing: CoverageFile) -> None:
        """Keep the one that is there."""
        super().__init__()
        self.existing = existing
