"""Sign-in, sign-out and passwords: the pages of django-allauth that an office needs."""

from allauth.account import views
from django.urls import path

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
        "contrasena/nueva/<uidb36>-<key>/",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "contrasena/nueva/lista/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
