from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Who did what to which thing."""

    name = "commsoffice.audit"
    label = "audit"
    verbose_name = _("Audit")
