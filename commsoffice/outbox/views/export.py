"""The ledger as CSV, streamed: ten years of it don't fit into memory."""

import csv
from collections.abc import Iterator
from datetime import datetime, tzinfo

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from commsoffice.accounts.models import User
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.presenters import Shown

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        """Give it back."""
        return text


def csv_of(deliveries: QuerySet[Delivery], user: User) -> StreamingHttpResponse:
    """The rows, newest first, as a download."""
    # The office's zone is that of the request, which is over when the rows are streamed.
    lines = _lines(deliveries, user, timezone.get_current_timezone())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = _("deliveries")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(deliveries: QuerySet[Delivery], user: User, zone: tzinfo) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Without it Excel reads accents as nonsense.
    yield "\ufeff"
    yield writer.writerow(
        [
            _("Number"),
            _("Queued on"),
            _("Thing"),
            _("Purpose"),
            _("Channel"),
            _("Account"),
            _("Recipient"),
            _("Address"),
            _("Outcome"),
            _("Reason"),
            _("Attempts"),
            _("Settled"),
            _("Where it can be seen"),
        ]
    )
    for delivery in deliveries.order_by("-created_at", "-pk").iterator(chunk_size=2000):
        shown = Shown(delivery, user)
        yield writer.writerow(
            [
                delivery.pk,
                _time(delivery.created_at, zone),
                _plain(delivery.subject_label),
                Purpose(delivery.purpose).label,
                shown.channel_label,
                _plain(delivery.account),
                _plain(shown.name),
                _plain(shown.address),
                delivery.status.label,
                _plain(shown.reason),
                delivery.attempts_made,
                _time(delivery.settled_at, zone) if delivery.settled_at else "",
                _plain(delivery.remote_url),
            ]
        )


def _time(value: datetime, zone: tzinfo) -> str:
    return timezone.localtime(value, zone).strftime("%Y-%m-%d %H:%M:%S")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
