"""What people write about coverage, as clean data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.models import User
from commsoffice.files.forms import MultipleFileField
from coverage.models import CoverageFile
from coverage.queries import possible_crew

ACCEPT = "image/jpeg,image/png,image/webp,video/mp4,video/quicktime,.jpg,.jpeg,.png,.webp,.mp4,.mov"


class UploadForm(forms.Form):
    """Photos and videos of one event."""

    author = forms.CharField(
        label=_("Author"),
        max_length=120,
        required=False,
        help_text=_("Name for the credit, when it is not yours."),
    )
    photos = MultipleFileField(
        label=_("Photos and videos"), error_messages={"required": _("Choose at least one photo or video.")}
    )


class OrderForm(forms.Form):
    """Who goes, when they meet, and what must not be missing."""

    crew = forms.ModelMultipleChoiceField(
        label=_("Crew"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who covers the event.")},
    )
    call_time = forms.TimeField(
        label=_("Call"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    notes = forms.CharField(
        label=_("Required shots and restrictions"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One to a line: what must be there, and whom not to show."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the people who may be sent."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on
        crew = self.fields["crew"]
        if isinstance(crew, forms.ModelMultipleChoiceField):
            crew.queryset = possible_crew()


class DescribeForm(forms.ModelForm[CoverageFile]):
    """The words of one photo."""

    class Meta:
        model = CoverageFile
        fields = ("alt_text", "caption", "author")
        widgets = {
            "alt_text": forms.Textarea(attrs={"rows": 2}),
            "caption": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "alt_text": _("What is seen, for those who cannot see it."),
            "caption": _("Who, what, where: it is printed below the photo."),
        }
