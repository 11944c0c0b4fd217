"""Addresses of this room."""

from django.urls import URLPattern, URLResolver

app_name = "public_agenda"

urlpatterns: list[URLPattern | URLResolver] = []
