"""Doors of what happens after a mailing: the receipt by telephone, and sending again what failed."""

from django.apps import apps
from django.contrib import messages
from django.db.models import Model
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from commsoffice.accounts.enums import Permission
from commsoffice.outbox import actions
from commsoffice.outbox.actions.receipts import ReceiptWay
from commsoffice.outbox.models import Delivery
from commsoffice.ui.views import StaffRequest, back, staff_page

# What fits a line of the timeline.
_NOTE = 200


@require_POST
@staff_page(Permission.OUTBOX_RECORD)
def confirm(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The recipient said by telephone that it arrived."""
    delivery = get_object_or_404(Delivery, pk=pk)
    note = " ".join(request.POST.get("note", "").split())[:_NOTE]
    actions.confirm_receipt(delivery, by=request.user, now=timezone.now(), how=ReceiptWay.TELEPHONE.value, note=note)
    messages.success(request, _("Receipt confirmed."))
    return back(request, reverse("outbox:detail", args=[pk]))


@require_POST
@staff_page(Permission.OUTBOX_RESOLVE)
def resend(request: StaffRequest, subject_type: str, subject_id: int) -> HttpResponseBase:
    """Send again to those whom it did not reach, and to nobody else."""
    count = actions.resend_failed(_subject(subject_type, subject_id), by=request.user, now=timezone.now())
    if count:
        messages.success(
            request,
            ngettext("%(n)s delivery is being sent again.", "%(n)s deliveries are being sent again.", count)
            % {"n": count},
        )
    else:
        messages.info(request, _("There is nothing to send again."))
    return back(request, reverse("outbox:subject", args=[subject_type, subject_id]))


def _subject(subject_type: str, subject_id: int) -> Model:
    """The thing itself, so that its audit tells of it; only things that something was sent about."""
    if not Delivery.objects.of(subject_type, subject_id).exists():
        raise Http404
    try:
        kind: type[Model] = apps.get_model(subject_type)
    except (LookupError, ValueError):
        raise Http404 from None
    thing = kind._base_manager.filter(pk=subject_id).first()  # noqa: SLF001  Django's public name for it
    if thing is None:
        raise Http404
    return thing
