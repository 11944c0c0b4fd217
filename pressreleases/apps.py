from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressReleasesConfig(AppConfig):
    """From draft to publication."""

    name = "pressreleases"
    label = "pressreleases"
    verbose_name = _("Releases")
