"""Health."""

from django.urls import path

from commsoffice.home.views import public

app_name = "health"

urlpatterns = [
    path("health/live", public.live, name="live"),
    path("health/ready", public.ready, name="ready"),
]
