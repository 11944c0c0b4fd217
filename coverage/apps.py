from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class CoverageConfig(AppConfig):
    """What was covered and what came back."""

    name = "coverage"
    label = "coverage"
    verbose_name = _("Coverage")

    staff_sections = (Section(_("Coverage"), "coverage:list", Permission.COVERAGE_VIEW, order=30),)
    route_steps = ("coverage.route.coverage_step",)
    event_panels = ("coverage.panels.event_panel",)
    needs = ("coverage.needs.to_cover", "coverage.needs.to_order")
    audit_words = {
        "coverage.order": _("ordered its coverage"),
        "coverage.change_order": _("changed the order of coverage"),
        "coverage.add_file": _("added it to the event"),
        "coverage.describe": _("described it"),
    }
