"""The stylesheet of the brand, for everyone."""

from django.urls import path

from commsoffice.office.views import public

app_name = "office"

urlpatterns = [path("marca.css", public.brand, name="brand")]
