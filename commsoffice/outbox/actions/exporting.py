"""Taking a list out of the ledger: a file that nobody sees again, so the record says who took what."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import ActionRefused, NotAllowed
from commsoffice.accounts.models import User
from commsoffice.audit import actions as audit

# A spreadsheet of more rows opens nowhere in good time.
SHEET_LIMIT = 100_000


class TooManyRows(ActionRefused):
    """The list is longer than a spreadsheet should be."""

    default = gettext_lazy(
        "The list has more than 100,000 rows, too many for a spreadsheet. Choose fewer days, or take the CSV."
    )


def export(count: int, *, kind: str, chosen: str, by: User, now: datetime) -> None:
    """Record that ``count`` deliveries leave as a file. ``chosen`` says which, without naming a recipient.

    Raises ``TooManyRows`` for a spreadsheet that would be too long.
    """
    if not by.may(Permission.OUTBOX_VIEW):
        raise NotAllowed
    if kind == "xlsx" and count > SHEET_LIMIT:
        raise TooManyRows
    rows = ngettext("%(n)s delivery", "%(n)s deliveries", count) % {"n": count}
    audit.record(by, "outbox.export", by=by, now=now, note=f"{kind.upper()}, {rows}. {chosen or _('All')}")
