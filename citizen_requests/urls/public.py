"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from citizen_requests.views import public

app_name = "requests"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.form, name="form"),
    path("privacidad/", public.privacy, name="privacy"),
    path("gracias/<slug:token>/", public.thanks, name="thanks"),
    path("seguimiento/", public.lookup, name="lookup"),
    path("seguimiento/<slug:token>/", public.tracking, name="tracking"),
    path("seguimiento/<slug:token>/respuesta/", public.verdict, name="verdict"),
    path("seguimiento/<slug:token>/mensaje/", public.message, name="message"),
    path("seguimiento/<slug:token>/fotos/<uuid:photo>/<slug:name>/", public.photo, name="photo"),
]
