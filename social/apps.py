from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialConfig(AppConfig):
    """Our accounts on the networks."""

    name = "social"
    label = "social"
    verbose_name = _("Networks")
