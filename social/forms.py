"""What connects an account, and what is written down about it. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.models import User
from social.actions import secrets_of
from social.enums import Network
from social.models import Profile

_LABELS = {
    "access_token": _("Page access token"),
    "refresh_token": _("Refresh token"),
    "client_id": _("Client id"),
    "client_secret": _("Client secret"),
}


class ConnectForm(forms.Form):
    """By hand: the number on the network, and one field for each secret that this network needs."""

    external_id = forms.CharField(max_length=100, label=_("Number on the network"))

    def __init__(self, profile: Profile, *args: Any, **kwargs: Any) -> None:
        """Which secrets depends on the network, and on what the settings hold already."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("external_id", profile.external_id)
        self._secrets = secrets_of(Network(profile.network))
        for name, must_be in self._secrets.items():
            # Never rendered back, not even after an error.
            widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
            self.fields[name] = forms.CharField(max_length=2000, label=_LABELS[name], widget=widget, required=must_be)
        if profile.external_id:
            self.fields["replaces"] = forms.BooleanField(
                required=False, label=_("If the number changes: it is another page or channel on purpose")
            )

    @property
    def credentials(self) -> dict[str, str]:
        """The secrets, as the verb wants them."""
        return {name: self.cleaned_data[name] for name in self._secrets}


class ProfileForm(forms.ModelForm[Profile]):
    """What the office itself says of an account."""

    class Meta:
        model = Profile
        fields = ("name", "kind", "owner", "backup", "daily_cap", "schedules_natively", "is_default")
        help_texts = {
            "owner": _("Is told when the account must be connected again."),
            "schedules_natively": _("What has an hour is handed over at once; a pause takes it back."),
            "is_default": _("A new release starts with it ticked."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """People who work here."""
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, is_system=False)
        for name in ("owner", "backup"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  the model's foreign keys
            field.queryset = people
        if not self.instance.can_connect:
            del self.fields["schedules_natively"]


class ChoiceForm(forms.Form):
    """One of the pages or channels that the network named."""

    external_id = forms.CharField(max_length=100)
    replaces = forms.BooleanField(required=False)
