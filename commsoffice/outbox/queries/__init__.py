"""Reads of the ledger."""

from commsoffice.outbox.queries.days import Day, bounds, day_of
from commsoffice.outbox.queries.hand import (
    HandList,
    Work,
    calls_of,
    counts_by_hand,
    hand_list,
    on_paper,
    with_calls,
)
from commsoffice.outbox.queries.ledger import (
    ONE_BY_ONE,
    STATES,
    Evidence,
    attempts_of,
    deliveries_of,
    evidence,
    one_by_one,
    subject_url,
    visible_to,
    waiting_count,
)
from commsoffice.outbox.queries.panel import Group, Panel, panel, summary
from commsoffice.outbox.queries.senders import (
    RECENT_DAYS,
    Account,
    Sender,
    account_of,
    accounts,
    next_scheduled,
    senders,
)

__all__ = [
    "ONE_BY_ONE",
    "RECENT_DAYS",
    "STATES",
    "Account",
    "Day",
    "Evidence",
    "Group",
    "HandList",
    "Panel",
    "Sender",
    "Work",
    "account_of",
    "accounts",
    "attempts_of",
    "bounds",
    "calls_of",
    "counts_by_hand",
    "day_of",
    "deliveries_of",
    "evidence",
    "hand_list",
    "next_scheduled",
    "on_paper",
    "one_by_one",
    "panel",
    "senders",
    "subject_url",
    "summary",
    "visible_to",
    "waiting_count",
    "with_calls",
]
