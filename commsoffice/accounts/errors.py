"""Refusals that every verb may answer with. Each carries a sentence fit for the person."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class ActionRefused(Exception):
    """A verb said no and changed nothing."""

    default: StrOrPromise = _("This cannot be done.")

    def __init__(self, sentence: StrOrPromise | None = None) -> None:
        """Keep the sentence; ``str(error)`` is shown to the person as it is."""
        self.sentence = sentence if sentence is not None else self.default
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(ActionRefused):
    """The person may not do this."""

    default = _("Your role does not allow this.")


class WrongState(ActionRefused):
    """The thing is not in a state from which this move is allowed."""

    default = _("This is no longer possible: it changed in the meantime. Reload the page.")


class NotValid(ActionRefused):
    """What was given cannot be kept; the sentence says why."""

    default = _("Something in the form cannot be saved.")
