"""What a mail server's enhanced status code says, as data.

Sources: RFC 3463 and the registry «SMTP Enhanced Status Codes» of IANA (RFC 5248; 5.1.10 is RFC 7505).
"""

import re

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")

# After one of these, writing to the address again is in vain. Left out on purpose: 5.1.0 («other»), 5.1.7 and 5.1.8
# (our own address is meant), 5.2.1 (also said of a mailbox that receives too much at the moment), 5.2.2 (full),
# 5.4.x (no way there: a fault of names or routes) and 5.7.x (the server does not want this mail, or ours).
DEAD_ADDRESS = frozenset(
    {
        "5.1.1",  # no such mailbox
        "5.1.2",  # no such domain
        "5.1.3",  # not an address
        "5.1.6",  # the mailbox has moved and left no address
        "5.1.10",  # the domain takes no mail (null MX)
    }
)

# The first that the status begins with; the whole code, or its class and subject.
_WORDS: tuple[tuple[str, StrPromise], ...] = (
    ("5.1.7", _("The other server does not take our own address")),
    ("5.1.8", _("The other server does not take our own address")),
    ("5.1.", _("The address does not exist")),
    ("5.2.2", _("The mailbox is full")),
    ("4.2.2", _("The mailbox is full")),
    ("5.2.3", _("The mail was too big for the mailbox")),
    ("5.3.4", _("The mail was too big for the other server")),
    ("5.2.", _("The mailbox takes no mail")),
    ("5.4.", _("There is no way to the other server")),
    ("4.4.", _("The other server did not answer for days")),
    ("5.7.", _("The other server refuses this mail")),
)
_CAME_BACK = _("The mail came back")


def status_in(text: str) -> str:
    """Return the first enhanced status («5.1.1») in a server's words, or an empty text."""
    found = _ENHANCED.search(text)
    return found[1] if found else ""


def words_of(status: str) -> str:
    """Return what a status means to a person of the office."""
    return str(next((words for begin, words in _WORDS if f"{status}.".startswith(f"{begin.rstrip('.')}.")), _CAME_BACK))


def is_dead(status: str) -> bool:
    """Whether it says that the address will never work again."""
    return status in DEAD_ADDRESS
