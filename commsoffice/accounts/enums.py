"""Roles and permissions by name. Which role may do what is in ``roles.py``."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person is in the office. One person may hold several."""

    DIRECTOR = "director", _("Director")
    HEAD_OF_PRESS = "head_of_press", _("Head of press")
    WRITER = "writer", _("Writer")
    PHOTOGRAPHER = "photographer", _("Photographer")
    COMMUNITY_MANAGER = "community_manager", _("Community manager")
    CITIZEN_DESK = "citizen_desk", _("Citizen desk")
    AREA_LIAISON = "area_liaison", _("Area liaison")
    MONITOR = "monitor", _("Press monitor")
    DESIGNER = "designer", _("Designer")
    ADMINISTRATOR = "administrator", _("Administrator")
    INTERN = "intern", _("Intern")
    AUDITOR = "auditor", _("Auditor")


class Permission(StrEnum):
    """One verb or one reading, named room.verb."""

    DESK_VIEW = "desk.view"
    DESK_CLOSE = "desk.close"
    AUDIT_VIEW = "audit.view"
    PEOPLE_MANAGE = "people.manage"
    OFFICE_MANAGE = "office.manage"

    AGENDA_VIEW = "agenda.view"
    AGENDA_PROPOSE = "agenda.propose"
    AGENDA_EDIT = "agenda.edit"
    AGENDA_WAIVE = "agenda.waive"
    AGENDA_INVITE = "agenda.invite"
    AGENDA_RECORD_ANSWER = "agenda.record_answer"

    COVERAGE_VIEW = "coverage.view"
    COVERAGE_ASSIGN = "coverage.assign"
    COVERAGE_UPLOAD = "coverage.upload"

    FILES_VIEW = "files.view"

    RELEASES_VIEW = "releases.view"
    RELEASES_DRAFT = "releases.draft"
    RELEASES_SUBMIT = "releases.submit"
    RELEASES_APPROVE = "releases.approve"
    RELEASES_WITHDRAW = "releases.withdraw"

    OUTBOX_VIEW = "outbox.view"
    OUTBOX_RESOLVE = "outbox.resolve"
    OUTBOX_RECORD = "outbox.record"
    OUTBOX_PAUSE = "outbox.pause"

    MEDIA_VIEW = "media.view"
    MEDIA_EDIT = "media.edit"

    REQUESTS_VIEW = "requests.view"
    REQUESTS_VIEW_PERSON = "requests.view_person"
    REQUESTS_ROUTE = "requests.route"
    REQUESTS_ANSWER = "requests.answer"

    SOCIAL_VIEW = "social.view"
    SOCIAL_MANAGE = "social.manage"

    MONITORING_VIEW = "monitoring.view"
    MONITORING_RECORD = "monitoring.record"
