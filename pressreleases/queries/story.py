"""A release as the outbox's channels tell it: plain text and attachments."""

from urllib.parse import urljoin

from django.conf import settings

from commsoffice.files.enums import AssetState, RenditionName
from commsoffice.files.queries import attachment
from commsoffice.outbox.channels.base import Story
from pressreleases.models import Release, ReleaseFile
from pressreleases.prose import to_text


def public_url(release: Release) -> str:
    """Return its whole public address; before it has a folio, that of the newsroom."""
    return urljoin(f"{settings.SITE_URL}/", (release.get_absolute_url() or "/").lstrip("/"))


def story(release: Release) -> Story:
    """Return what the channels make their messages of. Reads ``files`` as loaded, with renditions."""
    return Story(
        title=release.title,
        highlights=list(release.highlights),
        lead=release.lead,
        text="\n\n".join(part for part in (to_text(release.body), release.practical) if part),
        url=public_url(release),
        photos=[attached(photo, RenditionName.LARGE) for photo in _ready(release.photos)],
        videos=[attached(video, RenditionName.VIDEO) for video in _ready(release.videos)],
        tags=[release.topic] if release.topic else [],
    )


def attached(file: ReleaseFile, rendition: RenditionName) -> dict[str, object]:
    """Return one file as a payload carries it."""
    return dict(attachment(file.asset, rendition, alt=file.alt_text))


def _ready(files: list[ReleaseFile]) -> list[ReleaseFile]:
    # A plan is shown before everything is processed; the approval waits for all of it.
    return [file for file in files if file.asset.state == AssetState.READY]
