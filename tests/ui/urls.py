"""A desk of three pages, for the tests of what all pages share."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.errors import NotAllowed, WrongState
from commsoffice.ui.views import StaffPage, StaffRequest, back, staff_page


@staff_page(Permission.RELEASES_APPROVE)
def approve(request: StaffRequest) -> HttpResponse:
    return HttpResponse(request.user.name)


@staff_page()
def verb(request: StaffRequest) -> HttpResponse:
    if request.GET.get("refuse") == "wrong":
        raise WrongState("Ya salió.")
    if request.GET.get("refuse") == "not":
        raise NotAllowed("No es de su área.")
    return back(request, "/mesa/hecho/")


class Listing(StaffPage):
    permission = Permission.RELEASES_VIEW

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return HttpResponse(self.person.name)


urlpatterns = [
    path("mesa/aprobar/", approve),
    path("mesa/verbo/", verb),
    path("mesa/lista/", Listing.as_view()),
    path("", include("commsoffice.urls")),
]
