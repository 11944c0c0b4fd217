"""The recipient's side, without an account: «I received it», and the picture that tells that a mail was opened."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from commsoffice.accounts.errors import WrongState
from commsoffice.accounts.queries import system_user
from commsoffice.outbox import actions, tokens
from commsoffice.outbox.actions.receipts import ReceiptWay
from commsoffice.outbox.enums import DeliveryState
from commsoffice.outbox.models import Delivery

# The smallest picture there is: one transparent point.
_POINT = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks, because mail scanners follow links; a POST confirms, once."""
    number = tokens.delivery_of_receipt(token)
    if number is None:
        raise Http404
    delivery = get_object_or_404(Delivery, pk=number)
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            delivery = actions.confirm_receipt(
                delivery, by=system_user(), now=timezone.now(), how=ReceiptWay.LINK.value
            )
        except WrongState:
            # What is shown says why.
            status = HTTPStatus.CONFLICT
    context = {
        # The thing and nobody's name: a forwarded link shows no person.
        "delivery": delivery,
        "token": token,
        "is_confirmed": delivery.confirmed_at is not None or delivery.state == DeliveryState.CONFIRMED,
        "is_refused": delivery.state == DeliveryState.REJECTED,
        "may_confirm": delivery.state in {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.REJECTED},
    }
    response = render(request, "outbox/public/receipt.html", context, status=status)
    # "same-origin" and not "no-referrer": under the latter browsers post with ``Origin: null``, which is refused.
    response["Referrer-Policy"] = "same-origin"
    return _private(response)


@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Return the picture, whoever asks; nothing of who asked is kept, and no cookie is set."""
    number = tokens.delivery_of_opened(token)
    if number is not None and request.method == "GET":
        actions.mark_opened(number, now=timezone.now())
    response = HttpResponse(_POINT, content_type="image/gif")
    response["Referrer-Policy"] = "no-referrer"
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response
