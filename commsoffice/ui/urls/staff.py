"""The gallery of components, for the people of the office."""

from django.urls import path

from commsoffice.ui import gallery

app_name = "ui"
urlpatterns = [path("componentes/", gallery.components, name="gallery")]
