"""Which day, which words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commsoffice.ui.dates import POSSIBLE_DAYS


class DayForm(forms.Form):
    """The day asked for in the address, ``?dia=2026-10-09``."""

    dia = forms.DateField(label=_("day"), required=False, input_formats=["%Y-%m-%d"], validators=POSSIBLE_DAYS)


class SearchForm(forms.Form):
    """The words of the global search."""

    q = forms.CharField(label=_("words"), required=False, max_length=100)
