"""What every page of the office says above everything else."""

from django.urls import reverse
from django.utils.translation import gettext as _

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.outbox.models import Pause
from commsoffice.ui.banners import Banner


def paused(user: User) -> Banner | None:
    """Nothing leaves; one query."""
    pause = Pause.objects.current()
    if pause is None:
        return None
    link = reverse("outbox:pause") if user.may(Permission.OUTBOX_VIEW) else ""
    return Banner("danger", _("Everything is paused."), pause.reason, link, _("See what waits"))
