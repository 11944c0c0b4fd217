"""The room of the record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class AuditConfig(AppConfig):
    """Who did what to which thing."""

    name = "commsoffice.audit"
    label = "audit"
    verbose_name = _("Audit")

    staff_sections = (Section(_("Audit"), "audit:list", Permission.AUDIT_VIEW, order=120),)

    def ready(self) -> None:
        """Listen to the rooms below."""
        from commsoffice.audit import receivers  # noqa: F401  connects by being imported
