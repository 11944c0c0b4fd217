"""Addresses of this room."""

from django.urls import path

from monitoring.views import staff

app_name = "monitoring"

urlpatterns = [
    path("", staff.clipping_list, name="list"),
    path("nueva/", staff.record, name="record"),
]
