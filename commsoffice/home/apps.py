"""The room that sees every other."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class HomeConfig(AppConfig):
    """The route of the day."""

    name = "commsoffice.home"
    label = "home"
    verbose_name = _("Today")

    staff_sections = (Section(_("Today"), "home:today", Permission.DESK_VIEW, order=10),)
