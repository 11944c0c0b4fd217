"""The newsroom as Atom and RSS."""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commsoffice.files.enums import RenditionName
from commsoffice.files.queries import rendition_of
from commsoffice.office.models import Office
from commsoffice.office.queries import office
from pressreleases import prose
from pressreleases.models import Release
from pressreleases.queries.newsroom import load_files, newest

_NEWEST = 40


class ReleasesFeed(Feed[Release, Office]):
    """The newest releases, whole, in RSS 2.0."""

    feed_type: type[SyndicationFeed] = Rss201rev2Feed

    def get_object(self, request: Any, *args: Any, **kwargs: Any) -> Office:
        return office()

    def title(self, house: Office) -> str:
        return _("Newsroom of %(government)s") % {"government": house.government}

    def link(self, house: Office) -> str:
        return reverse("newsroom:list")

    def description(self, house: Office) -> str:
        return _("Releases of %(office)s") % {"office": house.name}

    def author_name(self, house: Office) -> str:
        return house.name

    def items(self, house: Office) -> list[Release]:
        releases = newest(_NEWEST)
        load_files(releases)
        return releases

    def item_title(self, item: Release) -> SafeString:
        # RSS readers take a title for HTML, so it is escaped here and again by the generator.
        return escape(item.title)

    def item_description(self, item: Release) -> str:
        return item.lead

    def item_link(self, item: Release) -> str:
        return item.get_absolute_url()

    def item_guid(self, item: Release) -> str:
        return urljoin(f"{settings.SITE_URL}/", item.get_absolute_url().lstrip("/"))

    def item_pubdate(self, item: Release) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Release) -> datetime:
        return item.updated_at

    def item_categories(self, item: Release) -> list[str]:
        return [item.topic] if item.topic else []

    def item_enclosures(self, item: Release) -> list[Enclosure]:
        for photo in item.photos:
            if copy := rendition_of(photo.asset, RenditionName.MEDIUM):
                path = reverse("files:rendition", args=[photo.asset.token, RenditionName.MEDIUM])
                url = urljoin(f"{settings.SITE_URL}/", path.lstrip("/"))
                return [Enclosure(url, str(copy.size), copy.content_type)]
        return []

    def item_extra_kwargs(self, item: Release) -> dict[str, Any]:
        return {"content": prose.clean(item.body)}


class ReleasesAtomFeed(ReleasesFeed):
    """The same in Atom."""

    feed_type = Atom1Feed

    def subtitle(self, house: Office) -> str:
        return self.description(house)

    def item_title(self, item: Release) -> SafeString:
        # Atom says that its titles are plain text; the generator escapes them once.
        return SafeString(item.title)
