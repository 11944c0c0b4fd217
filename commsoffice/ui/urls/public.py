"""The stylesheet of the brand, for everyone."""

from django.urls import path

from commsoffice.ui import brand_view as views

app_name = "ui_public"
urlpatterns = [path("marca.css", views.brand, name="brand")]
