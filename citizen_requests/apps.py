from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CitizenRequestsConfig(AppConfig):
    """From a citizen's report to its answer."""

    name = "citizen_requests"
    label = "citizen_requests"
    verbose_name = _("Citizen requests")
