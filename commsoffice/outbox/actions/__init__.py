"""The verbs of the outbox. The worker's are ``send_one``, ``send_due`` and ``sweep``; the rest are people's."""

from commsoffice.outbox.actions.ask import ask_due
from commsoffice.outbox.actions.by_hand import record_by_hand, undo_by_hand
from commsoffice.outbox.actions.enqueue import Recipient, cancel_for, enqueue
from commsoffice.outbox.actions.exporting import export
from commsoffice.outbox.actions.judge import verdicts_on
from commsoffice.outbox.actions.pausing import allow_areas, give_word, pause_all, resume_all
from commsoffice.outbox.actions.people import (
    ask_again,
    cancel,
    forget,
    mark_seen,
    resolve_unknown,
    retry_rejected,
)
from commsoffice.outbox.actions.receipts import confirm_receipt, mark_bounced, mark_opened
from commsoffice.outbox.actions.resending import resend_failed
from commsoffice.outbox.actions.send import send_due, send_one
from commsoffice.outbox.actions.stops import resume_account
from commsoffice.outbox.actions.sweep import sweep

__all__ = [
    "Recipient",
    "allow_areas",
    "ask_again",
    "ask_due",
    "cancel",
    "cancel_for",
    "confirm_receipt",
    "enqueue",
    "export",
    "forget",
    "give_word",
    "mark_bounced",
    "mark_opened",
    "mark_seen",
    "pause_all",
    "record_by_hand",
    "resend_failed",
    "resolve_unknown",
    "resume_account",
    "resume_all",
    "retry_rejected",
    "send_due",
    "send_one",
    "sweep",
    "undo_by_hand",
    "verdicts_on",
]
