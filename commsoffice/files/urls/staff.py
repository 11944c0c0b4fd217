"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from commsoffice.files.views import staff

app_name = "files_staff"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.contact_sheet, name="list"),
    path("<uuid:token>/", staff.asset, name="asset"),
    path("<uuid:token>/original/", staff.original, name="original"),
    path("<uuid:token>/otra-vez/", staff.retry, name="retry"),
]
