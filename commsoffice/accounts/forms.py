"""Forms of the people's pages in the admin."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User

# The label of allauth's own forms, in the spelling of this interface: «Correo electrónico».
gettext_noop("Email")

_WHO = ("name", "email", "post", "phone", "roles", "area_key")


class PersonForm(forms.ModelForm[User]):
    """An account as it is; the verbs write it."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = User
        fields = (*_WHO, "is_active")
        help_texts = {"area_key": _("Only for a liaison: the key of the area, for example A13.")}


class NewPersonForm(SetPasswordMixin, forms.ModelForm[User]):  # type: ignore[type-arg]  # generic in the stubs only
    """A new account with its first password."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = _WHO
        help_texts = PersonForm.Meta.help_texts

    def clean(self) -> dict[str, Any]:
        """The two passwords agree."""
        self.validate_passwords("password1", "password2")
        return super().clean() or self.cleaned_data

    def _post_clean(self) -> None:
        """Judge the password against the person's data too, as Django's own form does."""
        super()._post_clean()  # type: ignore[misc]  # Django's seam, missing in the stubs
        self.validate_password_for_user(self.instance, "password2")
