"""Addresses of this room that recipients open."""

from django.urls import path

from commsoffice.outbox.views import public

app_name = "outbox_public"

urlpatterns = [
    # Before the page: a word of a link has dots of its own.
    path("acuse/<str:token>.gif", public.opened, name="opened"),
    path("acuse/<str:token>/", public.receipt, name="receipt"),
]
