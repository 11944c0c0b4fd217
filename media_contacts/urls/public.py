"""Addresses of this room."""

from django.urls import path

from media_contacts.views import public

app_name = "media_public"

urlpatterns = [path("suscripciones/<str:token>/", public.unsubscribe, name="unsubscribe")]
