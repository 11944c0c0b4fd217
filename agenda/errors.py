"""Refusals of the agenda's verbs, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.errors import ActionRefused


class ReasonMissing(ActionRefused):
    """This needs its reason in writing."""

    default = _("Write the reason.")


class EventOver(ActionRefused):
    """Its last day has passed."""

    default = _("This event is over.")


class EventCancelled(ActionRefused):
    """It will not be."""

    default = _("This event was cancelled.")


class NotConfirmed(ActionRefused):
    """Media are invited to what will happen for sure."""

    default = _("Confirm the event before inviting to it.")


class NoMediaHere(ActionRefused):
    """Its modality lets no media in."""

    default = _("This event is closed to the media, so nobody is invited to it.")


class NobodyToInvite(ActionRefused):
    """The chosen lists hold nobody who could get the invitation."""

    default = _("Nobody on these lists can be invited. Choose another list, or complete the directory.")


class NobodyToTell(ActionRefused):
    """Every guest knows the day, hour and place of today."""

    default = _("Every guest already knows the current day, hour and place.")
