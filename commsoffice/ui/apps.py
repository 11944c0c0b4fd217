"""The room of components: what every page is made of."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Components, navigation and base views."""

    name = "commsoffice.ui"
    label = "ui"
    verbose_name = _("Interface")

    def ready(self) -> None:
        """Register the system check of the navigation."""
        from commsoffice.ui import checks  # noqa: F401 - registers by being imported
