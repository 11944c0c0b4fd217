"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from social.enums import Network
from social.views import journey, staff

app_name = "social"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", staff.profiles, name="list"),
    path("<int:pk>/", staff.profile_page, name="profile"),
    path("<int:pk>/datos/", staff.edit, name="edit"),
    path("<int:pk>/revisar/", staff.check, name="check"),
    path("<int:pk>/desconectar/", staff.disconnect, name="disconnect"),
    path("<int:pk>/conectar/", journey.leave, name="connect"),
    path("<int:pk>/elegir/", journey.choose, name="choose"),
    # The office registers these two at the networks: they stay as they are.
    path("facebook/regreso/", journey.come_back, {"network": Network.FACEBOOK.value}, name="facebook_return"),
    path("youtube/regreso/", journey.come_back, {"network": Network.YOUTUBE.value}, name="youtube_return"),
]
