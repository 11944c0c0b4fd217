"""Fields for files, and the filters of the contact sheet."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.models import User
from commsoffice.files.enums import MediaKind
from commsoffice.files.models import MediaAsset
from commsoffice.ui.dates import POSSIBLE_DAYS


class MultipleFileInput(forms.ClearableFileInput):
    """Lets choose several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[UploadedFile[bytes]]:
        """Return all files of that name, also those that were refused on their way."""
        getlist = getattr(files, "getlist", None)
        if getlist is not None:
            return list(getlist(name))
        one = files.get(name)
        return list(one) if isinstance(one, list | tuple) else [one] if one else []


class MultipleFileField(forms.FileField):
    """Several files; `cleaned_data` has the list as it came.

    Whether each one is taken is for ``actions.receive`` to say, so that one bad file does not
    throw away the good ones.
    """

    widget = MultipleFileInput
    default_error_messages = {"too_many": _("Choose at most %(most)s files at a time.")}

    def __init__(self, *, most: int | None = None, **kwargs: Any) -> None:
        """`most`: how many files may come at once."""
        super().__init__(**kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the files; none is an error only where the field is required."""
        files: list[UploadedFile[bytes]] = [file for file in data or [] if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if self.most is not None and len(files) > self.most:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many", params={"most": self.most})
        return files


class SheetFilter(forms.Form):
    """What the contact sheet shows. Keeps itself in the address."""

    tipo = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *MediaKind.choices])
    quien = forms.ModelChoiceField(
        label=_("Uploaded by"), required=False, queryset=User.objects.none(), empty_label=_("Everyone")
    )
    dia = forms.DateField(
        label=_("Day"),
        required=False,
        validators=POSSIBLE_DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the people who have uploaded something."""
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        who = self.fields["quien"]
        if isinstance(who, forms.ModelChoiceField):
            uploaders = MediaAsset.objects.order_by().values("uploaded_by")
            who.queryset = User.objects.filter(is_system=False, pk__in=uploaders)
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select form-select-sm" if is_choice else "form-control form-control-sm"
