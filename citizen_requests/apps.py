from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission
from commsoffice.ui.navigation import Section


class CitizenRequestsConfig(AppConfig):
    """From a citizen's report to its answer."""

    name = "citizen_requests"
    label = "citizen_requests"
    verbose_name = _("Citizen requests")

    staff_sections = (
        Section(
            _("Requests"),
            "desk:list",
            Permission.REQUESTS_VIEW,
            order=70,
            count="citizen_requests.queries.waiting_count",
        ),
    )
    public_sections = (Section(_("Citizen service"), "requests:form", order=60),)
    needs = ("citizen_requests.needs.overdue", "citizen_requests.needs.to_accept", "citizen_requests.needs.to_route")
    # Where the ledger leads from a letter to what it speaks of.
    delivery_subjects = {"citizen_requests.citizenrequest": "desk:request"}
    audit_words = {
        "citizen_requests.file": _("received it"),
        "citizen_requests.route": _("routed it"),
        "citizen_requests.accept": _("accepted it for the area"),
        "citizen_requests.return_to_desk": _("returned it to the desk"),
        "citizen_requests.answer": _("answered it"),
        "citizen_requests.orient": _("oriented the person"),
        "citizen_requests.add_note": _("left a note"),
        "citizen_requests.close_by_person": _("closed it at the person's word"),
        "citizen_requests.reopen_by_person": _("opened it again at the person's word"),
        "citizen_requests.leave_message": _("received a message of the person"),
        "citizen_requests.forget": _("forgot the person"),
        "citizen_requests.save_category": _("changed its data"),
    }
