from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaContactsConfig(AppConfig):
    """Outlets, journalists and lists."""

    name = "media_contacts"
    label = "media_contacts"
    verbose_name = _("Media")
