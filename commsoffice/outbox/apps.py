"""The room of the outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class OutboxConfig(AppConfig):
    """Everything that leaves the office."""

    name = "commsoffice.outbox"
    label = "outbox"
    verbose_name = _("Outbox")

    staff_sections = (
        Section(
            _("Deliveries"),
            "outbox:list",
            Permission.OUTBOX_VIEW,
            order=50,
            count="commsoffice.outbox.queries.waiting_count",
        ),
        Section(_("Crisis pause"), "outbox:pause", Permission.OUTBOX_PAUSE, order=55),
    )
    staff_banners = ("commsoffice.outbox.banners.paused",)
    needs = (
        "commsoffice.outbox.needs.unknown",
        "commsoffice.outbox.needs.refused",
        "commsoffice.outbox.needs.by_hand",
        "commsoffice.outbox.needs.stale",
    )
    audit_words = {
        "outbox.enqueue": _("put it in the outbox"),
        "outbox.cancel": _("cancelled what had not left"),
        "outbox.cancel_one": _("cancelled it"),
        "outbox.record_by_hand": _("recorded what was done by hand"),
        "outbox.undo_by_hand": _("took back what was recorded by hand"),
        "outbox.resolve_unknown": _("decided where nobody knew"),
        "outbox.ask_again": _("had the other side asked again"),
        "outbox.retry_rejected": _("tried again what was refused"),
        "outbox.mark_seen": _("put the refusal aside"),
        "outbox.confirm_receipt": _("confirmed the receipt"),
        "outbox.mark_bounced": _("read that it came back"),
        "outbox.resend_failed": _("sent again what had failed"),
        "outbox.export": _("exported a list"),
        "outbox.forget": _("erased the recipient"),
        "outbox.pause_all": _("paused everything"),
        "outbox.allow_areas": _("changed who is let through the pause"),
        "outbox.resume_all": _("ended the pause"),
        "outbox.give_word": _("said whether it still leaves"),
    }
