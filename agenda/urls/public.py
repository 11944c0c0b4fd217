"""Addresses of this room."""

from django.urls import path

from agenda.views import public

app_name = "public_agenda"

urlpatterns = [
    path("agenda/", public.event_list, name="list"),
    path("agenda.ics", public.feed, name="feed"),
    path("agenda/<slug:key>/", public.event_page, name="event"),
    path("agenda/<slug:key>.ics", public.event_file, name="event_file"),
    path("i/<slug:token>/", public.reply, name="reply"),
    path("i/<slug:token>/evento.ics", public.reply_file, name="reply_file"),
]
