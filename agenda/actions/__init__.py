"""The verbs of the agenda."""

from agenda.actions.answers import answer_by_link, record_answer
from agenda.actions.events import (
    cancel_event,
    confirm_event,
    create_event,
    edit_event,
    reopen_event,
    waive_step,
)
from agenda.actions.invitations import invite, tell_changes

__all__ = [
    "answer_by_link",
    "cancel_event",
    "confirm_event",
    "create_event",
    "edit_event",
    "invite",
    "record_answer",
    "reopen_event",
    "tell_changes",
    "waive_step",
]
