"""The verbs of our accounts.

Those that speak with the networks stand in ``journeys`` and ``checking`` and are imported from there: the channels
use these here, and they use the channels.
"""

from social.actions.accounts import (
    NEEDED,
    OPTIONAL,
    AnotherAccount,
    CannotConnect,
    connect,
    disconnect,
    expire,
    note_check,
    save,
)

__all__ = [
    "NEEDED",
    "OPTIONAL",
    "AnotherAccount",
    "CannotConnect",
    "connect",
    "disconnect",
    "expire",
    "note_check",
    "save",
]
