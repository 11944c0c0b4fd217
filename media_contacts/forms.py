"""What people write about the media, as clean data."""

import uuid

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from media_contacts.enums import Reach
from media_contacts.models import Contact, MediaList, Outlet


class FilterForm(forms.Form):
    """What the directory shows. What cannot be read is left out instead of refused."""

    tipo = forms.CharField(max_length=60, required=False)
    cobertura = forms.ChoiceField(choices=Reach, required=False)
    lista = forms.CharField(max_length=9, required=False)
    q = forms.CharField(max_length=100, required=False)

    def chosen(self, name: str) -> str:
        """Return a valid choice, or nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class OutletForm(forms.ModelForm[Outlet]):
    """An outlet."""

    class Meta:
        model = Outlet
        fields = (
            "name",
            "kind",
            "reach",
            "periodicity",
            "closing",
            "beat",
            "audience",
            "registry",
            "is_active",
        )
        help_texts = {
            "kind": _("For example: daily newspaper, site, community radio."),
            "closing": _("Until when it takes what we send."),
        }


class NewOutletForm(OutletForm):
    """The same, with the key that makes a form posted twice one outlet."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ContactForm(forms.ModelForm[Contact]):
    """A contact: an address, a telephone, or both."""

    class Meta:
        model = Contact
        fields = ("name", "post", "email", "phone", "prefers", "only_preferred", "valid_until", "is_active")
        widgets = {"valid_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "prefers": _(
                "With an e-mail address they are written to there, because it carries the photographs and the "
                "personal link; this way is for those without one, or whose mail comes back."
            ),
            "only_preferred": _("No e-mail is sent then: a person calls, writes or delivers each time."),
            "valid_until": _("After this day nothing is sent until somebody asks again. Empty: it does not expire."),
        }

    def clean(self) -> dict[str, object] | None:
        """Ask for a way to reach them."""
        cleaned = super().clean()
        if not self.errors and not (self.cleaned_data.get("email") or self.cleaned_data.get("phone")):
            self.add_error("email", _("Write an e-mail address or a telephone."))
        return cleaned


class ListForm(forms.ModelForm[MediaList]):
    """A list and who is on it."""

    class Meta:
        model = MediaList
        fields = ("name", "description", "is_default", "contacts")
        widgets = {"contacts": forms.CheckboxSelectMultiple}
        help_texts = {"is_default": _("A new invitation or release begins with it.")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, handed on
        contacts = self.fields["contacts"]
        if isinstance(contacts, forms.ModelMultipleChoiceField):
            contacts.queryset = _on_offer()
            contacts.required = False


def _on_offer() -> QuerySet[Contact]:
    return Contact.objects.filter(is_active=True, outlet__is_active=True).select_related("outlet")
