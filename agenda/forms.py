"""What people write about events, as clean data."""

import datetime as dt
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.enums import Answer, AnsweredBy, EventState, Level, StepKey
from agenda.models import Event
from agenda.permissions import has_own_area_only
from commsoffice.accounts.models import User
from commsoffice.office.models import Area
from media_contacts.models import MediaList


class DayInput(forms.DateInput):
    """The browser's own calendar; its value is always ISO."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class HourInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class EventForm(forms.ModelForm[Event]):
    """An event. Without hours it lasts the whole day."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = Event
        fields = (
            "title",
            "area",
            "kind",
            "date",
            "start_time",
            "end_time",
            "end_date",
            "venue",
            "locality",
            "modality",
            "press_time",
            "level",
            "level_reason",
            "presides",
            "spokesperson",
            "facilities",
            "products",
            "description",
            "is_public",
        )
        widgets = {
            "date": DayInput(),
            "end_date": DayInput(),
            "start_time": HourInput(),
            "end_time": HourInput(),
            "press_time": HourInput(),
            "description": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "start_time": _("Leave the hours empty for an event that lasts the whole day."),
            "end_date": _("Only if it lasts more than one day."),
            "press_time": _("When the media are received."),
            "products": _("What will come out of it: bulletin, photographs, video…"),
            "is_public": _("Anyone may read it on the public agenda once it is confirmed."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.all()
        if has_own_area_only(user):
            areas = areas.filter(key=user.area_key)
            self.initial.setdefault("area", areas.first())
        area = self.fields["area"]
        if isinstance(area, forms.ModelChoiceField):
            area.queryset = areas
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(
            "title",
            _side_by_side("area", "kind"),
            _side_by_side("date", "start_time", "end_time", "end_date"),
            _side_by_side("venue", "locality"),
            _side_by_side("modality", "press_time"),
            _side_by_side("level", "level_reason"),
            _side_by_side("presides", "spokesperson"),
            "facilities",
            "products",
            "description",
            "is_public",
        )


def _side_by_side(*names: str) -> Row:
    return Row(*(Column(name, css_class="col-md") for name in names))


class FilterForm(forms.Form):
    """What a list of the agenda shows. What cannot be read is left out instead of refused."""

    vista = forms.ChoiceField(choices=[("mes", _("Month")), ("semana", _("Week")), ("dia", _("Day"))], required=False)
    dia = forms.DateField(required=False)
    area = forms.CharField(max_length=20, required=False)
    nivel = forms.ChoiceField(choices=Level, required=False)
    estado = forms.ChoiceField(choices=EventState, required=False)
    q = forms.CharField(max_length=100, required=False)

    def chosen(self, name: str) -> str:
        """Return a valid choice, or nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    def day(self, today: dt.date) -> dt.date:
        """Return the day asked for, else today. Far away there is no agenda."""
        self.is_valid()
        asked = self.cleaned_data.get("dia")
        return asked if isinstance(asked, dt.date) and 2000 <= asked.year <= 2100 else today  # noqa: PLR2004


class ReasonForm(forms.Form):
    """Why; it is kept."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))


class WaiverForm(ReasonForm):
    """Which step will not be done, and why."""

    step = forms.ChoiceField(label=_("Step"), choices=StepKey)

    field_order = ("step", "reason")


class InviteForm(forms.Form):
    """Whom to invite."""

    lists = forms.ModelMultipleChoiceField(
        label=_("Lists"), queryset=MediaList.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Words for the media"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They stand at the top of the e-mail. The data of the event are added by themselves."),
    )


class AnswerForm(forms.Form):
    """An answer that came by telephone or on paper."""

    answer = forms.ChoiceField(choices=[(Answer.YES, Answer.YES.label), (Answer.NO, Answer.NO.label)])
    how = forms.ChoiceField(
        label=_("How"),
        choices=[(AnsweredBy.TELEPHONE, AnsweredBy.TELEPHONE.label), (AnsweredBy.PRINT, AnsweredBy.PRINT.label)],
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
