"""Addresses of this room."""

from django.urls import path

from commsoffice.outbox.views import export, hand, pause, places, receipts, staff

app_name = "outbox"

urlpatterns = [
    path("", places.ledger, name="list"),
    path("exportar.csv", export.as_csv, name="export"),
    path("exportar.xlsx", export.as_xlsx, name="export_xlsx"),
    path("cuentas/", places.senders, name="accounts"),
    path("cuenta/<str:channel>/", places.account, name="account"),
    path("cuenta/<str:channel>/<str:account>/", places.account, name="account_of"),
    path("contacto/<str:ref>/", places.contact, name="contact"),
    path("dia/", places.today, name="today"),
    path("dia/<str:day>/", places.day, name="day"),
    path("llamadas/", hand.calls, name="calls"),
    path("mensajes/", hand.messages_to_copy, name="messages"),
    path("impresos/", hand.papers, name="papers"),
    path("de/<str:subject_type>/<int:subject_id>/lista.pdf", hand.receipts_pdf, name="receipts_pdf"),
    path("<int:pk>/hecho/", hand.done, name="done"),
    path("<int:pk>/deshacer/", hand.undo, name="undo"),
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
    path("<int:pk>/cancelar/", staff.cancel, name="cancel"),
    path("<int:pk>/reintentar/", staff.retry, name="retry"),
    path("<int:pk>/visto/", staff.seen, name="seen"),
    path("<int:pk>/acuse/", receipts.confirm, name="confirm"),
    path("de/<str:subject_type>/<int:subject_id>/reenviar/", receipts.resend, name="resend"),
]
