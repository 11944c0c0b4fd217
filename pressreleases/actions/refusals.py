"""How the verbs of a release say no."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.errors import ActionRefused, NotAllowed, WrongState
from pressreleases.models import Correction, Release
from pressreleases.queries import Check


class OldVersion(WrongState):
    """Somebody saved in between. Carries the text as it is now, so that both can be compared."""

    default = _("Somebody else saved this text in the meantime. Nothing of yours is lost: compare and save again.")

    def __init__(self, current: Release) -> None:
        """Keep the text as it is now."""
        self.current = current
        super().__init__()


class OldCorrection(WrongState):
    """The same of a correction."""

    default = OldVersion.default

    def __init__(self, current: Correction) -> None:
        """Keep it as it is now."""
        self.current = current
        super().__init__()


class OwnText(NotAllowed):
    """Two persons: nobody approves what he wrote or last changed."""

    default = _("You wrote or last changed this text, so somebody else has to approve it.")


class NotReady(ActionRefused):
    """Something of the checklist is missing."""

    def __init__(self, missing: Sequence[Check]) -> None:
        """Say what."""
        self.missing = missing
        what = "; ".join(f"{check.label}: {check.detail}" for check in missing)
        super().__init__(_("Before it goes out: %(what)s") % {"what": what})


class ReasonMissing(ActionRefused):
    """The reason has to be written."""

    default = _("Write the reason.")


class SealBroken(ActionRefused):
    """The text is not the one that was approved."""

    default = _("The text is no longer the one that was approved.")
