"""Addresses of this room."""

from django.urls import path

from media_contacts.views import staff

app_name = "media"

urlpatterns = [
    path("", staff.outlet_list, name="list"),
    path("nuevo/", staff.outlet_create, name="create"),
    path("<int:pk>/", staff.outlet_page, name="outlet"),
    path("<int:pk>/datos/", staff.outlet_edit, name="edit"),
    path("<int:pk>/contactos/nuevo/", staff.contact_create, name="add_contact"),
    path("contactos/<int:pk>/", staff.contact_edit, name="edit_contact"),
    path("contactos/<int:pk>/rebota/", staff.contact_bounced, name="mark_bounced"),
    path("contactos/<int:pk>/funciona/", staff.contact_works, name="address_works"),
    path("contactos/<int:pk>/baja/", staff.contact_unsubscribe, name="take_off"),
    path("listas/", staff.lists, name="lists"),
    path("listas/nueva/", staff.list_create, name="add_list"),
    path("listas/<int:pk>/", staff.list_page, name="list_page"),
    path("listas/<int:pk>/datos/", staff.list_edit, name="edit_list"),
]
