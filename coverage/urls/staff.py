"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from coverage.views import staff

app_name = "coverage"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.coverage_list, name="list"),
    path("<int:event_id>/", staff.upload, name="upload"),
    path("<int:event_id>/archivos/", staff.files, name="files"),
    path("<int:event_id>/orden/", staff.order, name="order"),
    path("archivo/<int:pk>/", staff.describe, name="describe"),
]
