"""Addresses of this room."""

from django.urls import path

from commsoffice.audit.views import staff

app_name = "audit"

urlpatterns = [path("", staff.entries, name="list")]
