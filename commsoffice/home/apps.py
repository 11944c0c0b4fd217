from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """The route of the day."""

    name = "commsoffice.home"
    label = "home"
    verbose_name = _("Today")
