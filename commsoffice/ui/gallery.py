"""`/mesa/componentes/`: every component in every state, built from the real components."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commsoffice.ui.samples import samples
from commsoffice.ui.views import StaffRequest, staff_page


@require_safe
@staff_page()
def components(request: StaffRequest) -> HttpResponse:
    """A new screen is made of these; a new piece goes here first."""
    return render(request, "ui/gallery.html", samples(request))
