"""What connects an account. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from social.actions import NEEDED
from social.enums import Network
from social.models import Profile

_LABELS = {
    "access_token": _("Page access token"),
    "refresh_token": _("Refresh token"),
    "client_id": _("Client id"),
    "client_secret": _("Client secret"),
}


class ConnectForm(forms.Form):
    """The number on the network, and one field for each secret that this network needs."""

    external_id = forms.CharField(max_length=100, label=_("Number on the network"))

    def __init__(self, profile: Profile, *args: Any, **kwargs: Any) -> None:
        """Which secrets depends on the network."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("external_id", profile.external_id)
        self._names = NEEDED.get(Network(profile.network), ())
        for name in self._names:
            # Never rendered back, not even after an error.
            widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
            self.fields[name] = forms.CharField(max_length=2000, label=_LABELS[name], widget=widget)

    @property
    def credentials(self) -> dict[str, str]:
        """The secrets, as the verb wants them."""
        return {name: self.cleaned_data[name] for name in self._names}
