from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class FilesConfig(AppConfig):
    """Photographs, video and documents."""

    name = "commsoffice.files"
    label = "files"
    verbose_name = _("Files")

    staff_sections = (Section(_("Photos"), "files_staff:list", Permission.FILES_VIEW, order=80),)
    audit_words = {
        "files.receive": _("uploaded it"),
        "files.process": _("made the copies without location"),
        "files.complete": _("made a copy that was missing"),
        "files.fail": _("could not make the copies"),
        "files.retry": _("asked for the copies again"),
        "files.strip_original": _("deleted the original"),
    }

    def ready(self) -> None:
        """Tell the library itself where a decompression bomb begins."""
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = settings.PHOTO_MAX_PIXELS
