"""What people write, made clean. A wrong field keeps what was typed and says how to mend it."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from citizen_requests.actions import Intake
from citizen_requests.enums import RequestChannel
from citizen_requests.models import Category
from citizen_requests.queries import offered_categories
from commsoffice.files.forms import MultipleFileField
from commsoffice.office.models import Area, Locality

MAX_PHOTOS = 5
OTHER = "other"


class OneLineField(forms.CharField):
    """Text of one line: a newline in a name or an address has no business there."""

    def to_python(self, value: Any) -> str:
        """Join what was broken."""
        return " ".join(str(super().to_python(value)).split())


def _photos_field() -> MultipleFileField:
    # What they hold is judged when they are received, not here.
    return MultipleFileField(most=MAX_PHOTOS, required=False, label=_("Photographs"))


class RequestForm(forms.Form):
    """The public form: what, where, a photograph, and, only if they want, who."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    # The buttons; «another thing» is in the list.
    kind = forms.CharField(required=False, max_length=20)
    category = forms.ModelChoiceField(
        queryset=Category.objects.none(),
        required=False,
        label=_("What is it about?"),
        empty_label=_("Choose from the list"),
    )
    description = forms.CharField(
        label=_("Tell us what happens"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Since when, how big, whether someone may get hurt."),
        error_messages={"required": _("Tell us in a few words what happens.")},
    )
    locality = forms.ModelChoiceField(
        queryset=Locality.objects.all(),
        required=False,
        label=_("Neighbourhood or locality"),
        empty_label=_("Choose one"),
    )
    address = OneLineField(
        label=_("Street, number or landmark"),
        required=False,
        max_length=240,
        help_text=_("For example: Privada Jacaranda 8, between Fresno and Encino."),
    )
    latitude = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    photos = _photos_field()
    name = OneLineField(
        label=_("Your name (optional)"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail (optional)"),
        required=False,
        max_length=254,
        help_text=_("There we send the folio and tell you of each step."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is not an e-mail address. It looks like name@place.mx.")},
    )
    phone = OneLineField(
        label=_("Your telephone (optional)"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    # Nobody sees it; whatever fills every field fills this one too.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = self.fields["category"]
        assert isinstance(categories, forms.ModelChoiceField)  # noqa: S101  tells the type
        categories.queryset = offered_categories()
        self.offered = list(offered_categories())
        self.buttons = [category for category in self.offered if category.icon]
        if not self.is_bound:
            self.initial.setdefault("submission_key", uuid4())

    def clean_phone(self) -> str:
        """Ten digits, however they are grouped."""
        phone: str = self.cleaned_data["phone"]
        if phone and (len(re.sub(r"\D", "", phone)) < 10 or re.search(r"[^\d\s()+.-]", phone)):  # noqa: PLR2004  the length of a number in Mexico
            raise forms.ValidationError(_("Write the ten digits of the telephone."))
        return phone

    def clean_website(self) -> str:
        """Nothing may stand here."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty."))
        return ""

    def clean(self) -> dict[str, Any]:
        """Which category, and whether the place is enough for a crew to find it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        category = self._chosen(data)
        if category is None:
            if "category" not in self.errors:
                self.add_error("category", _("Choose what it is about."))
            return data
        data["category"] = category
        data["latitude"], data["longitude"] = _point(data)
        if category.needs_place:
            self._check_place(data)
        return data

    def _chosen(self, data: Mapping[str, Any]) -> Category | None:
        kind = data.get("kind", "")
        if kind and kind != OTHER:
            return next((category for category in self.buttons if category.key == kind), None)
        chosen: Category | None = data.get("category")
        return chosen

    def _check_place(self, data: Mapping[str, Any]) -> None:
        if data.get("locality") is None and "locality" not in self.errors:
            self.add_error("locality", _("Choose the neighbourhood, so that a crew can go."))
        if not data.get("address") and data["latitude"] is None and "address" not in self.errors:
            self.add_error(
                "address", _("The street is missing. Write also the number, or between which streets it is.")
            )

    def intake(self, channel: RequestChannel = RequestChannel.FORM) -> Intake:
        """What was written, as the verb wants it."""
        data = self.cleaned_data
        key: UUID = data["submission_key"]
        return Intake(
            submission_key=key,
            category=data["category"],
            description=data["description"],
            locality=data["locality"],
            address=data["address"],
            latitude=data["latitude"],
            longitude=data["longitude"],
            name=data["name"],
            email=data["email"],
            phone=data["phone"],
            photos=data["photos"],
            channel=channel,
        )


class DeskRequestForm(RequestForm):
    """The same, filled by the desk for a person on the telephone or at the counter."""

    channel = forms.ChoiceField(
        label=_("How it reached us"),
        choices=[choice for choice in RequestChannel.choices if choice[0] != RequestChannel.FORM],
    )
    field_order = ("channel",)


def _point(data: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """A point from the browser; without a whole and possible one there is none, and nobody is scolded."""
    try:
        latitude, longitude = Decimal(data.get("latitude") or "x"), Decimal(data.get("longitude") or "x")
    except InvalidOperation:
        return None, None
    if not (latitude.is_finite() and longitude.is_finite() and abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004  the globe
        return None, None
    step = Decimal("0.00001")
    return latitude.quantize(step), longitude.quantize(step)


class LookupForm(forms.Form):
    """A lost link is written again to the address of the folio."""

    folio = OneLineField(label=_("Folio"), max_length=20, help_text=_("For example: AC-2026-000123."))
    email = forms.EmailField(
        label=_("The e-mail you gave"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class MessageForm(forms.Form):
    """Something more about this folio."""

    text = forms.CharField(label=_("Write to us"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class RouteForm(forms.Form):
    """To whom it goes."""

    area = forms.ModelChoiceField(queryset=Area.objects.all(), label=_("Area that answers"))
    note = forms.CharField(
        label=_("Note for the area (optional)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(forms.Form):
    """What was done."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads it as it stands. Name the area, never a person."),
    )
    photos = _photos_field()


class WordsForm(forms.Form):
    """A reason, an orientation or a note."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class InboxFilter(forms.Form):
    """What the inbox is narrowed by; it stays in the address."""

    area = forms.ModelChoiceField(queryset=Area.objects.all(), required=False, label=_("Area"), empty_label=_("Any"))
    category = forms.ModelChoiceField(
        queryset=Category.objects.all(), required=False, label=_("Category"), empty_label=_("Any")
    )
    locality = forms.ModelChoiceField(
        queryset=Locality.objects.all(), required=False, label=_("Locality"), empty_label=_("Any")
    )
    channel = forms.ChoiceField(
        choices=[("", _("Any")), *RequestChannel.choices], required=False, label=_("Intake channel")
    )
    q = forms.CharField(required=False, max_length=100, label=_("Folio or word"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_list = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select form-select-sm" if is_list else "form-control form-control-sm"
