"""The list of the ledger as a file: CSV, streamed whatever its length, and XLSX up to a hundred thousand rows."""

import csv
from collections.abc import Iterator
from datetime import datetime, tzinfo
from tempfile import TemporaryFile

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.forms import DeliveryFilter
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.presenters import Shown
from commsoffice.ui.views import StaffRequest, staff_page

Cell = str | int | datetime | None

# A spreadsheet takes a cell of a CSV that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 2000
# In letters, for each column of _head().
_WIDTHS = (10, 18, 18, 45, 14, 12, 10, 10, 32, 32, 16, 40, 9, 18, 18, 18, 18, 45)


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def as_csv(request: StaffRequest) -> HttpResponseBase:
    """The list as the filters have it, as CSV."""
    return csv_of(_taken(request, "csv"), request.user)


@require_safe
@staff_page(Permission.OUTBOX_VIEW)
def as_xlsx(request: StaffRequest) -> HttpResponseBase:
    """The list as the filters have it, as a spreadsheet; a sentence when it is too long for one."""
    return xlsx_of(_taken(request, "xlsx"), request.user)


def _taken(request: StaffRequest, kind: str) -> QuerySet[Delivery]:
    now = timezone.now()
    chosen = DeliveryFilter(request.GET, Delivery.objects.all(), user=request.user, now=now)
    found: QuerySet[Delivery] = chosen.qs
    actions.export(found.count(), kind=kind, chosen=chosen.words, by=request.user, now=now)
    return found


def csv_of(deliveries: QuerySet[Delivery], user: User) -> StreamingHttpResponse:
    """The rows, newest first, as a download."""
    # The office's zone is that of the request, which is over when the rows are streamed.
    lines = _lines(deliveries, user, timezone.get_current_timezone())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("deliveries")}.csv"'
    return response


def xlsx_of(deliveries: QuerySet[Delivery], user: User) -> FileResponse:
    """The rows, newest first, as a spreadsheet that is written row by row to the disk."""
    zone = timezone.get_current_timezone()
    # Closed, and with that removed, when the response is.
    file = TemporaryFile()  # noqa: SIM115
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_("Deliveries"))
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(_head()):
            sheet.write_string(0, column, title, bold)
        for row, cells in enumerate(_rows(deliveries, user), start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    # A spreadsheet knows no zones: the hour of the office's clock.
                    sheet.write_datetime(row, column, timezone.make_naive(cell, zone), moment)
                elif isinstance(cell, int):
                    sheet.write_number(row, column, cell)
                elif cell:
                    sheet.write_string(row, column, cell)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_('deliveries')}.xlsx", content_type=_SHEET_TYPE)


class _Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        """Give it back."""
        return text


def _lines(deliveries: QuerySet[Delivery], user: User, zone: tzinfo) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Without it Excel reads accents as nonsense.
    yield "\ufeff"
    yield writer.writerow(_head())
    for cells in _rows(deliveries, user):
        yield writer.writerow([_written(cell, zone) for cell in cells])


def _written(cell: Cell, zone: tzinfo) -> Cell:
    if isinstance(cell, datetime):
        return timezone.localtime(cell, zone).strftime("%Y-%m-%d %H:%M:%S")
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _head() -> list[str]:
    return [
        _("Number"),
        _("Queued on"),
        _("Meant for"),
        _("Thing"),
        _("Kind of delivery"),
        _("Channel"),
        _("Account"),
        _("Area"),
        _("Recipient"),
        _("Address"),
        _("Outcome"),
        _("Reason"),
        _("Attempts"),
        _("Settled"),
        _("Opened"),
        _("Came back"),
        _("Receipt confirmed"),
        _("Where it can be seen"),
    ]


def _rows(deliveries: QuerySet[Delivery], user: User) -> Iterator[list[Cell]]:
    told = deliveries.defer("personal", "progress").order_by("-created_at", "-pk")
    for delivery in told.iterator(chunk_size=_CHUNK):
        shown = Shown(delivery, user)
        yield [
            delivery.pk,
            delivery.created_at,
            delivery.planned_for,
            delivery.subject_label,
            str(Purpose(delivery.purpose).label),
            shown.channel_label,
            delivery.account,
            delivery.area,
            shown.name,
            shown.address,
            str(delivery.status.label),
            shown.reason,
            delivery.attempts_made,
            delivery.settled_at,
            delivery.opened_at,
            delivery.bounced_at,
            delivery.confirmed_at,
            delivery.remote_url,
        ]
