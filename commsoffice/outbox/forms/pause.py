"""Input of the pause."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commsoffice.office.models import Area
from commsoffice.outbox.enums import Word


class AllowForm(forms.Form):
    """Who goes on speaking while everything else is held."""

    areas = forms.ModelMultipleChoiceField(
        Area.objects.order_by("name"),
        label=_("Let through"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Releases of these areas leave all the same."),
    )

    @property
    def keys(self) -> list[str]:
        """The areas as the ledger knows them."""
        return [area.key for area in self.cleaned_data["areas"]]


class PauseForm(AllowForm):
    """The switch, with its reason."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Everybody in the office reads it while the pause lasts.")
    )
    field_order = ("reason", "areas")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Those that speak in a crisis are ticked."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("areas", Area.objects.filter(speaks_in_crisis=True))


class WordForm(forms.Form):
    """Which stale ones, and whether they still leave."""

    subject_type = forms.CharField(max_length=80)
    subject_id = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    channel = forms.CharField(max_length=20)
    word = forms.ChoiceField(choices=Word.choices)
