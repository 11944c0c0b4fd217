"""The verbs of our accounts.

Those that speak with the networks stand in ``journeys`` and ``checking`` and are imported from there: the channels
use these here, and they use the channels.
"""

from social.actions.accounts import (
    AnotherAccount,
    CannotConnect,
    connect,
    disconnect,
    expire,
    note_check,
    save,
    secrets_of,
)

__all__ = [
    "AnotherAccount",
    "CannotConnect",
    "connect",
    "disconnect",
    "expire",
    "note_check",
    "save",
    "secrets_of",
]
