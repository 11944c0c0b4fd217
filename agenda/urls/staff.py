"""Addresses of this room."""

from django.urls import path

from agenda.views import invitations, staff

app_name = "agenda"

urlpatterns = [
    path("", staff.event_list, name="list"),
    path("nuevo/", staff.event_create, name="create"),
    path("<int:pk>/", staff.event_page, name="event"),
    path("<int:pk>/datos/", staff.event_edit, name="edit"),
    path("<int:pk>/confirmar/", staff.event_confirm, name="confirm"),
    path("<int:pk>/cancelar/", staff.event_cancel, name="cancel"),
    path("<int:pk>/reabrir/", staff.event_reopen, name="reopen"),
    path("<int:pk>/dispensar/", staff.event_waive, name="waive"),
    path("<int:pk>/invitar/", invitations.invite, name="invite"),
    path("<int:pk>/avisar/", staff.event_tell, name="tell"),
    path("invitados/<int:pk>/respuesta/", invitations.record_answer, name="record_answer"),
]
