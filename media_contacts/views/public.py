"""Leaving the lists without an account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commsoffice.accounts.queries import system_user
from media_contacts import actions, queries


# Mail programs post here by themselves (RFC 8058), without cookies; the signed link is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks, because mail scanners follow links; a POST takes the contact off."""
    contact = queries.contact_by_token(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        contact = actions.unsubscribe(contact, by=system_user(), now=timezone.now())
    # The outlet and nobody's name: a forwarded link shows no person.
    context = {"outlet": contact.outlet, "is_off": contact.unsubscribed_at is not None}
    response = render(request, "media_contacts/unsubscribe.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
