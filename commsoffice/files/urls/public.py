"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from commsoffice.files.views import public

app_name = "files"

urlpatterns: list[URLPattern | URLResolver] = [
    path("archivos/<uuid:token>/<slug:name>/", public.rendition, name="rendition"),
]
