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
    # Where the outbox asks before it sends anything again.
    recipient_addresses = "media_contacts.queries.current_addresses"
    # Where a recipient's address is corrected for good, and who may.
    recipient_pages = {"media_contacts.contact": ("media:edit_contact", Permission.MEDIA_EDIT)}
    audit_words = {
        "media_contacts.add_outlet": _("added it to the directory"),
        "media_contacts.edit_outlet": _("changed its data"),
        "media_contacts.add_contact": _("added a contact"),
        "media_contacts.edit_contact": _("changed a contact"),
        "media_contacts.mark_bounced": _("wrote down that mail comes back"),
        "media_contacts.address_works": _("wrote down that the address works again"),
        "media_contacts.unsubscribe": _("took a contact off"),
        "media_contacts.complain": _("took off a contact who marked our mail as unwanted"),
        "media_contacts.add_list": _("made the list"),
        "media_contacts.edit_list": _("changed the list"),
    }

    def ready(self) -> None:
        """Listen to what becomes of a mail."""
        from media_contacts import receivers  # noqa: F401  it connects itself
