"""Addresses of the desk."""

from django.urls import path

from commsoffice.home.views import staff

app_name = "home"

urlpatterns = [
    path("", staff.today, name="today"),
    path("buscar/", staff.search, name="search"),
]
