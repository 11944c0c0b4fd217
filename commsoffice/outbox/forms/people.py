"""What a person may type about a delivery."""

from datetime import time

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from commsoffice.outbox.enums import Decision, HandOutcome
from commsoffice.ui.dates import clock


class ResolveForm(forms.Form):
    """What a person knows of a delivery that nobody answered for."""

    decision = forms.ChoiceField(choices=Decision.choices)
    url = forms.URLField(
        label=_("Where it can be seen"), required=False, max_length=500, assume_scheme="https", help_text=_("Optional")
    )


class RecordForm(forms.Form):
    """What a call, a message or a visit led to."""

    outcome = forms.ChoiceField(choices=HandOutcome.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class HandOutcomeChoice(TextChoices):
    """What the buttons of the lists by hand say."""

    DELIVERED = "delivered", _("Delivered")
    SENT = "sent", _("Sent")
    NO_ANSWER = "no_answer", _("Nobody answered")
    DECLINED = "declined", _("Does not want it")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    NOT_SENT = "not_sent", _("It was not sent")


class HandForm(forms.Form):
    """One tap of a list by hand, or the receipt of a paper."""

    done = forms.ChoiceField(choices=HandOutcomeChoice.choices)
    received_by = forms.CharField(label=_("Who received it"), required=False, max_length=120)
    at = forms.TimeField(label=_("At what time"), required=False, widget=forms.TimeInput({"type": "time"}))

    @property
    def outcome(self) -> str:
        """The outcome that the ledger knows."""
        return {
            HandOutcomeChoice.DELIVERED: HandOutcome.CONFIRMED,
            HandOutcomeChoice.SENT: HandOutcome.SENT,
            HandOutcomeChoice.NO_ANSWER: HandOutcome.NO_ANSWER,
            HandOutcomeChoice.DECLINED: HandOutcome.REJECTED,
            HandOutcomeChoice.WRONG_NUMBER: HandOutcome.REJECTED,
            HandOutcomeChoice.NOT_SENT: HandOutcome.CANCELLED,
        }[HandOutcomeChoice(self.cleaned_data["done"])]

    @property
    def is_over(self) -> bool:
        """Whether nobody needs to look at the refusal: a wrong number wants a right one."""
        return bool(self.cleaned_data["done"] == HandOutcomeChoice.DECLINED)

    @property
    def note(self) -> str:
        """Who received it and when; or which of two refusals it was."""
        done = HandOutcomeChoice(self.cleaned_data["done"])
        at: time | None = self.cleaned_data["at"]
        parts = [self.cleaned_data["received_by"], clock(at) if at else ""]
        if done in {HandOutcomeChoice.DECLINED, HandOutcomeChoice.WRONG_NUMBER}:
            parts.insert(0, str(done.label))
        return ", ".join(part for part in parts if part)


class CancelForm(forms.Form):
    """Why it must not leave after all."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class RetryForm(forms.Form):
    """Where to try again; the same place when it stays empty."""

    address = forms.EmailField(label=_("Corrected address"), required=False, max_length=254)
