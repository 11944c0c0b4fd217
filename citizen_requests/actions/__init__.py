"""The verbs of this room, by the names that doors call."""

from citizen_requests.actions.categories import save_category
from citizen_requests.actions.desk import accept, add_note, answer, orient, return_to_desk, route
from citizen_requests.actions.forget import forget, forget_due
from citizen_requests.actions.intake import Intake, file_request
from citizen_requests.actions.person import close_by_person, leave_message, reopen_by_person, send_link_again

__all__ = [
    "Intake",
    "accept",
    "add_note",
    "answer",
    "close_by_person",
    "file_request",
    "forget",
    "forget_due",
    "leave_message",
    "orient",
    "reopen_by_person",
    "return_to_desk",
    "route",
    "save_category",
    "send_link_again",
]
