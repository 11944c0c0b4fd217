"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from citizen_requests.views import staff

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.inbox, name="list"),
    path("nuevo/", staff.new, name="new"),
    path("<int:pk>/", staff.request_page, name="request"),
    path("<int:pk>/turnar/", staff.route, name="route"),
    path("<int:pk>/aceptar/", staff.accept, name="accept"),
    path("<int:pk>/devolver/", staff.return_to_desk, name="return"),
    path("<int:pk>/contestar/", staff.answer, name="answer"),
    path("<int:pk>/orientar/", staff.orient, name="orient"),
    path("<int:pk>/nota/", staff.note, name="note"),
    path("<int:pk>/fotos/<uuid:photo>/<slug:name>/", staff.photo, name="photo"),
]
