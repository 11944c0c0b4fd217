from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoverageConfig(AppConfig):
    """What was covered and what came back."""

    name = "coverage"
    label = "coverage"
    verbose_name = _("Coverage")
