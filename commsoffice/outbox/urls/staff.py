"""Addresses of this room."""

from django.urls import path

from commsoffice.outbox.views import pause, receipts, staff

app_name = "outbox"

urlpatterns = [
    path("", staff.ledger, name="list"),
    path("exportar.csv", staff.export, name="export"),
    path("pausa/", pause.pause, name="pause"),
    path("pausa/empezar/", pause.start, name="pause_start"),
    path("pausa/dejar-pasar/", pause.allow, name="pause_allow"),
    path("pausa/terminar/", pause.end, name="pause_end"),
    path("pausa/decidir/", pause.word, name="pause_word"),
    path("panel/<str:subject_type>/<int:subject_id>/", staff.panel, name="panel"),
    path("de/<str:subject_type>/<int:subject_id>/", staff.subject, name="subject"),
    path("<int:pk>/", staff.detail, name="detail"),
    path("<int:pk>/decidir/", staff.resolve, name="resolve"),
    path("<int:pk>/preguntar/", staff.ask, name="ask"),
    path("<int:pk>/registrar/", staff.record, name="record"),
    path("<int:pk>/reintentar/", staff.retry, name="retry"),
    path("<int:pk>/visto/", staff.seen, name="seen"),
    path("<int:pk>/acuse/", receipts.confirm, name="confirm"),
    path("de/<str:subject_type>/<int:subject_id>/reenviar/", receipts.resend, name="resend"),
]
