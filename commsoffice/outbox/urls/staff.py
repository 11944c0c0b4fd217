"""Addresses of this room."""

from django.urls import path

from commsoffice.outbox.views import staff

app_name = "outbox"

urlpatterns = [
    path("", staff.ledger, name="list"),
    path("exportar.csv", staff.export, name="export"),
    path("panel/<str:subject_type>/<int:subject_id>/", staff.panel, name="panel"),
    path("de/<str:subject_type>/<int:subject_id>/", staff.subject, name="subject"),
    path("<int:pk>/", staff.detail, name="detail"),
    path("<int:pk>/decidir/", staff.resolve, name="resolve"),
    path("<int:pk>/preguntar/", staff.ask, name="ask"),
    path("<int:pk>/registrar/", staff.record, name="record"),
    path("<int:pk>/reintentar/", staff.retry, name="retry"),
    path("<int:pk>/visto/", staff.seen, name="seen"),
]
