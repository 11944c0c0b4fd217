"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from citizen_requests.views import public

app_name = "requests"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.form, name="form"),
    path("privacidad/", public.privacy, name="privacy"),
    path("gracias/<str:token>/", public.thanks, name="thanks"),
    path("seguimiento/", public.lookup, name="lookup"),
    path("seguimiento/<str:token>/", public.tracking, name="tracking"),
    path("seguimiento/<str:token>/respuesta/", public.verdict, name="verdict"),
    path("seguimiento/<str:token>/mensaje/", public.message, name="message"),
    path("seguimiento/<str:token>/fotos/<uuid:photo>/<str:name>/", public.photo, name="photo"),
]
