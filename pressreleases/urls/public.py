"""Addresses of this room."""

from django.urls import path

from pressreleases.views import feeds, public

app_name = "newsroom"

urlpatterns = [
    path("", public.newsroom_front, name="front"),
    path("comunicados/", public.newsroom_list, name="list"),
    path("comunicados/feed.atom", feeds.ReleasesAtomFeed(), name="atom"),
    path("comunicados/feed.rss", feeds.ReleasesFeed(), name="rss"),
    path("comunicados/<int:year>/<str:name>/", public.newsroom_release, name="release"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("robots.txt", public.robots, name="robots"),
]
