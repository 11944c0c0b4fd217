"""The newsroom as Atom and RSS."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commsoffice.files.enums import RenditionName
from commsoffice.files.queries import rendition_of
from commsoffice.office.models import Office
from commsoffice.office.queries import office
from pressreleases import prose
from pressreleases.models import Release
from pressreleases.queries.newsroom import load_corrections, load_files, newest, said_of

_NEWEST = 40


# What XML has no way to write.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class WholeRss(Rss201rev2Feed):
    """RSS 2.0 that carries the whole text of an item."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class WholeAtom(Atom1Feed):
    """Atom that carries the whole text of an item."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class ReleasesFeed(Feed[Release, Office]):
    """The newest releases, whole, in RSS 2.0."""

    feed_type: type[SyndicationFeed] = WholeRss

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
        load_corrections(releases)
        return releases

    def item_title(self, item: Release) -> SafeString:
        # RSS readers take a title for HTML, so it is escaped here and again by the generator.
        return escape(item.title)

    def item_description(self, item: Release) -> str:
        # A reader that shows no more than this still learns that it was corrected.
        said = [said_of(correction) for correction in list(item.corrections.all())[:1]]
        return " ".join([*said, item.lead])

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
        notes = format_html_join(
            "", "<p><b>{}</b></p>", ((said_of(correction),) for correction in item.corrections.all())
        )
        return {"content": _CONTROL.sub("", notes + prose.clean(item.body))}


class ReleasesAtomFeed(ReleasesFeed):
    """The same in Atom."""

    feed_type = WholeAtom

    def subtitle(self, house: Office) -> str:
        return self.description(house)

    def item_title(self, item: Release) -> SafeString:
        # Atom says that its titles are plain text; the generator escapes them once.
        return SafeString(item.title)
