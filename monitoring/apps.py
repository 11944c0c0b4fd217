from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    """What the media published."""

    name = "monitoring"
    label = "monitoring"
    verbose_name = _("Monitoring")
