"""The room of the record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Who did what to which thing."""

    name = "commsoffice.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Listen to the rooms below."""
        from commsoffice.audit import receivers  # noqa: F401  connects by being imported
