"""Sign-in, sign-out and passwords: the pages of django-allauth that an office needs."""

from allauth.account import views
from django.urls import path, register_converter
from django.urls.converters import StringConverter


class Base36Converter(StringConverter):
    """A number without a hyphen: what follows the first one is the key, which has hyphens of its own."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36Converter, "base36")

urlpatterns = [
    path("entrar/", views.login, name="account_login"),
    path("salir/", views.logout, name="account_logout"),
    path("confirmar/", views.reauthenticate, name="account_reauthenticate"),
    path("contrasena/", views.password_change, name="account_change_password"),
    path("contrasena/olvidada/", views.password_reset, name="account_reset_password"),
    path(
        "contrasena/olvidada/enviada/",
        views.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "contrasena/nueva/<base36:uidb36>-<key>/",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "contrasena/nueva/lista/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
