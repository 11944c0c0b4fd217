"""Addresses of this room."""

from django.urls import URLPattern, URLResolver

app_name = "files_staff"

urlpatterns: list[URLPattern | URLResolver] = []
