from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class MonitoringConfig(AppConfig):
    """What the media published."""

    name = "monitoring"
    label = "monitoring"
    verbose_name = _("Monitoring")

    staff_sections = (Section(_("Press digest"), "monitoring:list", Permission.MONITORING_VIEW, order=100),)
    route_steps = ("monitoring.route.publication_step",)
    event_panels = ("monitoring.panels.event_panel",)
    audit_words = {"monitoring.record_clipping": _("recorded a piece of an outlet")}
