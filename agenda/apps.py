from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class AgendaConfig(AppConfig):
    """Events, invitations and answers."""

    name = "agenda"
    label = "agenda"
    verbose_name = _("Agenda")

    staff_sections = (
        Section(_("Agenda"), "agenda:list", Permission.AGENDA_VIEW, order=20, count="agenda.queries.waiting_count"),
    )
    public_sections = (Section(_("Agenda"), "public_agenda:list", order=30),)
    route_steps = ("agenda.route.agenda_step", "agenda.route.invitation_step")
    route_waivers = ("agenda.route.waived_steps",)
    needs = ("agenda.needs.to_invite", "agenda.needs.to_confirm")
    delivery_subjects = {"agenda.event": "agenda:event"}
    audit_words = {
        "agenda.create_event": _("put it on the agenda"),
        "agenda.edit_event": _("changed its data"),
        "agenda.confirm_event": _("confirmed it"),
        "agenda.cancel_event": _("cancelled it"),
        "agenda.reopen_event": _("opened it again"),
        "agenda.waive_step": _("wrote down that a step will not be done"),
        "agenda.invite": _("invited the media"),
        "agenda.tell_changes": _("told the guests of the changes"),
        "agenda.answer": _("recorded an answer"),
    }
