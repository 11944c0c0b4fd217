from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class PressReleasesConfig(AppConfig):
    """From draft to publication."""

    name = "pressreleases"
    label = "pressreleases"
    verbose_name = _("Releases")

    staff_sections = (
        Section(
            _("Releases"),
            "releases:list",
            Permission.RELEASES_VIEW,
            order=40,
            count="pressreleases.queries.waiting_count",
        ),
    )
    public_sections = (
        Section(_("Front page"), "newsroom:front", order=10),
        Section(_("Releases"), "newsroom:list", order=20),
    )
    route_steps = ("pressreleases.route.release_step", "pressreleases.route.delivery_step")
    event_panels = ("pressreleases.panels.event_panel",)
    needs = (
        "pressreleases.needs.to_approve",
        "pressreleases.needs.returned_to_me",
        "pressreleases.needs.corrections",
        "pressreleases.needs.not_confirmed",
        "pressreleases.needs.to_take_down",
    )
    delivery_subjects = {"pressreleases.release": "releases:release"}
    audit_words = {
        "pressreleases.draft": _("began the text"),
        "pressreleases.save": _("wrote in it"),
        "pressreleases.submit": _("asked for its approval"),
        "pressreleases.take_back": _("took it back to go on writing"),
        "pressreleases.return": _("returned it to the writer"),
        "pressreleases.approve": _("approved it"),
        "pressreleases.recall": _("made its approval void"),
        "pressreleases.publish": _("published it"),
        "pressreleases.withdraw": _("withdrew it"),
        "pressreleases.post_taken_down": _("deleted it on its network"),
        "pressreleases.correct": _("began its correction"),
        "pressreleases.save_correction": _("wrote in its correction"),
        "pressreleases.submit_correction": _("asked for the approval of its correction"),
        "pressreleases.take_back_correction": _("took its correction back to go on writing"),
        "pressreleases.return_correction": _("returned its correction to the writer"),
        "pressreleases.discard_correction": _("gave its correction up"),
        "pressreleases.issue_correction": _("issued its correction"),
    }
