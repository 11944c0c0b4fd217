"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from social.views import staff

app_name = "social"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.profiles, name="list"),
    path("<int:pk>/", staff.profile_page, name="profile"),
    path("<int:pk>/desconectar/", staff.disconnect, name="disconnect"),
]
