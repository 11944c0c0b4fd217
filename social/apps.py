from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class SocialConfig(AppConfig):
    """Our accounts on the networks."""

    name = "social"
    label = "social"
    verbose_name = _("Networks")

    staff_sections = (Section(_("Networks"), "social:list", Permission.SOCIAL_VIEW, order=85),)
    needs = ("social.needs.to_connect",)
    delivery_subjects = {"social.profile": "social:profile"}
    audit_words = {
        "social.save": _("changed its data"),
        "social.connect": _("connected it"),
        "social.check": _("noted what the daily check saw"),
        "social.rotate_key": _("encrypted its credentials with the newest key"),
        "social.disconnect": _("disconnected it"),
        "social.expire": _("noted that the network no longer takes its credentials"),
    }
