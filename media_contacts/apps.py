from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class MediaContactsConfig(AppConfig):
    """Outlets, journalists and lists."""

    name = "media_contacts"
    label = "media_contacts"
    verbose_name = _("Media")

    staff_sections = (Section(_("Media"), "media:list", Permission.MEDIA_VIEW, order=90),)
    audit_words = {
        "media_contacts.add_outlet": _("added it to the directory"),
        "media_contacts.edit_outlet": _("changed its data"),
        "media_contacts.add_contact": _("added a contact"),
        "media_contacts.edit_contact": _("changed a contact"),
        "media_contacts.mark_bounced": _("wrote down that mail comes back"),
        "media_contacts.unsubscribe": _("took a contact off"),
        "media_contacts.add_list": _("made the list"),
        "media_contacts.edit_list": _("changed the list"),
    }
